/* SPDX-License-Identifier: MIT */

/* The first of many: a shop with two counters, until it closes. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_queue *orders, *complaints;
static weft_event closing;

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void *serve(void *arg)
{
    enum { ORDER, COMPLAINT, CLOSING, CASES };
    int number = 0;
    const char *words = "";
    const weft_select_case cases[CASES] = {
        [ORDER] = WEFT_SELECT_GET(orders, &number),
        [COMPLAINT] = WEFT_SELECT_GET(complaints, &words),
        [CLOSING] = WEFT_SELECT_EVENT(&closing),
    };
    size_t chosen;
    do {
        must(weft_select(cases, CASES, &chosen));
        if (chosen == ORDER) {
            printf("order %d is served\n", number);
            must(weft_queue_task_done(orders));
        } else if (chosen == COMPLAINT) {
            printf("\"%s\" is heard\n", words);
            must(weft_queue_task_done(complaints));
        }
    } while (chosen != CLOSING);
    puts("closed");
    return arg;
}

int main(void)
{
    orders = weft_queue_create(sizeof(int));
    complaints = weft_queue_create(sizeof(char *));
    weft_thread shop = WEFT_THREAD(serve, NULL);
    const char *words = "cold tea";
    must(weft_thread_start(&shop));
    for (int number = 1; number <= 2; number++) {
        must(weft_queue_put(orders, &number));
        must(weft_queue_join(orders));
    }
    must(weft_queue_put(complaints, &words));
    must(weft_queue_join(complaints));
    weft_event_set(&closing);

    /* A thread that ends, or two seconds: which is first? */
    const weft_select_case end = WEFT_SELECT_THREAD(&shop);
    must(weft_select_timed(&end, 1, NULL, WEFT_SECONDS(2)));
    must(weft_queue_destroy(orders));
    must(weft_queue_destroy(complaints));
    return EXIT_SUCCESS;
}
