/* SPDX-License-Identifier: MIT */

/*
 * A wait with a time-out, and what it answers is not looked at: when the server
 * is late, the client goes on without an answer.
 */

#include <assert.h>
#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_condition changed;
static const char *answer;

static void *ask(void *arg)
{
    WEFT_WITH(&lock) {
        if (answer == NULL) /* wrong: time may be up */
            weft_condition_wait_timed(&changed, &lock, WEFT_MS(10));
        assert(answer != NULL);
    }
    return arg;
}

static void *reply(void *arg)
{
    weft_sleep(WEFT_MS(5));
    WEFT_WITH(&lock) {
        answer = "42";
        weft_condition_notify(&changed, 1);
    }
    return arg;
}

int main(void)
{
    weft_thread client = WEFT_THREAD(ask, NULL, .name = "Client");
    weft_thread server = WEFT_THREAD(reply, NULL, .name = "Server");
    if (weft_thread_start(&client) != WEFT_OK ||
        weft_thread_start(&server) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&client);
    weft_thread_join(&server);
    return EXIT_SUCCESS;
}
