/* SPDX-License-Identifier: MIT */
#ifndef WEFT_FUTURE_H
#define WEFT_FUTURE_H

/*
 * A future, 64 bytes: a task given to a pool, and what becomes of it. The
 * caller owns it, and submitting it allocates nothing. It must stay where it is
 * until it is done; once weft_future_result (or any wait) has said so, the pool
 * never touches it again, and its memory is yours.
 *
 *     pending --worker--> running --> finished or failed
 *        +--- weft_future_cancel ---> cancelled
 *        +--- the pool broke -------> broken
 *
 * Zeroed memory is a future that was never submitted.
 */

#include "thread.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_future {
    uint32_t state_; /* drawn in src/future.h */
    int32_t code_;   /* of its error; while it runs, who runs it */
    union {
        struct weft_pool *pool_;
        struct weft_group *group_; /* its pool's, then */
    };
    union {
        weft_target target_;
        uint64_t failure_; /* where the text of its error is kept */
    };
    union {
        void *arg_;
        void *result_;
    };
    struct weft_future *next_;
    union {
        struct weft_future *previous_;
        struct weft_future **slot_; /* where it waits for its worker */
    };
    struct weft__callback *callbacks_;
    struct weft_future *member_; /* the one before it in its group */
} weft_future;

/*
 * Waits until the task is done. WEFT_OK, and `*value`, unless `value` is NULL,
 * is what it returned; WEFT_FAILED: it said weft_fail, see weft_future_error;
 * WEFT_CANCELLED; WEFT_BROKEN: its pool broke (or was its parent's, in a forked
 * child) before it ran; WEFT_STOPPED: the caller was asked to stop;
 * WEFT_NOT_STARTED: never submitted; WEFT_DEADLOCK: a task waits for itself;
 * WEFT_INVALID: NULL. Any number of threads may wait; what the task did
 * happened before. A worker that waits runs the task itself if nobody has begun
 * it, else another thread takes its place meanwhile: tasks that wait for tasks
 * never starve for a worker.
 */
WEFT_API weft_status weft_future_result(weft_future *future, void **value);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT; a worker
 * does not run the task itself, since that could take longer. */
WEFT_API weft_status weft_future_result_timed(weft_future *future, void **value,
                                              weft_duration duration);

/* The same without waiting: WEFT_BUSY if it is not done. */
WEFT_API weft_status weft_future_try_result(weft_future *future, void **value);

/*
 * Why a future failed, NULL if it did not (or is not done). The memory is the
 * calling thread's own and stays until it next asks. The code is kept as long
 * as the future; the text, up to WEFT_MESSAGE_SIZE bytes, until
 * WEFT_KEPT_FAILURES others have failed after it. Does not block.
 */
WEFT_API const weft_error *weft_future_error(const weft_future *future);
#define WEFT_KEPT_FAILURES 1024

/* Withdraws a task that nobody has begun: it is done, and wakes who waits.
 * WEFT_OK, also if another call cancelled it (which may still be calling the
 * callbacks); WEFT_ALREADY_STARTED: too late, it runs or is done;
 * WEFT_NOT_STARTED; WEFT_INVALID: NULL. Does not wait. */
WEFT_API weft_status weft_future_cancel(weft_future *future);

/*
 * Asks a task to stop: cancels it if nobody has begun it; if it runs,
 * weft_stopping() turns true in it, and its waits, now and later, answer
 * WEFT_STOPPED, as after weft_thread_stop. Other tasks of the same thread
 * notice nothing, neither one that it waits for and runs itself meanwhile, nor
 * the next. WEFT_OK, also if it is done; WEFT_NOT_STARTED; WEFT_INVALID: NULL.
 * Does not wait.
 */
WEFT_API weft_status weft_future_stop(weft_future *future);

/* How it stands at this moment. Done means finished, failed, cancelled or
 * broken: its memory is then yours. Do not block. */
WEFT_API bool weft_future_done(const weft_future *future);
WEFT_API bool weft_future_running(const weft_future *future);
WEFT_API bool weft_future_cancelled(const weft_future *future);

/* Called with a future that is done, outside all locks. */
typedef void (*weft_done_callback)(weft_future *future, void *arg);

/*
 * Has callback(future, arg) called once, when the future is done: in the order
 * of adding, on the thread that ran or cancelled it, before any wait for it
 * returns, so that the callback may still use the future; at once, on this
 * thread, if it is done already. Inside, the future can be asked and gives its
 * result without waiting. WEFT_OK; WEFT_NO_MEMORY; WEFT_NOT_STARTED;
 * WEFT_INVALID: NULL.
 */
WEFT_API WEFT_MUST_USE weft_status weft_future_add_done_callback(
    weft_future *future, weft_done_callback callback, void *arg);

/*
 * A descriptor for event loops, that poll finds readable once the future is
 * done: nothing need be read from it. Each call makes another; the caller
 * closes it, at any time. In a forked child it still tells of the parent's. -1
 * with errno: EMFILE, ENFILE, ENOMEM; EINVAL for NULL or a future never
 * submitted. Does not block.
 */
WEFT_API int weft_future_fd(weft_future *future);

/* ---- Many futures ---- */

typedef enum weft_wait_mode {
    WEFT_ALL_COMPLETED,   /* until all are done */
    WEFT_FIRST_COMPLETED, /* until one is */
    WEFT_FIRST_FAILED     /* until one failed (or broke), or all are done */
} weft_wait_mode;

/*
 * Waits for `n` futures; the same one may stand there twice; n = 0 is WEFT_OK.
 * WEFT_OK: what `mode` says has happened (ask each with weft_future_done);
 * WEFT_STOPPED; WEFT_NO_MEMORY: the two FIRST modes need some for each future;
 * WEFT_NOT_STARTED: one was never submitted; WEFT_INVALID: NULL, or no mode.
 */
WEFT_API weft_status weft_wait(weft_future *const *futures, size_t n,
                               weft_wait_mode mode);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API weft_status weft_wait_timed(weft_future *const *futures, size_t n,
                                     weft_wait_mode mode,
                                     weft_duration duration);

/* The same without waiting: WEFT_BUSY. */
WEFT_API weft_status weft_try_wait(weft_future *const *futures, size_t n,
                                   weft_wait_mode mode);

/* Futures in the order in which they complete. */
typedef struct weft_completions weft_completions;

/*
 * Begins to iterate; those done already come first, in the array's order.
 *
 *     weft_completions *completions = weft_as_completed(futures, n);
 *     while (weft_completions_next(completions, &future) == WEFT_OK)
 *         ...
 *     weft_completions_destroy(completions);
 *
 * A future that stands there twice comes out once. One is told of just after
 * its result can be had: of two that complete one right after the other the
 * later may come out first. The array is not needed
 * afterwards, but the futures must live until they came out or the iteration is
 * destroyed, which the caller must do. NULL with errno: ENOMEM, or EINVAL for
 * NULL or a future never submitted. Does not block.
 */
WEFT_API weft_completions *weft_as_completed(weft_future *const *futures,
                                             size_t n);

/* Waits for the next one. WEFT_OK and `*future`; WEFT_EMPTY: all have come out;
 * WEFT_STOPPED; WEFT_INVALID: NULL. One thread at a time. */
WEFT_API WEFT_MUST_USE weft_status
weft_completions_next(weft_completions *completions, weft_future **future);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT: there are
 * still weft_completions_unfinished. */
WEFT_API WEFT_MUST_USE weft_status
weft_completions_next_timed(weft_completions *completions, weft_future **future,
                            weft_duration duration);

/* The same without waiting: WEFT_BUSY. */
WEFT_API WEFT_MUST_USE weft_status
weft_completions_try_next(weft_completions *completions, weft_future **future);

/* How many have not come out yet. Does not block. */
WEFT_API size_t
weft_completions_unfinished(const weft_completions *completions);

/* Ends the iteration, wherever it is; the futures go on. NULL is allowed. */
WEFT_API void weft_completions_destroy(weft_completions *completions);

WEFT_END_DECLARATIONS

#endif
