/* SPDX-License-Identifier: MIT */

/*
 * The clocks, and the threads of a workload. They are plain POSIX threads, so
 * that weft has no advantage of having made them. All meet at a gate where they
 * wait awake, so that none begins late; the last to come starts the clocks,
 * and the last to leave stops them.
 */

#include "crew.h"

#include "floor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_THREADS = 64 };

typedef struct member {
    bench_sample *sample;
    bench_body *body;
    unsigned index;
    uint64_t operations;
    weft_duration cpu;
    bench_waits waits;
} member;

static struct {
    uint32_t arrived __attribute__((aligned(64)));
    uint32_t left;
    uint32_t stopped __attribute__((aligned(64))); /* read by all, all along */
    unsigned threads __attribute__((aligned(64)));
    member members[MOST_THREADS];
} crew;

static weft_duration clock_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (weft_duration)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_begin(bench_sample *sample)
{
    sample->cpu = -clock_of(CLOCK_PROCESS_CPUTIME_ID);
    sample->wall = -clock_of(CLOCK_MONOTONIC);
}

void bench_end(bench_sample *sample)
{
    sample->wall += clock_of(CLOCK_MONOTONIC);
    sample->cpu += clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* The n-th processor that this process may use. */
static unsigned processor(unsigned n)
{
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof allowed, &allowed);
    unsigned number = 0;
    for (n %= (unsigned)CPU_COUNT(&allowed);; number++)
        if (CPU_ISSET(number, &allowed) && n-- == 0)
            return number;
}

unsigned bench_processors(void)
{
    cpu_set_t allowed;
    sched_getaffinity(0, sizeof allowed, &allowed);
    return (unsigned)CPU_COUNT(&allowed);
}

static void *work(void *arg)
{
    member *self = arg;
    unsigned looks = 0;
    if (weft__fetch_add(&crew.arrived, 1) + 1 == crew.threads) {
        bench_begin(self->sample);
        weft__fetch_add(&crew.arrived, 1); /* the gate opens */
    }
    while (weft__load(&crew.arrived) <= crew.threads)
        bench_relax(&looks);
    self->cpu = -clock_of(CLOCK_THREAD_CPUTIME_ID);
    self->body(self->sample, self->index);
    self->cpu += clock_of(CLOCK_THREAD_CPUTIME_ID);
    if (weft__fetch_add(&crew.left, 1) + 1 == crew.threads)
        bench_end(self->sample);
    return NULL;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(EXIT_FAILURE);
}

static pthread_t start(member *self, bench_placement placement)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (placement != BENCH_ANYWHERE) {
        cpu_set_t own;
        CPU_ZERO(&own);
        CPU_SET(processor(placement == BENCH_ONE_CORE ? 0 : self->index), &own);
        pthread_attr_setaffinity_np(&attributes, sizeof own, &own);
    }
    if (pthread_create(&thread, &attributes, work, self) != 0)
        fail("cannot start a thread");
    pthread_attr_destroy(&attributes);
    return thread;
}

static void start_all(bench_sample *sample, unsigned threads, bench_body *body,
                      pthread_t *started)
{
    if (threads > MOST_THREADS)
        fail("too many threads");
    crew.arrived = crew.left = crew.stopped = 0;
    crew.threads = threads;
    for (unsigned i = 0; i < threads; i++) {
        crew.members[i] = (member){.sample = sample, .body = body, .index = i};
        started[i] = start(&crew.members[i], sample->contest->placement);
    }
}

/* The process's own clock lags, up to a tick for each thread that runs
 * elsewhere. */
static void join_all(bench_sample *sample, const pthread_t *started)
{
    weft_duration cpu = 0;
    for (unsigned i = 0; i < crew.threads; i++) {
        pthread_join(started[i], NULL);
        cpu += crew.members[i].cpu;
    }
    if (crew.threads > 1)
        sample->cpu = cpu;
}

void bench_threads(bench_sample *sample, unsigned threads, bench_body *body)
{
    pthread_t started[MOST_THREADS];
    start_all(sample, threads, body, started);
    join_all(sample, started);
}

static void add_up(bench_sample *sample)
{
    uint64_t fewest = UINT64_MAX, most = 0;
    sample->operations = 0;
    static bench_waits waits;
    waits = (bench_waits){.worst = 0};
    for (unsigned i = 0; i < crew.threads; i++) {
        const member *one = &crew.members[i];
        sample->operations += one->operations;
        fewest = one->operations < fewest ? one->operations : fewest;
        most = one->operations > most ? one->operations : most;
        bench_add_waits(&waits, &one->waits);
    }
    sample->worst_wait = waits.worst;
    sample->p999_wait = bench_longest_but_one_in(&waits, 1000);
    if (crew.threads > 1 && most > 0)
        sample->fairness = (double)fewest / (double)most;
}

void bench_threads_until(bench_sample *sample, unsigned threads,
                         bench_body *body)
{
    pthread_t started[MOST_THREADS];
    sample->until_stopped = true;
    start_all(sample, threads, body, started);
    while (weft__load(&crew.arrived) <= threads)
        sched_yield();
    struct timespec length = {.tv_sec = sample->length / 1000000000,
                              .tv_nsec = sample->length % 1000000000};
    nanosleep(&length, NULL);
    weft__store(&crew.stopped, 1);
    join_all(sample, started);
    add_up(sample);
}

bool bench_stopped(void)
{
    return weft__load_relaxed(&crew.stopped) != 0;
}

void bench_done(unsigned index, uint64_t operations, const bench_waits *waits)
{
    crew.members[index].operations = operations;
    if (waits != NULL)
        crew.members[index].waits = *waits;
}
