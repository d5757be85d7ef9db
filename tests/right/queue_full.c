/* SPDX-License-Identifier: MIT */

/*
 * Who wants no more of a queue shuts it down: the writer's put says so.
 */

#include <stdlib.h>
#include <weft.h>

enum { LINES = 6, WANTED = 2 };

static weft_queue *lines;
static int found;

static void *write_lines(void *arg)
{
    for (int i = 1; i <= LINES; i++)
        if (weft_queue_put(lines, &i) != WEFT_OK)
            break;
    weft_queue_shutdown(lines, false);
    return arg;
}

static void *search(void *arg)
{
    int line;
    while (weft_queue_get(lines, &line) == WEFT_OK)
        if (line == WANTED) {
            found = line;
            weft_queue_shutdown(lines, true);
        }
    return arg;
}

int main(void)
{
    weft_thread writer = WEFT_THREAD(write_lines, NULL, .name = "Writer");
    weft_thread reader = WEFT_THREAD(search, NULL, .name = "Reader");
    lines = weft_queue_create(sizeof(int), .maxsize = 2);
    if (lines == NULL || weft_thread_start(&writer) != WEFT_OK ||
        weft_thread_start(&reader) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&writer);
    weft_thread_join(&reader);
    weft_queue_destroy(lines);
    return found == WANTED ? EXIT_SUCCESS : EXIT_FAILURE;
}
