/* SPDX-License-Identifier: MIT */

/*
 * A thread of our own that sees to those who do not come back: one that sleeps
 * in a call of somebody else's, or computes for a second, is OUTSIDE: the
 * others go on, and the run may not be the same another time. It also ends a
 * run that takes too long.
 */

#include "turns.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 20,  /* how often it looks */
    SLEEPS = 3,    /* looks in a row that find a thread asleep, */
    COMPUTES = 50, /* or busy, before it is outside */
    GOODBYES = 50  /* looks at a thread that is about to be gone */
};

void weft__control_nap(long nanoseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL);
}

/* ---- Who is there ---- */

unsigned weft__control_threads(void)
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
    for (uint32_t i = 0; i < weft__turns.used; i++) {
        const struct weft__player *player = weft__player_at(i);
        if (player->state == WEFT__OUTSIDE)
            return true;
        players += player->state != WEFT__GONE;
    }
    return weft__control_threads() > players + weft__turns.unseen;
}

/* 'R', 'S', ... as in proc(5); 0: there is no such thread, or it has ended. */
static int state_of(int32_t native_id)
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
    bool is_there = end != NULL && end[1] == ' ' && end[2] != 'Z';
    return is_there ? end[2] : 0;
}

/* One that waits, but does not sleep: a signal has come for it, and its handler
 * may yet wake others. */
static bool is_anybody_interrupted(void)
{
    for (uint32_t i = 0; i < weft__turns.used; i++) {
        const struct weft__player *player = weft__player_at(i);
        if (player->state == WEFT__WAITS && player != weft__player_self &&
            state_of(player->native_id) == 'R')
            return true;
    }
    return false;
}

/* If it is so for longer than it takes to be gone, or to fall asleep. */
bool weft__control_others_are_there(bool for_good)
{
    for (int look = 0; look < GOODBYES; look++) {
        if (!is_anybody_outside() && !(for_good && is_anybody_interrupted()))
            return false;
        weft__control_nap(1000);
    }
    return true;
}

/* ---- Watching ---- */

static void note_outside(uint32_t number)
{
    struct weft__session *session = weft__session;
    if (session->outside)
        return;
    session->outside = true;
    session->outside_player = number;
    session->outside_step = session->steps;
}

/* The turn passes to somebody else, if it still is the one it was. */
static void take_turn_away(uint32_t number, uint64_t step, bool gone)
{
    sigset_t before;
    weft__turns_lock(&before);
    struct weft__player *player = weft__player_at(number);
    if (weft__load_relaxed(&weft__turns.current) == number &&
        weft__session->steps == step && player->state == WEFT__RUNS) {
        player->state = gone ? WEFT__GONE : WEFT__OUTSIDE;
        note_outside(number);
        weft__turns_give(weft__turns_choose(number, false, true));
    }
    weft__turns_unlock(&before);
}

/* Those who wait have been patient. */
static void let_time_pass(void)
{
    sigset_t before;
    weft__turns_lock(&before);
    if (weft__load_relaxed(&weft__turns.current) == WEFT__NOBODY)
        weft__turns_give(weft__turns_choose(WEFT__NOBODY, false, false));
    weft__turns_unlock(&before);
}

/* Nobody else is left, but perhaps the main thread, which has ended before. */
static bool is_the_last(void)
{
    for (uint32_t i = 0; i < weft__turns.used; i++)
        if (weft__player_at(i)->state != WEFT__GONE)
            return false;
    bool main_has_ended = state_of((int32_t)getpid()) == 0;
    return weft__control_threads() <= weft__turns.unseen + main_has_ended;
}

static void *watch(void *unused)
{
    uint64_t step = 0;
    uint32_t who = WEFT__NOBODY;
    int asleep = 0, looks = 0;
    weft_duration spent = 0;
    (void)unused;
    while (!is_the_last()) { /* whose end is that of the process */
        weft__control_nap(LOOK_MS * 1000000);
        spent += WEFT_MS(LOOK_MS);
        if (spent > weft__session->most_time)
            weft__control_fail(WEFT__NO_END);
        uint32_t number = weft__load_relaxed(&weft__turns.current);
        if (number != who || step != weft__load_relaxed(&weft__session->steps))
            asleep = looks = 0;
        who = number;
        step = weft__load_relaxed(&weft__session->steps);
        if (who == WEFT__NOBODY) {
            if (++looks >= SLEEPS)
                let_time_pass();
            continue;
        }
        int state = state_of(weft__player_at(who)->native_id);
        asleep = state == 'R' ? 0 : asleep + 1;
        if (asleep >= SLEEPS || ++looks >= COMPUTES) {
            take_turn_away(who, step, state == 0);
            asleep = looks = 0;
        }
    }
    return NULL;
}

/* Whoever is there besides the caller when it has been started never plays: it
 * itself, and one that ThreadSanitizer starts with the first thread. */
void weft__control_watch(void)
{
    pthread_t thread;
    sigset_t before;
    weft__turns_lock(&before);
    if (pthread_create(&thread, NULL, watch, NULL) == 0)
        pthread_detach(thread);
    unsigned threads = weft__control_threads();
    weft__turns.unseen = threads > 0 ? threads - 1 : 0;
    weft__turns_unlock(&before);
}
