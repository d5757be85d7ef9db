/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_STORM_H
#define WEFT_TESTS_STORM_H

/*
 * What the crews of the storm share. A crew uses one part of weft in short
 * rounds: each makes its objects, has a team of threads use them at random,
 * counts what must come out in any interleaving and whatever fails, and leaves
 * nothing behind. weather.c makes the system fail meanwhile; storm.c runs the
 * crews side by side and watches them.
 */

#include <stdatomic.h>
#include <stdlib.h>
#include <weft.h>

/* Rounds are as long as ever when a sanitizer makes all slow. */
enum { SLOWER = SANITIZED ? 4 : 1 };

/* ---- Chance ---- */

struct dice {
    uint64_t state;
};

/* Another sequence for each seed. */
struct dice dice_of(uint64_t seed);
uint64_t next_number(struct dice *dice);
/* 0 to n - 1. */
unsigned roll(struct dice *dice, unsigned n);
/* True one time in n. */
static inline bool once_in(struct dice *dice, unsigned n)
{
    return roll(dice, n) == 0;
}
/* 0 to some 0.2 ms, mostly short. */
weft_duration short_while(struct dice *dice);

/* ---- What must hold ---- */

/* Says what does not, with the seed, who waits for what, and aborts. */
_Noreturn void fail_storm(const char *file, int line, const char *what);
#define must(holds) ((holds) ? (void)0 : fail_storm(__FILE__, __LINE__, #holds))

/* ---- Teams ---- */

typedef struct member {
    weft_thread thread;
    void (*work)(struct member *);
    void *job; /* the round's */
    unsigned index;
    struct dice dice;
} member;

enum { MOST_MEMBERS = 6 };

/* Starts it, however often the system refuses. */
void start_surely(weft_thread *thread);
void start_team(member *members, unsigned n, void (*work)(member *), void *job,
                struct dice *dice);
void join_team(member *members, unsigned n);
/* Both: returns when all are through. */
void run_team(unsigned n, void (*work)(member *), void *job, struct dice *dice);

/* ---- Crews ---- */

struct crew {
    const char *name;
    void (*round)(struct dice *dice); /* any number of threads at a time */
};

void locks_round(struct dice *dice);
void conditions_round(struct dice *dice);
void permits_round(struct dice *dice);
void meetings_round(struct dice *dice);
void queues_round(struct dice *dice);
void selects_round(struct dice *dice);
void pools_round(struct dice *dice);
void loops_round(struct dice *dice);
void cache_round(struct dice *dice);
void threads_round(struct dice *dice);
void timers_round(struct dice *dice);
void signals_round(struct dice *dice);
void forks_round(struct dice *dice);

/* ---- Weather: what fails, and how often; see weather.c ---- */

enum fault {
    FAULT_MEMORY,  /* an allocation answers NULL */
    FAULT_THREADS, /* a thread cannot be started */
    FAULT_WAITS,   /* a sleep is interrupted at once */
    FAULT_DELAYS,  /* around a sleep and a wake, somebody else runs */
    FAULT_SIGNALS, /* handlers run that set events and release semaphores */
    FAULT_FORKS,   /* the process forks in the midst of it all */
    FAULTS
};

extern const char *const fault_names[FAULTS];
void allow_fault(enum fault fault);
bool fault_allowed(enum fault fault);
/* Has what is allowed happen with other chances than before, or not at all. */
void change_weather(struct dice *dice);
/* From now on nothing fails. Async-signal-safe. */
void calm_weather(void);
/* Whether it is to happen now, by chance; counts it. */
bool fault_happens(enum fault fault);
unsigned long fault_count(enum fault fault);
/* How many allocations have not been freed. */
long live_allocations(void);

#endif
