/* SPDX-License-Identifier: MIT */

/* Thread-local values that are made and destroyed: a buffer for each. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct buffer {
    char *text;
    size_t size;
};

static weft_status make(void *value, void *arg)
{
    struct buffer *buffer = value;
    buffer->size = *(size_t *)arg;
    buffer->text = malloc(buffer->size);
    return buffer->text != NULL ? WEFT_OK : WEFT_NO_MEMORY;
}

static void destroy(void *value)
{
    free(((struct buffer *)value)->text);
    puts("a buffer is freed"); /* at the thread's end */
}

static size_t buffer_size = 100;
static weft_local buffers = WEFT_LOCAL(struct buffer, .construct = make,
                                       .arg = &buffer_size, .destroy = destroy);

static void *worker(void *arg)
{
    struct buffer *buffer = weft_local_get(&buffers);
    if (buffer == NULL)
        return weft_fail(1, "no memory for a buffer");
    snprintf(buffer->text, buffer->size, "%s's own text", (const char *)arg);
    puts(buffer->text);
    return NULL;
}

int main(void)
{
    weft_thread thread = WEFT_THREAD(worker, "thread");
    if (weft_thread_start(&thread) != WEFT_OK ||
        weft_thread_join(&thread) != WEFT_OK)
        return EXIT_FAILURE;
    if (worker("main") != NULL)
        return EXIT_FAILURE;
    weft_local_destroy(&buffers); /* the values of all threads: here main's */
    return EXIT_SUCCESS;
}
