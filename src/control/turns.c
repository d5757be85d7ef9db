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
 * The lock is held for moments, with signals blocked, so that a handler never
 * meets it. A handler that runs in a thread whose turn it is not, or that has
 * yet to see that it is, may wake others, but passes all points: it must not
 * take the turn that the thread waits for.
 */

#include "turns.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LONGEST_TURN = 1000 /* points in a row, by the plain schedule */ };

struct weft__turns weft__turns;
_Thread_local struct weft__player *weft__player_self;

void weft__turns_lock(sigset_t *before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, before);
    while (weft__exchange(&weft__turns.locked, 1) != 0)
        sched_yield();
}

void weft__turns_unlock(const sigset_t *before)
{
    weft__store(&weft__turns.locked, 0);
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* Relaxed, as it must not hide from a sanitizer what the program itself does
 * not put in order. */
void weft__turns_await(struct weft__player *player)
{
    int saved = errno;
    while (weft__load_relaxed(&player->turn) == 0)
        syscall(SYS_futex, &player->turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    weft__store_relaxed(&player->turn, 0);
    weft__store_relaxed(&player->awaits, 0);
    errno = saved;
}

/* Locked. The wake may come when it has gone on already. */
void weft__turns_give(uint32_t number)
{
    weft__store_relaxed(&weft__turns.current, number);
    if (number == WEFT__NOBODY)
        return;
    struct weft__player *player = weft__player_at(number);
    player->state = WEFT__RUNS;
    player->word = NULL;
    weft__store_relaxed(&player->turn, 1);
    if (player == weft__player_self)
        return;
    syscall(SYS_futex, &player->turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static bool is_able(const struct weft__player *player)
{
    return player->state == WEFT__CAN_RUN ||
           (player->state == WEFT__WAITS &&
            player->deadline <= weft__turns.now);
}

/* The earliest of those that are still to come; WEFT_FOREVER: there is none. */
static weft_duration next_deadline(void)
{
    weft_duration next = WEFT_FOREVER;
    for (uint32_t i = 0; i < weft__turns.used; i++) {
        const struct weft__player *player = weft__player_at(i);
        if (player->state == WEFT__WAITS &&
            player->deadline > weft__turns.now && player->deadline < next)
            next = player->deadline;
    }
    return next;
}

static uint32_t able_players(uint32_t *able)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < weft__turns.used; i++)
        if (is_able(weft__player_at(i)))
            able[n++] = i;
    return n;
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

uint32_t weft__turns_choose(uint32_t before, bool yields, bool is_patient)
{
    static uint32_t able[WEFT__PLAYERS];
    for (;;) {
        uint32_t n = able_players(able);
        weft_duration next = next_deadline();
        if (n == 0 && (is_patient || next == WEFT_FOREVER)) {
            if (weft__control_others_are_there(next == WEFT_FOREVER))
                return WEFT__NOBODY;
            if (next == WEFT_FOREVER)
                weft__control_fail(WEFT__DEADLOCK);
        }
        bool may_pass = next != WEFT_FOREVER &&
                        next - weft__turns.now <= weft__session->stall;
        uint32_t chosen = WEFT__TIME;
        if (n == 1 && !may_pass)
            chosen = able[0];
        else if (n > 0)
            chosen = weft__control_choose(able, n,
                                          plain_choice(able, n, before, yields),
                                          before, yields, may_pass);
        if (chosen != WEFT__TIME)
            return chosen;
        weft__turns.now = next;
    }
}

void weft__turns_hand_over(enum weft__player_state state, bool yields)
{
    sigset_t before;
    struct weft__player *player = weft__player_self;
    weft__turns_lock(&before);
    player->state = state;
    weft__store_relaxed(&player->awaits, 1);
    if (state == WEFT__GONE)
        weft__player_self = NULL;
    /* Nobody need wait for it to be gone, but where that ends the run. */
    bool is_away = state == WEFT__GONE && next_deadline() != WEFT_FOREVER;
    weft__turns.unseen += is_away;
    uint32_t next =
        weft__turns_choose(weft__player_number(player), yields, true);
    weft__turns.unseen -= is_away;
    weft__turns_give(next);
    weft__turns_unlock(&before);
    if (state != WEFT__GONE)
        weft__turns_await(player);
}
