/* SPDX-License-Identifier: MIT */

/* What becomes of a task: a result, an error, or it is never begun. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_event begun, gate;

static void *answer(void *arg)
{
    weft_event_set(&begun);
    weft_event_wait(&gate);
    return arg;
}

static void *break_down(void *arg)
{
    return weft_fail(ENOENT, "cannot find %s", (const char *)arg);
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future good, bad, unwanted;
    void *value;
    must(weft_submit(pool, &good, answer, "42"));
    must(weft_submit(pool, &bad, break_down, "the file"));
    must(weft_submit(pool, &unwanted, answer, NULL));

    must(weft_event_wait(&begun));
    printf("good is %s\n", weft_future_running(&good) ? "running" : "not");
    printf("bad is %s\n", weft_future_done(&bad) ? "done" : "pending");
    must(weft_future_cancel(&unwanted));
    printf("unwanted is %s\n",
           weft_future_cancelled(&unwanted) ? "cancelled" : "wanted");

    weft_event_set(&gate);
    must(weft_future_result(&good, &value));
    printf("good: %s\n", (const char *)value);
    if (weft_future_result(&bad, NULL) == WEFT_FAILED)
        printf("bad: %s\n", weft_future_error(&bad)->message);
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
