/* SPDX-License-Identifier: MIT */

/* The last two members of a group end while a thread asks for its descriptor:
 * it is up then, whoever was the last to let go. */

#include "client.h"
#include "client_fd.h"
#include "group_state.h"

static weft_group group;
static int descriptor;

static void begin(void)
{
    descriptor = -1;
    group.state_ = weft__group_epoch_now() | 2;
}

static void end_member(void)
{
    weft__group_after(&group);
}

static void ask(void)
{
    descriptor = weft_group_fd(&group);
    must(descriptor >= 0);
}

static void end(void)
{
    must(weft_group_unfinished(&group) == 0);
    must(client_is_up(descriptor));
    must(weft_group_destroy(&group) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {end_member, ask, end_member},
    .end = end,
};
