/* SPDX-License-Identifier: MIT */

/* A map over a stream: lines come in, nobody knows how many; a few are worked
 * on at a time, and the results come out in order. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft.h>

/* The next line, until the file ends. */
static weft_status read_line(void **item, void *file)
{
    char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, file) < 0) {
        free(line);
        return WEFT_EMPTY;
    }
    line[strcspn(line, "\n")] = '\0';
    *item = line;
    return WEFT_OK;
}

/* On the pool. */
static void *count_words(void *line)
{
    intptr_t words = 0;
    for (char *at = line; *(at += strspn(at, " ")) != '\0'; words++)
        at += strcspn(at, " ");
    if (words == 0)
        return weft_fail(1, "there is nothing to count");
    return (void *)words;
}

/* What was read and never came out. */
static void drop(void *line, void *words, void *file)
{
    (void)words, (void)file;
    free(line);
}

int main(void)
{
    char text[] = "the weft goes\n\nover and under the warp\nfor ever\n";
    FILE *file = fmemopen(text, sizeof text - 1, "r");
    weft_stream *stream =
        weft_map_stream(weft_default_pool(), count_words, read_line, file,
                        .look_ahead = 3, .drop = drop);
    if (file == NULL || stream == NULL)
        return EXIT_FAILURE;

    void *line, *words;
    weft_status status;
    while ((status = weft_stream_next(stream, &line, &words)) != WEFT_EMPTY) {
        if (status == WEFT_OK)
            printf("%d in \"%s\"\n", (int)(intptr_t)words, (char *)line);
        else
            printf("\"%s\": %s\n", (char *)line,
                   weft_stream_error(stream)->message);
        free(line);
    }
    printf("in flight: %zu\n", weft_stream_in_flight(stream));
    weft_stream_destroy(stream);
    fclose(file);
    return EXIT_SUCCESS;
}
