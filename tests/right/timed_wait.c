/* SPDX-License-Identifier: MIT */

/*
 * Whether it is there, or the time is up, is what the wait answers.
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
        while (answer == NULL)
            if (weft_condition_wait_timed(&changed, &lock, WEFT_MS(10)) !=
                    WEFT_OK &&
                answer == NULL)
                return weft_fail(1, "the server is late");
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
