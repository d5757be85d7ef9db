/* SPDX-License-Identifier: MIT */

#include "blocking.h"

#include <weft/condition.h>
#include <weft/rwlock.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;

static void hold_lock(void)
{
    weft_lock_acquire(&lock);
}

static weft_status take_lock(bool plain, weft_duration duration)
{
    weft_status status = WEFT_OK;
    if (plain)
        weft_lock_acquire(&lock);
    else
        status = weft_lock_acquire_timed(&lock, duration);
    return status == WEFT_OK ? weft_lock_release(&lock) : status;
}

static void free_lock(void)
{
    assert_ok(weft_lock_release(&lock));
}

static void hold_rlock(void)
{
    weft_rlock_acquire(&rlock);
}

static weft_status take_rlock(bool plain, weft_duration duration)
{
    weft_status status = WEFT_OK;
    if (plain)
        weft_rlock_acquire(&rlock);
    else
        status = weft_rlock_acquire_timed(&rlock, duration);
    return status == WEFT_OK ? weft_rlock_release(&rlock) : status;
}

static void free_rlock(void)
{
    assert_ok(weft_rlock_release(&rlock));
}

static void hold_rwlock(void)
{
    weft_rwlock_acquire_write(&rwlock);
}

static weft_status read_rwlock(bool plain, weft_duration duration)
{
    weft_status status = WEFT_OK;
    if (plain)
        weft_rwlock_acquire_read(&rwlock);
    else
        status = weft_rwlock_acquire_read_timed(&rwlock, duration);
    return status == WEFT_OK ? weft_rwlock_release_read(&rwlock) : status;
}

static weft_status write_rwlock(bool plain, weft_duration duration)
{
    weft_status status = WEFT_OK;
    if (plain)
        weft_rwlock_acquire_write(&rwlock);
    else
        status = weft_rwlock_acquire_write_timed(&rwlock, duration);
    return status == WEFT_OK ? weft_rwlock_release_write(&rwlock) : status;
}

static void free_rwlock(void)
{
    assert_ok(weft_rwlock_release_write(&rwlock));
}

/* ---- Conditions ---- */

static weft_condition condition;
static bool flag;

static void clear_flag(void)
{
    flag = false;
}

static bool flag_is_set(void *arg)
{
    (void)arg;
    return flag;
}

static weft_status wait_condition(bool plain, weft_duration duration)
{
    weft_lock_acquire(&lock);
    weft_status status =
        plain ? weft_condition_wait(&condition, &lock)
              : weft_condition_wait_timed(&condition, &lock, duration);
    assert_ok(weft_lock_release(&lock));
    return status;
}

static weft_status wait_condition_rlock(bool plain, weft_duration duration)
{
    weft_rlock_acquire(&rlock);
    weft_status status =
        plain ? weft_condition_wait(&condition, &rlock)
              : weft_condition_wait_timed(&condition, &rlock, duration);
    assert_ok(weft_rlock_release(&rlock));
    return status;
}

static weft_status wait_until(bool plain, weft_duration duration)
{
    weft_lock_acquire(&lock);
    weft_status status =
        plain ? weft_condition_wait_until(&condition, &lock, flag_is_set, NULL)
              : weft_condition_wait_until_timed(&condition, &lock, flag_is_set,
                                                NULL, duration);
    assert_ok(weft_lock_release(&lock));
    return status;
}

static void notify(void)
{
    weft_lock_acquire(&lock);
    flag = true;
    weft_condition_notify_all(&condition);
    assert_ok(weft_lock_release(&lock));
}

static void notify_rlock(void)
{
    weft_rlock_acquire(&rlock);
    weft_condition_notify_all(&condition);
    assert_ok(weft_rlock_release(&rlock));
}

const blocking_call blocking_locks[] = {
    {"lock", hold_lock, take_lock, .let_go = free_lock, .unstoppable = true},
    {"rlock", hold_rlock, take_rlock, .let_go = free_rlock,
     .unstoppable = true},
    {"rwlock, reading", hold_rwlock, read_rwlock, .let_go = free_rwlock,
     .unstoppable = true},
    {"rwlock, writing", hold_rwlock, write_rwlock, .let_go = free_rwlock,
     .unstoppable = true},
    {"condition", clear_flag, wait_condition, .let_go = notify},
    {"condition with an rlock", clear_flag, wait_condition_rlock,
     .let_go = notify_rlock},
    {"condition with a predicate", clear_flag, wait_until, .let_go = notify},
    {.name = NULL},
};
