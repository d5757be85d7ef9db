/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_FLOOR_H
#define WEFT_BENCH_FLOOR_H

/*
 * What the floors are made of: bare read-modify-writes, bare futexes, and
 * waiting awake. A floor that waits awake spins where each thread has a
 * processor and yields at once where they share one: no waiting is faster, and
 * none burns more.
 */

#include "weft/atomic.h"
#include "weft/base.h"

#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often to look again before yielding, in the contest that runs. */
extern unsigned bench_patience;

static inline void bench_relax(unsigned *looks)
{
    if ((*looks)++ >= bench_patience)
        sched_yield();
}

/* Waits awake until the word has the value. */
static inline void bench_await(const uint32_t *word, uint32_t value)
{
    unsigned looks = 0;
    while (weft__load(word) != value)
        bench_relax(&looks);
}

/* Waits asleep until the word has the value; whoever writes it wakes. */
static inline void bench_await_asleep(const uint32_t *word, uint32_t value)
{
    uint32_t seen;
    while ((seen = weft__load(word)) != value)
        syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
}

static inline void bench_wake(const uint32_t *word, int threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

#endif
