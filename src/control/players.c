/* SPDX-License-Identifier: MIT */

/*
 * Taking turns. Each thread that uses weft is a player; the one whose turn it
 * is RUNS, all others sleep on their own word. Who comes to a point, or has to
 * wait, says whose turn is next, and hands it over:
 *
 *     CAN_RUN --> RUNS --point--> CAN_RUN
 *                  | '---wait--> WAITS --wake, or its time--> CAN_RUN
 *                  '--takes too long--> OUTSIDE --next point--> CAN_RUN
 *
 * Time stands still but for a microsecond at each point, and jumps to the next
 * deadline when nobody can run. If there is none, nobody can ever go on.
 *
 * A watchman of our own sees to threads that do not come back: one that sleeps
 * in a call of somebody else's, or computes for a second, is OUTSIDE: the
 * others go on, and the run may not be the same another time.
 *
 * The lock is held for moments, with signals blocked, so that a handler never
 * meets it. A handler that runs in a thread whose turn it is not may wake
 * others, but passes all points.
 */

#include "session.h"

#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    NOBODY = WEFT__PLAYERS,
    LOOK_MS = 20,        /* how often the watchman looks */
    SLEEPS = 3,          /* looks in a row that find it asleep, */
    COMPUTES = 50,       /* or busy, before a thread is outside */
    LONGEST_TURN = 1000, /* points in a row, by the plain schedule */
    GOODBYES = 50,       /* looks at a thread that is about to be gone */
    FEW = 64
};

#define STEP WEFT_US(1)
#define GLANCE WEFT_NS(50) /* what a look at the clock takes */
#define BEGINNING WEFT_SECONDS(1000)

bool weft__controlled;

static uint32_t locked;
static uint32_t current; /* whose turn it is, or NOBODY */
static uint32_t used;    /* of the table */
static uint64_t arrivals;
static unsigned unseen; /* threads of the system's that never play */
static weft_duration now;
static pthread_key_t end_key;
static _Thread_local struct weft__player *self;

static struct weft__player *player_at(uint32_t number)
{
    return &weft__session->players[number];
}

static uint32_t number_of(const struct weft__player *player)
{
    return (uint32_t)(player - weft__session->players);
}

static void nap(long nanoseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL);
}

/* ---- The lock ---- */

static void lock(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
    while (weft__exchange(&locked, 1) != 0)
        sched_yield();
}

static void unlock(const sigset_t *before)
{
    weft__store(&locked, 0);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* ---- Turns ---- */

/* Relaxed, as it must not hide from a sanitizer what the program itself does
 * not put in order. */
static void await_turn(struct weft__player *player)
{
    int saved = errno;
    while (weft__load_relaxed(&player->turn) == 0)
        syscall(SYS_futex, &player->turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    weft__store_relaxed(&player->turn, 0);
    errno = saved;
}

/* Locked. The wake may come when it has gone on already. */
static void give_turn(uint32_t number)
{
    weft__store_relaxed(&current, number);
    if (number == NOBODY)
        return;
    struct weft__player *player = player_at(number);
    player->state = WEFT__RUNS;
    player->word = NULL;
    weft__store_relaxed(&player->turn, 1);
    if (player == self)
        return;
    syscall(SYS_futex, &player->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static bool is_able(const struct weft__player *player)
{
    return player->state == WEFT__CAN_RUN ||
           (player->state == WEFT__WAITS && player->deadline <= now);
}

/* The earliest of those that are still to come; WEFT_FOREVER: there is none. */
static weft_duration next_deadline(void)
{
    weft_duration next = WEFT_FOREVER;
    for (uint32_t i = 0; i < used; i++) {
        const struct weft__player *player = player_at(i);
        if (player->state == WEFT__WAITS && player->deadline > now &&
            player->deadline < next)
            next = player->deadline;
    }
    return next;
}

static uint32_t able_players(uint32_t *able)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < used; i++)
        if (is_able(player_at(i)))
            able[n++] = i;
    return n;
}

/* How many threads the process has; 0: it can't be known. */
static unsigned threads_of_process(void)
{
    char text[1024];
    int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = '\0';
    char *field = strrchr(text, ')');
    for (int i = 2; i < 20 && field != NULL; i++) /* the 20th, of proc(5) */
        field = strchr(field + 1, ' ');
    return field != NULL ? (unsigned)strtoul(field, NULL, 10) : 0;
}

/* Somebody may do something that others wait for: a player who is outside, or a
 * thread that weft has not met, or that is about to be gone. */
static bool is_anybody_outside(void)
{
    unsigned players = 0;
    for (uint32_t i = 0; i < used; i++) {
        const struct weft__player *player = player_at(i);
        if (player->state == WEFT__OUTSIDE)
            return true;
        players += player->state != WEFT__GONE;
    }
    return threads_of_process() > players + unseen;
}

/* The same, if it is so for longer than it takes to be gone. */
static bool is_anybody_else_there(void)
{
    for (int look = 0; look < GOODBYES; look++) {
        if (!is_anybody_outside())
            return false;
        nap(1000);
    }
    return true;
}

/* Or it might wait in a loop for ever for one of the others. */
static bool has_not_run_for_long(uint32_t number)
{
    static uint32_t last, turns;
    turns = number == last ? turns + 1 : 0;
    last = number;
    return turns % LONGEST_TURN != LONGEST_TURN - 1;
}

/* Whose turn it would be if there were only one schedule: it goes on while it
 * can, and then comes the next in order. */
static uint32_t plain_choice(const uint32_t *able, uint32_t n, uint32_t before,
                             bool yields)
{
    uint32_t plain = able[0];
    bool goes_on = !yields && has_not_run_for_long(before);
    for (uint32_t i = n; i-- > 0;) {
        if (able[i] == before && goes_on)
            return before;
        if (able[i] > before)
            plain = able[i];
    }
    return plain;
}

/* Locked. NOBODY: all wait, perhaps for somebody outside, who is to have some
 * real time for it. Does not return if nobody can ever go on. */
static uint32_t choose(uint32_t before, bool yields, bool is_patient)
{
    static uint32_t able[WEFT__PLAYERS];
    for (;;) {
        uint32_t n = able_players(able);
        weft_duration next = next_deadline();
        if (n == 0 && (is_patient || next == WEFT_FOREVER)) {
            if (is_anybody_else_there())
                return NOBODY;
            if (next == WEFT_FOREVER)
                weft__control_fail(WEFT__DEADLOCK);
        }
        bool may_pass =
            next != WEFT_FOREVER && next - now <= weft__session->stall;
        uint32_t chosen = WEFT__TIME;
        if (n == 1 && !may_pass)
            chosen = able[0];
        else if (n > 0)
            chosen = weft__control_choose(able, n,
                                          plain_choice(able, n, before, yields),
                                          yields, may_pass);
        if (chosen != WEFT__TIME)
            return chosen;
        now = next;
    }
}

/* The calling thread's turn ends, in that state; returns with its next, if it
 * is to have one. */
static void hand_over(enum weft__player_state state, bool yields)
{
    sigset_t before;
    struct weft__player *player = self;
    lock(&before);
    player->state = state;
    if (state == WEFT__GONE)
        self = NULL;
    uint32_t next = choose(number_of(player), yields, true);
    give_turn(next);
    unlock(&before);
    if (state != WEFT__GONE)
        await_turn(player);
}

/* ---- Coming and going ---- */

/* A new one while there are few, so that a report can tell them apart. */
static uint32_t free_number(void)
{
    uint32_t number = used < FEW ? used : 0;
    while (number < used && player_at(number)->state != WEFT__GONE)
        number++;
    return number;
}

/* Locked. */
static struct weft__player *take_player(void)
{
    uint32_t number = free_number();
    if (number == WEFT__PLAYERS)
        return NULL;
    if (number == used)
        weft__session->players_used = ++used;
    struct weft__player *player = player_at(number);
    *player = (struct weft__player){.state = WEFT__CAN_RUN,
                                    .priority = weft__control_priority()};
    return player;
}

struct weft__player *weft__control_prepare(const weft_thread *thread)
{
    sigset_t before;
    lock(&before);
    struct weft__player *player = take_player();
    if (player != NULL) {
        player->thread = thread;
        weft__copy_text(player->name, sizeof player->name, thread->name_);
    }
    unlock(&before);
    return player;
}

void weft__control_cancel(struct weft__player *player)
{
    sigset_t before;
    lock(&before);
    player->state = WEFT__GONE;
    unlock(&before);
}

void weft__control_begin(struct weft__player *player)
{
    player->native_id = (int32_t)syscall(SYS_gettid);
    self = player;
    await_turn(player);
}

void weft__control_end(void)
{
    if (self != NULL && self->state == WEFT__RUNS)
        hand_over(WEFT__GONE, false);
}

static void at_end(void *player)
{
    if (self == player)
        weft__control_end();
}

/* Locked. Nobody else has the turn, or it has to wait for one. */
static void line_up(struct weft__player *player)
{
    player->state = WEFT__CAN_RUN;
    if (weft__load_relaxed(&current) == NOBODY)
        give_turn(number_of(player));
}

/* A thread that weft did not start comes to its first point, or one that was
 * outside to its next. */
static void enter(void)
{
    sigset_t before;
    lock(&before);
    if (self == NULL) {
        self = take_player();
        if (self == NULL)
            weft__control_fail(WEFT__NO_END);
        self->native_id = (int32_t)syscall(SYS_gettid);
        pthread_setspecific(end_key, self);
    }
    line_up(self);
    unlock(&before);
    await_turn(self);
}

/* Whether the calling thread takes turns; it has one, then. */
static bool is_playing(void)
{
    if (self == NULL || weft__load_relaxed(&self->state) == WEFT__OUTSIDE)
        enter();
    return weft__load_relaxed(&self->state) == WEFT__RUNS;
}

/* ---- Points ---- */

static void know_self(void)
{
    if (weft__current == NULL)
        return;
    if (self->pool == NULL)
        self->pool = weft__control_pool_of(weft__current);
    if (self->record == weft__current)
        return;
    self->record = weft__current;
    self->thread = self->record->thread;
    weft__copy_text(self->name, sizeof self->name, self->thread->name_);
}

static void count_step(void)
{
    struct weft__session *session = weft__session;
    know_self();
    if (++session->steps > session->most_steps)
        weft__control_fail(WEFT__LIVELOCK);
}

/* What a wait for a condition does itself. */
static bool is_part(const char *operation)
{
    return self->step != 0 && strcmp(operation, "weft_lock_release") == 0 &&
           strncmp(self->operation, "weft_condition_wait", 19) == 0;
}

/* What is done next comes after all that others have done until now. */
static void note(const char *operation, const void *object)
{
    struct weft__session *session = weft__session;
    count_step();
    if (operation == NULL)
        return;
    weft__control_count(number_of(self), operation, object);
    if (self->operation != operation || self->step != 0)
        return;
    self->step = session->steps;
    session->shown[self->step % WEFT__STEPS_SHOWN] =
        (struct weft__step){.number = self->step,
                            .player = number_of(self),
                            .operation = operation,
                            .object = object};
}

/* Its last operation has to wait. */
static void note_wait(void)
{
    struct weft__session *session = weft__session;
    struct weft__step *step = &session->shown[self->step % WEFT__STEPS_SHOWN];
    self->asleep_since = session->steps;
    if (self->step != 0 && step->number == self->step)
        step->waited = true;
}

void weft__control_point(const char *operation, const void *object)
{
    if (!is_playing())
        return;
    if (operation != NULL && !is_part(operation)) {
        self->operation = operation;
        self->object = object;
        self->step = 0;
    }
    now += STEP;
    hand_over(WEFT__CAN_RUN, false);
    note(operation, object);
}

void weft__control_yield(void)
{
    if (!is_playing()) {
        sched_yield();
        return;
    }
    count_step();
    now += STEP;
    hand_over(WEFT__CAN_RUN, true);
}

weft_duration weft__control_clock(void)
{
    return weft__fetch_add_relaxed(&now, GLANCE);
}

unsigned weft__control_processors(void)
{
    return weft__session->processors;
}

void weft__control_wait(const uint32_t *word, uint32_t expected,
                        weft_duration deadline)
{
    if (!is_playing()) {
        nap(50000);
        return;
    }
    count_step();
    if (weft__load(word) != expected)
        return;
    note_wait();
    self->deadline = deadline;
    self->arrival = ++arrivals;
    self->word = word;
    hand_over(WEFT__WAITS, false);
}

void weft__control_wake(const uint32_t *word)
{
    sigset_t before;
    struct weft__player *first = NULL;
    lock(&before);
    for (uint32_t i = 0; i < used; i++) {
        struct weft__player *player = player_at(i);
        if (player->state == WEFT__WAITS && player->word == word &&
            (first == NULL || player->arrival < first->arrival))
            first = player;
    }
    if (first != NULL)
        line_up(first);
    unlock(&before);
}

/* ---- The watchman ---- */

/* 'R', 'S', ... as in proc(5); 0: there is no such thread. */
static char state_of(int32_t native_id)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)native_id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = '\0';
    const char *end = strrchr(text, ')');
    return end != NULL && end[1] == ' ' ? end[2] : 0;
}

/* The turn passes to somebody else, if it still is the one it was. */
static void take_turn_away(uint32_t number, uint64_t step, bool gone)
{
    sigset_t before;
    lock(&before);
    struct weft__player *player = player_at(number);
    if (weft__load_relaxed(&current) == number &&
        weft__session->steps == step && player->state == WEFT__RUNS) {
        player->state = gone ? WEFT__GONE : WEFT__OUTSIDE;
        weft__session->outside = true;
        give_turn(choose(number, false, true));
    }
    unlock(&before);
}

/* Those who wait have been patient. */
static void let_time_pass(void)
{
    sigset_t before;
    lock(&before);
    if (weft__load_relaxed(&current) == NOBODY)
        give_turn(choose(NOBODY, false, false));
    unlock(&before);
}

static void *watch(void *unused)
{
    uint64_t step = 0;
    uint32_t who = NOBODY;
    int asleep = 0, looks = 0;
    weft_duration spent = 0;
    (void)unused;
    for (;;) {
        nap(LOOK_MS * 1000000);
        spent += WEFT_MS(LOOK_MS);
        if (spent > weft__session->most_time)
            weft__control_fail(WEFT__NO_END);
        uint32_t number = weft__load_relaxed(&current);
        if (number != who || step != weft__load_relaxed(&weft__session->steps))
            asleep = looks = 0;
        who = number;
        step = weft__load_relaxed(&weft__session->steps);
        if (who == NOBODY) {
            if (++looks >= SLEEPS)
                let_time_pass();
            continue;
        }
        char state = state_of(player_at(who)->native_id);
        asleep = state == 'R' ? 0 : asleep + 1;
        if (asleep >= SLEEPS || ++looks >= COMPUTES) {
            take_turn_away(who, step, state == 0);
            asleep = looks = 0;
        }
    }
    return NULL;
}

static void start_watchman(void)
{
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    if (pthread_create(&thread, NULL, watch, NULL) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- Beginning ---- */

static void become_first(void)
{
    used = 0;
    arrivals = 0;
    unseen = threads_of_process(); /* itself is not, but the watchman will be */
    self = take_player();
    self->native_id = (int32_t)syscall(SYS_gettid);
    self->state = WEFT__RUNS;
    weft__store_relaxed(&current, number_of(self));
}

void weft__control_start(void)
{
    now = BEGINNING;
    weft__control_choose_init();
    pthread_key_create(&end_key, at_end);
    become_first();
    weft__controlled = true;
    weft__fast_paths(false);
    start_watchman();
}

/* What the parent goes on with is not ours. */
void weft__control_after_fork(void)
{
    struct weft__session *own = weft__os_pages(sizeof *own);
    if (own != NULL) {
        memcpy(own, weft__session, sizeof *own);
        memset(own->players, 0, sizeof own->players);
        own->is_forked = true;
        weft__session = own;
    }
    locked = 0;
    become_first();
    start_watchman();
}
