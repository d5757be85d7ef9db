/* SPDX-License-Identifier: MIT */

/* One permit, which the first has, while the second has just become a debtor,
 * and a third waits, for so long that nobody may pass it: a permit that came to
 * light when the debt is given back would serve nobody. */

#include "client.h"
#include "weft/semaphore.h"

static weft_semaphore semaphore;

static void begin(void)
{
    semaphore = (weft_semaphore)WEFT_SEMAPHORE(-1);
    weft__line_unlock(weft__line_lock(&semaphore));
}

static void give_back(void)
{
    must(weft_semaphore_release(&semaphore, 1) == WEFT_OK);
}

static void hold(void)
{
    client_come_after(client_waits(2));
    give_back();
}

static void settle_debt(void)
{
    client_come_after(client_waits(2));
    client_let_time_pass();
    weft__semaphore_overdrawn(&semaphore);
    give_back();
}

static void wait_long(void)
{
    weft_semaphore_acquire(&semaphore);
    give_back();
}

static void end(void)
{
    must(weft_semaphore_value(&semaphore) == 1);
}

const client the_client = {
    .begin = begin,
    .threads = {hold, settle_debt, wait_long},
    .end = end,
};
