/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_HARNESS_H
#define WEFT_BENCH_HARNESS_H

/*
 * Races. A race is a program for one thing, a lock or a queue. Its contests are
 * workloads; its entrants are weft, its peers, and the floor: the least code
 * that does that one workload, to show where the machine's limit is. Entrants
 * take turns, sample by sample, so that whatever else the machine does meets
 * them all alike; what counts are the ratios within a round.
 *
 * Workloads are templates, see template.h, so that what an entrant inlines is
 * inlined into the measured loop.
 */

#include "waits.h"

WEFT_BEGIN_DECLARATIONS

typedef enum bench_role {
    BENCH_FLOOR,    /* where the limit is */
    BENCH_WEFT,     /* who wants to be there */
    BENCH_PEER,     /* whom to beat */
    BENCH_REFERENCE /* shown for the eye: it spins for ever, or does less */
} bench_role;

typedef enum bench_placement {
    BENCH_ANYWHERE,
    BENCH_SPREAD,    /* each to one processor, dealt out in turn */
    BENCH_OWN_CORES, /* each on a processor of its own */
    BENCH_ONE_CORE   /* all on the same one */
} bench_placement;

/* One workload and its numbers. */
typedef struct bench_contest {
    const char *name;
    unsigned workload; /* index of an entrant's function */
    unsigned threads;
    bench_placement placement;
    unsigned inside, outside; /* ns of work with and without the lock */
    unsigned size;            /* a depth, a capacity, a crowd */
    unsigned putters;         /* how many of the threads put */
    bool spins; /* awake, it pays to spin though processors are too few */
} bench_contest;

/* One turn of one entrant. */
typedef struct bench_sample {
    const bench_contest *contest;
    weft_duration length;     /* of workloads that run until stopped */
    uint64_t operations;      /* how many to do; then, how many were done */
    uint64_t inside, outside; /* the contest's, in turns of bench_work */
    /* What came out. */
    weft_duration wall, cpu;
    double fairness;          /* fewest / most operations; < 0: not measured */
    weft_duration worst_wait; /* 0: not measured */
    weft_duration p999_wait;  /* 99.9 % of the waits are not longer */
    weft_duration p99_wait;   /* the same; where `wall` is the median wait */
    bool wrong;               /* the workload found its own result wrong */
    bool until_stopped;       /* it did as much as it could in `length` */
} bench_sample;

typedef void bench_workload(bench_sample *sample);

enum { BENCH_WORKLOADS = 15, BENCH_ENTRANTS = 20 };

typedef struct bench_entrant {
    const char *name;
    bench_role role;
    const char *lacks; /* what it does not promise though weft does, or "" */
    bench_workload *run[BENCH_WORKLOADS]; /* NULL: does not take part */
} bench_entrant;

typedef struct bench_race {
    const char *name;
    const bench_contest *contests;
    size_t contests_count;
    const bench_entrant *const *entrants;
    size_t entrants_count;
} bench_race;

#define BENCH_COUNT(array) (sizeof(array) / sizeof *(array))

/* Runs the race as the arguments say; the exit status. */
int bench_main(const bench_race *race, int argc, char **argv);

/* Around the measured part of a workload of one thread. The processor's time is
 * that of the whole process. */
void bench_begin(bench_sample *sample);
void bench_end(bench_sample *sample);

typedef void bench_body(bench_sample *sample, unsigned index);

/* Runs body(sample, 0 .. threads - 1), each on a new thread placed as the
 * contest says. Measured from when all are there until the last returns; the
 * processor's time is that of all of them, or of the process if it is one. */
void bench_threads(bench_sample *sample, unsigned threads, bench_body *body);

/* The same for bodies that loop until bench_stopped(), which is after
 * sample->length, and then say bench_done(), with their waits unless NULL. */
void bench_threads_until(bench_sample *sample, unsigned threads,
                         bench_body *body);
bool bench_stopped(void);
void bench_done(unsigned index, uint64_t operations, const bench_waits *waits);

/*
 * Work of a known length: a chain of multiplications from one number to
 * another. Feed it what the last piece of work came to, else the processor does
 * both at once.
 */
static inline uint64_t bench_work(uint64_t turns, uint64_t number)
{
    for (uint64_t i = 0; i < turns; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(number));
    }
    return number;
}

/* The compiler must assume that this pointer and all memory changed. */
#define BENCH_FORGET(pointer) __asm__ volatile("" : "+r"(pointer) : : "memory")
/* The compiler must have this value at hand. */
#define BENCH_USE(value) __asm__ volatile("" : : "r"(value))

WEFT_END_DECLARATIONS

#endif
