/* SPDX-License-Identifier: MIT */

/* Who is there: names, numbers, and what each thread waits for. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_event end;

static void *watch(void *arg)
{
    weft_thread *self = weft_current_thread();
    weft_thread_set_name(self, "watcher");
    printf("%s is%s the main thread\n", weft_thread_name(self),
           self == weft_main_thread() ? "" : " not");
    weft_event_wait(&end);
    return arg;
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* One line for each; those that wait say on what. */
static void list(void)
{
    weft_thread_info infos[2];
    while (weft_enumerate(infos, 2) < 2 || infos[1].waits_for == NULL)
        weft_sleep(WEFT_MS(1)); /* until the watcher waits */
    for (int i = 0; i < 2; i++)
        printf("%s%s: %s\n", infos[i].name, infos[i].daemon ? " (daemon)" : "",
               infos[i].waits_for != NULL ? infos[i].waits_for : "runs");
}

int main(void)
{
    weft_thread thread = WEFT_THREAD(watch, .name = "novice");
    must(weft_thread_set_daemon(&thread, true));
    must(weft_thread_start(&thread));
    printf("daemon: %d, alive: %d, numbered: %d %d\n",
           weft_thread_daemon(&thread), weft_thread_is_alive(&thread),
           weft_thread_id(&thread) > 0, weft_thread_native_id(&thread) > 0);
    list();

    weft_event_set(&end);
    must(weft_thread_join(&thread));
    printf("alive: %d, active: %zu\n", weft_thread_is_alive(&thread),
           weft_active_count());
    return EXIT_SUCCESS;
}
