/* SPDX-License-Identifier: MIT */

/*
 * Three stages over two bounded queues, each a thread: whoever is too fast
 * waits for the next. A stage that has no more to give shuts its queue down,
 * which ends the stage behind it once the queue is empty.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct line {
    int number;
    char text[60];
};

static weft_queue *read_lines, *loud_lines;

static void *read_all(void *file)
{
    struct line line = {.number = 1};
    while (fgets(line.text, sizeof line.text, file) != NULL &&
           weft_queue_put(read_lines, &line) == WEFT_OK)
        line.number++;
    weft_queue_shutdown(read_lines, false);
    return NULL;
}

static void *make_loud(void *arg)
{
    struct line line;
    while (weft_queue_get(read_lines, &line) == WEFT_OK) {
        for (char *at = line.text; *at != '\0'; at++)
            *at = (char)toupper((unsigned char)*at);
        if (weft_queue_put(loud_lines, &line) != WEFT_OK)
            break;
    }
    weft_queue_shutdown(loud_lines, false);
    return arg;
}

static void *print_all(void *arg)
{
    struct line line;
    while (weft_queue_get(loud_lines, &line) == WEFT_OK)
        printf("%d: %s", line.number, line.text);
    return arg;
}

int main(void)
{
    char poem[] = "warp stands still\nweft runs over\nand under\nand back\n";
    FILE *file = fmemopen(poem, sizeof poem - 1, "r");
    read_lines = weft_queue_create(sizeof(struct line), .maxsize = 2);
    loud_lines = weft_queue_create(sizeof(struct line), .maxsize = 2);
    weft_thread stages[] = {WEFT_THREAD(read_all, file), WEFT_THREAD(make_loud),
                            WEFT_THREAD(print_all)};
    if (file == NULL || read_lines == NULL || loud_lines == NULL)
        return EXIT_FAILURE;
    for (int i = 0; i < 3; i++)
        if (weft_thread_start(&stages[i]) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i < 3; i++)
        weft_thread_join(&stages[i]);
    weft_queue_destroy(read_lines);
    weft_queue_destroy(loud_lines);
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
