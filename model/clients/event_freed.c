/* SPDX-License-Identifier: MIT */

/* Who has waited for an event frees it: its set must not touch it any more. A
 * third thread asks the waiter to stop, which must not confuse it. */

#include "client.h"
#include "weft/event.h"

#include <stdlib.h>

static weft_event *event;

static void begin(void)
{
    event = malloc(sizeof *event);
    must(event != NULL);
    event->word_ = 0;
    weft__line_unlock(weft__line_lock(event));
}

static void set(void)
{
    must(weft_event_set(event) == WEFT_OK);
}

static void wait_and_free(void)
{
    if (weft_event_wait(event) != WEFT_OK) {
        weft__record_unstop(weft__self());
        must(weft_event_wait(event) == WEFT_OK);
    }
    free(event);
}

static void stop(void)
{
    client_stop(1);
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {set, wait_and_free, stop},
    .end = end,
};
