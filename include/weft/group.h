/* SPDX-License-Identifier: MIT */
#ifndef WEFT_GROUP_H
#define WEFT_GROUP_H

/*
 * A group of tasks that succeed together: the first failure stops the rest. The
 * caller owns it, and the futures of its tasks, which must stay where they are
 * until the group has been waited for.
 *
 *     weft_group group = WEFT_GROUP(pool);
 *     for (size_t i = 0; i < n && status == WEFT_OK; i++)
 *         status = weft_group_submit(&group, &futures[i], fetch, &urls[i]);
 *     status = weft_group_wait_timed(&group, WEFT_SECONDS(2));
 *     ...
 *     weft_group_destroy(&group);
 *
 * Its tasks may submit others to it. Zeroed memory is a group without tasks, on
 * the default pool.
 */

#include "pool.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_group {
    weft_pool *pool; /* that runs its tasks; NULL: weft_default_pool() */
    /* Private. */
    uint8_t private_;
    int32_t code_;
    int32_t descriptor_; /* + 1 */
    uint64_t state_;     /* drawn in src/group.c */
    weft_future *members_;
    uint64_t failure_;
} weft_group;

/* WEFT_GROUP(pool): for statics, locals and members. */
#define WEFT_GROUP(...) WEFT__INITIALISER(__VA_ARGS__)

/*
 * Submits a task to the group's pool, as weft_submit, with the same answers;
 * WEFT_CANCELLED besides: a task has failed, or the group was asked to stop;
 * WEFT_BROKEN also for a group of the parent's, in a forked child. Not while
 * another thread ends its wait for the group, but for the group's own tasks.
 */
WEFT_API WEFT_MUST_USE weft_status weft_group_submit(weft_group *group,
                                                     weft_future *future,
                                                     weft_target target,
                                                     void *arg);

/*
 * Waits until all tasks are done; a worker runs those that nobody has begun.
 * WEFT_OK: none failed; WEFT_FAILED: see weft_group_error; WEFT_BROKEN: the
 * pool broke; WEFT_CANCELLED: none failed, but one was cancelled, or the group
 * was asked to stop. The futures are the caller's again, and the group is as
 * new. Else its tasks go on: WEFT_STOPPED: the caller was asked to stop;
 * WEFT_BUSY: another thread waits for it; WEFT_DEADLOCK: one of its own tasks
 * would wait for itself; WEFT_INVALID: NULL.
 */
WEFT_API WEFT_MUST_USE weft_status weft_group_wait(weft_group *group);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT; a worker
 * runs none itself, since that could take longer. */
WEFT_API WEFT_MUST_USE weft_status
weft_group_wait_timed(weft_group *group, weft_duration duration);

/* The same without waiting: WEFT_BUSY. */
WEFT_API WEFT_MUST_USE weft_status weft_group_try_wait(weft_group *group);

/* Why the first task failed, if the last wait answered WEFT_FAILED; else NULL.
 * The memory is as of weft_future_error. Does not block. */
WEFT_API const weft_error *weft_group_error(const weft_group *group);

/* Has each task cancelled, or asked to stop, as by weft_future_stop, and later
 * ones refused until the group has been waited for. WEFT_OK; WEFT_INVALID:
 * NULL. Does not wait. */
WEFT_API weft_status weft_group_stop(weft_group *group);

/* How many of its tasks are not done. Does not block. */
WEFT_API size_t weft_group_unfinished(const weft_group *group);

/*
 * A descriptor for event loops, that poll finds readable while none of the
 * tasks is unfinished (perhaps the moment before: weft_group_try_wait tells).
 * The group's own, always the same: it is closed by weft_group_destroy, which a
 * group with a descriptor needs. -1 with errno: EMFILE, ENFILE; EINVAL for
 * NULL. Does not block.
 */
WEFT_API int weft_group_fd(weft_group *group);

/* Stops it and waits until all tasks are done (not even a stop request ends
 * that): the futures are the caller's, and the group is as new. WEFT_OK, also
 * for NULL; WEFT_BUSY: another thread waits for it; WEFT_DEADLOCK: from one of
 * its own tasks, then nothing changed. */
WEFT_API weft_status weft_group_destroy(weft_group *group);

WEFT_END_DECLARATIONS

#endif
