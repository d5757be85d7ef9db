/* SPDX-License-Identifier: MIT */

/* A condition: wait until something is true, with a lock around it. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct wish {
    int amount;
    weft_duration patience;
};

static weft_lock lock;
static weft_condition changed;
static int balance;

/* Called with the lock held. */
static bool is_enough(void *arg)
{
    const struct wish *wish = arg;
    return balance >= wish->amount;
}

static void *withdraw(void *arg)
{
    struct wish *wish = arg;
    WEFT_WITH(&lock) {
        weft_status status = weft_condition_wait_until_timed(
            &changed, &lock, is_enough, wish, wish->patience);
        if (status != WEFT_OK)
            return weft_fail(1, "no %d: %s", wish->amount,
                             weft_status_text(status));
        balance -= wish->amount;
        printf("withdrew %d\n", wish->amount);
    }
    return NULL;
}

int main(void)
{
    struct wish little = {50, WEFT_FOREVER}, much = {1000, WEFT_MS(50)};
    weft_thread modest = WEFT_THREAD(withdraw, &little);
    weft_thread greedy = WEFT_THREAD(withdraw, &much);
    if (weft_thread_start(&modest) != WEFT_OK ||
        weft_thread_start(&greedy) != WEFT_OK)
        exit(EXIT_FAILURE); /* waits for the one that was started */
    WEFT_WITH(&lock) {
        balance += 60;
        weft_condition_notify_all(&changed);
    }
    if (weft_thread_join(&modest) == WEFT_OK &&
        weft_thread_join(&greedy) == WEFT_FAILED)
        puts(weft_thread_error(&greedy)->message);
    return EXIT_SUCCESS;
}
