/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CONTROL_SESSION_H
#define WEFT_SRC_CONTROL_SESSION_H

/*
 * What the process that runs the schedules, one child for each, shares with its
 * children: what to do, and what became of it. It is read when the child is
 * gone, however that ended.
 */

#include "control.h"
#include "weft/thread.h"

enum {
    WEFT__PLAYERS = 4096,     /* threads at once */
    WEFT__DEVIATIONS = 16384, /* of one schedule, that can be replayed */
    WEFT__DECISIONS = 4096,   /* that an exhaustive search looks at */
    WEFT__STEPS_SHOWN = 1024, /* a power of two */
    WEFT__USES_BITS = 10,
    WEFT__NAMES = 128,
    WEFT__SWERVES = 64,
    WEFT__REPORT_SIZE = 16384
};

/* What became of a run. */
enum weft__outcome {
    WEFT__RIGHT,
    WEFT__DEADLOCK,    /* nobody can go on, ever */
    WEFT__LIVELOCK,    /* more steps than allowed */
    WEFT__MISUSE,      /* a wrong call */
    WEFT__NO_END,      /* took too long, by the real clock */
    WEFT__EXIT_STATUS, /* of the program, not 0 */
    WEFT__SIGNAL       /* killed by one */
};

/* How turns are given. */
enum weft__scheduler {
    WEFT__MIXED,      /* both that follow, by turns */
    WEFT__RANDOM,     /* each who can run is as likely */
    WEFT__PRIORITIES, /* the one with the highest priority, which changes a few
                         times: PCT (Burckhardt et al., 2010) */
    WEFT__REPLAY,     /* the deviations that are there */
    WEFT__EXHAUSTIVE  /* each within a bound, in turn */
};

enum weft__player_state {
    WEFT__GONE,
    WEFT__RUNS,
    WEFT__CAN_RUN,
    WEFT__WAITS,
    WEFT__OUTSIDE /* in a call that is not weft's */
};

/* One thread. */
struct weft__player {
    uint32_t turn;   /* it is the thread's: what it sleeps on meanwhile */
    uint32_t awaits; /* has yet to see that: a handler meanwhile has none */
    uint32_t state;  /* enum weft__player_state */
    const uint32_t *word; /* WAITS: for this ... */
    weft_duration deadline;
    uint64_t arrival;
    int32_t native_id;
    uint32_t priority;
    struct weft__record *record; /* NULL: not met yet, or gone */
    const struct weft_thread *thread;
    const void *pool;      /* whose worker it is, or NULL */
    const char *operation; /* the last that it came to, and when it began; 0:
                              it has not had the turn for it */
    const void *object;
    uint64_t step;
    uint64_t asleep_since; /* WAITS: the step */
    char name[WEFT_NAME_SIZE];
};

/*
 * A schedule is what it has other than the plain one, in which who runs goes on
 * for as long as it can, and then the next one does: at the so-manieth decision
 * it is somebody else's turn, or time passes (WEFT__TIME).
 */
struct weft__deviation {
    uint32_t decision;
    uint32_t player;
};
#define WEFT__TIME UINT32_MAX

/* What a decision was about, for an exhaustive search. */
struct weft__decision {
    uint64_t able; /* the first 64 players that could run */
    uint8_t plain; /* who would have by the plain schedule */
    bool preempts; /* for another it loses its turn though it could go on */
    bool may_pass; /* time, instead: costs as much as a preemption */
};

struct weft__step {
    uint64_t number;
    uint32_t player;
    bool waited;
    const char *operation;
    const void *object;
};

/* How often a thread did something with an object. */
struct weft__use {
    const void *object;
    const char *operation; /* NULL: the place is free */
    uint32_t player;
    uint32_t count;
    uint64_t last; /* step */
};

/* Where the schedule is another than the plain one: after that step, this one
 * had the turn instead of that. */
struct weft__swerve {
    uint64_t step;
    uint32_t chosen, instead;
    const char *operation; /* that the other was in, or about to begin */
    bool is_in;
};

/* What an object is called. */
struct weft__name {
    const void *object;
    unsigned number;  /* 0: it has a name of its own */
    bool is_internal; /* of weft's */
    char text[64];
};

struct weft__session {
    /* What to do. */
    enum weft__scheduler scheduler;
    uint64_t seed;
    uint32_t depth; /* how often priorities change, plus one */
    uint64_t most_steps;
    weft_duration most_time; /* real, for one run */
    weft_duration stall;     /* how long a thread may be held up */
    unsigned processors;
    bool bears_misuse; /* goes on after a wrong call */
    bool is_told;      /* this is the run that is reported */
    bool forks;        /* the program does */
    bool is_forked;    /* a copy, in a child of the program: nobody reads it */
    uint32_t script_size;
    struct weft__deviation script[WEFT__DEVIATIONS];
    /* What was done. */
    enum weft__outcome outcome;
    int status;   /* exit status or signal */
    bool outside; /* somebody was, so a replay may go another way: who was the
                     first, and at which step */
    uint32_t outside_player;
    uint64_t outside_step;
    uint64_t steps;
    uint32_t plain_decisions; /* of the plain schedule */
    uint32_t decisions;
    uint32_t deviations_size;
    struct weft__deviation deviations[WEFT__DEVIATIONS];
    struct weft__decision decided[WEFT__DECISIONS];
    struct weft__step shown[WEFT__STEPS_SHOWN];
    struct weft__use uses[1 << WEFT__USES_BITS];
    uint32_t swerves_size;
    struct weft__swerve swerves[WEFT__SWERVES];
    uint32_t names_size;
    struct weft__name names[WEFT__NAMES];
    uint32_t players_used;
    struct weft__player players[WEFT__PLAYERS];
    size_t report_size;
    char report[WEFT__REPORT_SIZE];
};

extern struct weft__session *weft__session;

static inline struct weft__player *weft__player_at(uint32_t number)
{
    return &weft__session->players[number];
}

/* Which of those who can run has the next turn, or WEFT__TIME, if `may_pass`.
 * able: n > 1 of them, by number. plain: whose it would be else; before: who
 * had it, and `yields`, if it would rather let others. */
uint32_t weft__control_choose(const uint32_t *able, uint32_t n, uint32_t plain,
                              uint32_t before, bool yields, bool may_pass);
void weft__control_choose_init(void);

/* Of a thread that comes. */
uint32_t weft__control_priority(void);

/* A step of that thread. */
void weft__control_count(uint32_t player, const char *operation,
                         const void *object);

/* The pool whose worker that thread is, NULL: none. */
const void *weft__control_pool_of(const struct weft__record *record);

/* What the object is called while it is there, for a report by who has not its
 * memory. */
void weft__control_name(const char *operation, const void *object);

/* Writes down what each thread does, and why nobody can go on. */
void weft__control_explain(void);
void weft__control_say(const char *format, ...) WEFT_PRINTF(1, 2);

/* The end of this run. */
_Noreturn void weft__control_fail(enum weft__outcome outcome);

/* Begins the run in this process, with the calling thread as the first. */
void weft__control_start(void);

/* Tells, on stderr, how the run that has just ended came to be wrong. */
void weft__control_report(void);
/* "deadlock", ...: a word or two. */
const char *weft__control_outcome_name(enum weft__outcome outcome);

#endif
