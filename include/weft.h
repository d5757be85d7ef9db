/* SPDX-License-Identifier: MIT */
#ifndef WEFT_H
#define WEFT_H

/*
 * Python's threading, queue and concurrent.futures, for C. This header is all
 * of weft; each part has one of its own.
 *
 * A call that may wait has three forms: `X` waits as long as it takes,
 * `X_timed` at most a weft_duration, `try_X` (weft_lock_try_acquire) not at
 * all. What can fail answers a weft_status: WEFT_OK, 0, if it did not. The
 * plain acquires of locks and semaphores return nothing, since the next line
 * relies on them: they never return without what they were to get. All other
 * waits end with WEFT_STOPPED when weft_thread_stop asks the thread to stop.
 *
 * Locks, events and their like are small structures, ready when zeroed; they
 * hold no memory, so nothing need be destroyed. Threads, timers and futures are
 * the caller's too, and stay where they are until a join or a result has
 * returned. Queues, pools and caches are created, and destroyed by whoever
 * created them.
 *
 * Options have names, as in Python:
 *
 *     weft_thread thread = WEFT_THREAD(worker, &job, .name = "Worker 1");
 *
 * What is not named is zero. Fields whose names end in _ are private, and so is
 * all that begins with weft__ or WEFT__.
 *
 * A wrong call (a lock released that is not held, a thread that joins itself)
 * changes nothing, answers a status of its own, and is reported once: see
 * weft_set_misuse_handler.
 *
 * Compile and link with `cc program.c $(pkg-config --cflags --libs weft)`, or
 * in CMake with the target `weft::weft` of the package `weft`.
 */

#include "weft/barrier.h"
#include "weft/base.h"
#include "weft/cache.h"
#include "weft/condition.h"
#include "weft/diagnostics.h"
#include "weft/event.h"
#include "weft/future.h"
#include "weft/group.h"
#include "weft/latch.h"
#include "weft/local.h"
#include "weft/lock.h"
#include "weft/once.h"
#include "weft/parallel.h"
#include "weft/pool.h"
#include "weft/pool_stats.h"
#include "weft/queue.h"
#include "weft/rlock.h"
#include "weft/rwlock.h"
#include "weft/select.h"
#include "weft/semaphore.h"
#include "weft/stream.h"
#include "weft/thread.h"
#include "weft/timer.h"
#include "weft/version.h"
#include "weft/with.h"

#endif
