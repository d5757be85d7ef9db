/* SPDX-License-Identifier: MIT */

/*
 * Asking many at once, as a web server does for one page: whoever has answered
 * by the deadline is on the page, the rest is told to stop; or one failure
 * makes the page useless, and stops the rest at once.
 */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { SERVICES = 4 };

struct service {
    const char *name;
    weft_duration takes;
    weft_future answer;
};

/* A request over a network: it waits, and can be stopped while it does. */
static void *ask(void *arg)
{
    struct service *service = arg;
    if (weft_sleep(service->takes) == WEFT_STOPPED)
        return weft_fail(1, "stopped");
    if (service->takes == 0)
        return weft_fail(2, "%s is not there", service->name);
    return "here";
}

static weft_status ask_all(struct service *services, weft_duration deadline)
{
    weft_pool *pool = weft_pool_create(.workers = SERVICES);
    weft_group group = WEFT_GROUP(pool);
    weft_status status = WEFT_OK;
    for (int i = 0; i < SERVICES && status == WEFT_OK; i++)
        status =
            weft_group_submit(&group, &services[i].answer, ask, &services[i]);
    if (status == WEFT_OK || status == WEFT_CANCELLED) /* one failed already */
        status = weft_group_wait_timed(&group, deadline);
    if (status == WEFT_FAILED)
        printf("no page: %s\n", weft_group_error(&group)->message);
    weft_group_destroy(&group); /* stops what goes on, and waits for it */
    weft_pool_destroy(pool);
    return status;
}

int main(void)
{
    struct service page[SERVICES] = {{.name = "menu", .takes = WEFT_MS(1)},
                                     {.name = "news", .takes = WEFT_MS(5)},
                                     {.name = "search", .takes = WEFT_FOREVER},
                                     {.name = "ads", .takes = WEFT_FOREVER}};
    if (ask_all(page, WEFT_MS(500)) != WEFT_TIMED_OUT)
        return EXIT_FAILURE;
    for (int i = 0; i < SERVICES; i++) {
        void *text = "not in time";
        (void)weft_future_result(&page[i].answer, &text);
        printf("%s: %s\n", page[i].name, (const char *)text);
    }

    page[1].takes = 0; /* breaks down */
    page[0].takes = WEFT_FOREVER;
    return ask_all(page, WEFT_FOREVER) == WEFT_FAILED ? EXIT_SUCCESS
                                                      : EXIT_FAILURE;
}
