/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SANITIZER_THREADS_H
#define WEFT_TESTS_SANITIZER_THREADS_H

/*
 * Threads of pthread's, which the sanitizer understands however weft was built.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Not in a sanitizer's way, as a death by a signal would be. */
#define require(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            exit(EXIT_FAILURE);                                             \
        }                                                                   \
    } while (0)

typedef void (*deed)(void);

static inline void *do_deed(void *arg)
{
    (*(deed *)arg)();
    return NULL;
}

/* Does each in a thread of its own, all at once; returns when all are done. */
static inline void do_together(deed *deeds, size_t n)
{
    enum { MOST = 8 };
    pthread_t threads[MOST];
    require(n <= MOST);
    for (size_t i = 0; i < n; i++)
        require(pthread_create(&threads[i], NULL, do_deed, &deeds[i]) == 0);
    for (size_t i = 0; i < n; i++)
        require(pthread_join(threads[i], NULL) == 0);
}

static inline void do_in_another_thread(deed what)
{
    do_together(&what, 1);
}

#endif
