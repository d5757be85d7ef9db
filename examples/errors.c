/* SPDX-License-Identifier: MIT */

/* Threads that fail: the error reaches who joins, or else the excepthook. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static void *open_file(void *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return weft_fail(errno, "cannot open %s", (const char *)path);
    fclose(file);
    return path;
}

static weft_event heard;

static void *tell(const weft_thread *thread, const weft_error *error)
{
    printf("nobody collects it from %s: %s\n", weft_thread_name(thread),
           error->message);
    weft_event_set(&heard);
    return NULL;
}

int main(void)
{
    weft_thread good = WEFT_THREAD(open_file, "/dev/null");
    weft_thread bad = WEFT_THREAD(open_file, "/no/such/file");
    if (weft_thread_start(&good) != WEFT_OK ||
        weft_thread_start(&bad) != WEFT_OK)
        exit(EXIT_FAILURE);

    if (weft_thread_join(&good) == WEFT_OK)
        printf("opened %s\n", (const char *)weft_thread_result(&good));
    if (weft_thread_join(&bad) == WEFT_FAILED) {
        const weft_error *error = weft_thread_error(&bad);
        printf("%s%s\n", error->message,
               error->code == ENOENT ? " (ENOENT)" : "");
    }

    /* A thread that owns itself has nobody to join it. */
    weft_set_excepthook(tell);
    if (weft_spawn(open_file, "/nor/this", .name = "orphan") != WEFT_OK)
        return EXIT_FAILURE;
    weft_event_wait(&heard);
    weft_set_excepthook(weft_excepthook); /* the usual one, on stderr */
    return EXIT_SUCCESS;
}
