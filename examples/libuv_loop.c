/* SPDX-License-Identifier: MIT */

/* A queue in libuv's loop: a thread puts, and the loop takes whenever there is
 * something to get, beside whatever else it watches. */

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>
#include <weft.h>

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void *measure(void *arg)
{
    weft_queue *q = arg;
    for (int degrees = 20; degrees < 23; degrees++) {
        weft_sleep(WEFT_MS(20));
        must(weft_queue_put(q, &degrees));
    }
    weft_queue_shutdown(q, false);
    return NULL;
}

/* Called by the loop, again and again, while there is something. */
static void show(uv_poll_t *watch, int error, int events)
{
    (void)error, (void)events;
    int degrees;
    weft_status status = weft_queue_try_get(watch->data, &degrees);
    if (status == WEFT_OK)
        printf("%d degrees\n", degrees);
    if (status == WEFT_SHUT_DOWN)
        uv_close((uv_handle_t *)watch, NULL); /* which ends the loop */
}

int main(void)
{
    weft_queue *q = weft_queue_create(sizeof(int));
    if (q == NULL)
        must(WEFT_NO_MEMORY);
    uv_poll_t watch = {.data = q};
    if (uv_poll_init(uv_default_loop(), &watch, weft_queue_fd(q)) != 0 ||
        uv_poll_start(&watch, UV_READABLE, show) != 0)
        return EXIT_FAILURE;
    weft_thread thermometer = WEFT_THREAD(measure, q);
    must(weft_thread_start(&thermometer));
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    must(weft_thread_join(&thermometer));
    uv_loop_close(uv_default_loop());
    weft_queue_destroy(q); /* the loop watches it no more */
    return EXIT_SUCCESS;
}
