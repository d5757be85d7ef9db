/* SPDX-License-Identifier: MIT */

/* A queue in GLib's main loop: a thread puts, and the loop takes whenever there
 * is something to get, beside whatever else it watches. */

#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static GMainLoop *loop;

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
static gboolean show(gint fd, GIOCondition condition, gpointer q)
{
    (void)fd, (void)condition;
    int degrees;
    weft_status status = weft_queue_try_get(q, &degrees);
    if (status == WEFT_OK)
        printf("%d degrees\n", degrees);
    if (status == WEFT_SHUT_DOWN)
        g_main_loop_quit(loop);
    return status == WEFT_SHUT_DOWN ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

int main(void)
{
    weft_queue *q = weft_queue_create(sizeof(int));
    if (q == NULL)
        must(WEFT_NO_MEMORY);
    loop = g_main_loop_new(NULL, FALSE);
    g_unix_fd_add(weft_queue_fd(q), G_IO_IN, show, q);
    weft_thread thermometer = WEFT_THREAD(measure, q);
    must(weft_thread_start(&thermometer));
    g_main_loop_run(loop);
    must(weft_thread_join(&thermometer));
    g_main_loop_unref(loop);
    weft_queue_destroy(q); /* the loop watches it no more */
    return EXIT_SUCCESS;
}
