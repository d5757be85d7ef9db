/* SPDX-License-Identifier: MIT */

/* Once: whoever comes first sets up, the others wait until it is done. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { THREADS = 3 };

static weft_once once;
static int table[10];

static void fill_table(void *arg)
{
    (void)arg;
    puts("filling the table");
    for (int i = 0; i < 10; i++)
        table[i] = i * i;
}

static void *reader(void *arg)
{
    if (weft_call_once(&once, fill_table, NULL) == WEFT_OK)
        printf("7 * 7 = %d\n", table[7]);
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

int main(void)
{
    printf("done: %s\n", weft_once_done(&once) ? "yes" : "no");
    weft_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(reader);
        must(weft_thread_start(&threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        must(weft_thread_join(&threads[i]));
    printf("done: %s\n", weft_once_done(&once) ? "yes" : "no");
    return EXIT_SUCCESS;
}
