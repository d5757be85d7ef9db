/* SPDX-License-Identifier: MIT */
#ifndef WEFT_MODEL_VERIFIER_H
#define WEFT_MODEL_VERIFIER_H

/*
 * Included before each file that is compiled for GenMC: the part of its
 * interface that we use, and what stands for the little that it cannot run.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int private_;
} __VERIFIER_mutex_t;

int __VERIFIER_mutex_lock(__VERIFIER_mutex_t *mutex);
int __VERIFIER_mutex_trylock(__VERIFIER_mutex_t *mutex);
int __VERIFIER_mutex_unlock(__VERIFIER_mutex_t *mutex);
int __VERIFIER_thread_create(const void *attributes, void *(*entry)(void *),
                             void *arg);
void *__VERIFIER_thread_join(long thread);
void __VERIFIER_assert_fail(const char *text, const char *file, int line);
void *__VERIFIER_malloc(size_t size);
void __VERIFIER_free(void *memory);

void __VERIFIER_loop_begin(void);
void __VERIFIER_spin_start(void);
void __VERIFIER_spin_end(bool go_on);

/* Of a loop that waits for others; an error if nobody can end it any more. */
#define client_loop() __VERIFIER_loop_begin()
#define client_look() __VERIFIER_spin_start()
#define client_look_again() __VERIFIER_spin_end(false)

/* GenMC knows malloc and free, under other names. */
void *verifier_calloc(size_t n, size_t size);
void verifier_free(void *memory);
#define malloc(size) __VERIFIER_malloc(size)
#define calloc(n, size) verifier_calloc(n, size)
#define aligned_alloc(alignment, size) verifier_calloc(1, size)
#define free(memory) verifier_free(memory)
#define snprintf(...) 0 /* names of things */

/* No signals here; GenMC would take it for a fence between threads. */
#define __atomic_signal_fence(order) ((void)0)

#endif
