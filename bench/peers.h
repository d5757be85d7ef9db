/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_PEERS_H
#define WEFT_BENCH_PEERS_H

/*
 * The lock and the condition of weft and of its peers in C, under one set of
 * names for the templates: acquire_weft, acquire_glibc, ...
 */

#include "template.h"
#include "weft/condition.h"
#include "weft/lock.h"

#include <glib.h>
#include <nsync.h>
#include <pthread.h>
#include <threads.h>

/* ---- weft ---- */

typedef weft_lock lock_weft;
typedef weft_condition condition_weft;

static inline void prepare_weft(lock_weft *lock)
{
    (void)lock;
}

static inline void prepare_condition_weft(condition_weft *condition)
{
    (void)condition;
}

static inline void acquire_weft(lock_weft *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(lock);
}

static inline void release_weft(lock_weft *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_release(lock);
}

static inline void wait_weft(condition_weft *condition,
                             lock_weft *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_condition_wait(condition, lock);
}

static inline void notify_weft(condition_weft *condition)
{
    weft_condition_notify(condition, 1);
}

static inline void notify_all_weft(condition_weft *condition)
{
    weft_condition_notify_all(condition);
}

/* ---- glibc: POSIX ---- */

typedef pthread_mutex_t lock_glibc;
typedef pthread_cond_t condition_glibc;

static inline void prepare_glibc(lock_glibc *lock)
{
    pthread_mutex_init(lock, NULL);
}

static inline void prepare_condition_glibc(condition_glibc *condition)
{
    pthread_cond_init(condition, NULL);
}

static inline void acquire_glibc(lock_glibc *lock)
{
    pthread_mutex_lock(lock);
}

static inline void release_glibc(lock_glibc *lock)
{
    pthread_mutex_unlock(lock);
}

static inline void wait_glibc(condition_glibc *condition, lock_glibc *lock)
{
    pthread_cond_wait(condition, lock);
}

static inline void notify_glibc(condition_glibc *condition)
{
    pthread_cond_signal(condition);
}

static inline void notify_all_glibc(condition_glibc *condition)
{
    pthread_cond_broadcast(condition);
}

/* ---- glibc: C11 ---- */

typedef mtx_t lock_c11;
typedef cnd_t condition_c11;

static inline void prepare_c11(lock_c11 *lock)
{
    mtx_init(lock, mtx_plain);
}

static inline void prepare_condition_c11(condition_c11 *condition)
{
    cnd_init(condition);
}

static inline void acquire_c11(lock_c11 *lock)
{
    mtx_lock(lock);
}

static inline void release_c11(lock_c11 *lock)
{
    mtx_unlock(lock);
}

static inline void wait_c11(condition_c11 *condition, lock_c11 *lock)
{
    cnd_wait(condition, lock);
}

static inline void notify_c11(condition_c11 *condition)
{
    cnd_signal(condition);
}

static inline void notify_all_c11(condition_c11 *condition)
{
    cnd_broadcast(condition);
}

/* ---- GLib ---- */

typedef GMutex lock_glib;
typedef GCond condition_glib;

static inline void prepare_glib(lock_glib *lock)
{
    g_mutex_init(lock);
}

static inline void prepare_condition_glib(condition_glib *condition)
{
    g_cond_init(condition);
}

static inline void acquire_glib(lock_glib *lock)
{
    g_mutex_lock(lock);
}

static inline void release_glib(lock_glib *lock)
{
    g_mutex_unlock(lock);
}

static inline void wait_glib(condition_glib *condition, lock_glib *lock)
{
    g_cond_wait(condition, lock);
}

static inline void notify_glib(condition_glib *condition)
{
    g_cond_signal(condition);
}

static inline void notify_all_glib(condition_glib *condition)
{
    g_cond_broadcast(condition);
}

/* ---- nsync ---- */

typedef nsync_mu lock_nsync;
typedef nsync_cv condition_nsync;

static inline void prepare_nsync(lock_nsync *lock)
{
    nsync_mu_init(lock);
}

static inline void prepare_condition_nsync(condition_nsync *condition)
{
    nsync_cv_init(condition);
}

static inline void acquire_nsync(lock_nsync *lock)
{
    nsync_mu_lock(lock);
}

static inline void release_nsync(lock_nsync *lock)
{
    nsync_mu_unlock(lock);
}

static inline void wait_nsync(condition_nsync *condition, lock_nsync *lock)
{
    nsync_cv_wait(condition, lock);
}

static inline void notify_nsync(condition_nsync *condition)
{
    nsync_cv_signal(condition);
}

static inline void notify_all_nsync(condition_nsync *condition)
{
    nsync_cv_broadcast(condition);
}

#endif
