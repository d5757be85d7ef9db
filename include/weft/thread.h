/* SPDX-License-Identifier: MIT */
#ifndef WEFT_THREAD_H
#define WEFT_THREAD_H

/*
 * Threads that the caller owns. A weft_thread is a plain structure: on the
 * stack, static, or the first member of your own ("subclassing"). It must stay
 * where it is from weft_thread_start until a join has returned.
 */

#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_thread weft_thread;

/* What a thread, task or timer runs. Its return value is the result; a target
 * that fails says `return weft_fail(code, "why")`. */
typedef void *(*weft_target)(void *arg);

#define WEFT_NAME_SIZE 64 /* bytes of a thread's name, with the final NUL */
#define WEFT_MESSAGE_SIZE                               \
    192 /* bytes of an error's text, with the final NUL \
         */

/* Why a target failed: its own code and its own words. */
typedef struct weft_error {
    int code;
    const char *message;
} weft_error;

struct weft_thread {
    weft_target target;              /* what to run ... */
    void *arg;                       /* ... with this */
    void *(*run)(weft_thread *self); /* runs instead when target is NULL */
    const char *name;  /* copied at start; NULL: "Thread-1 (function)" */
    size_t stack_size; /* bytes; 0: the system's default */
    bool daemon;       /* true: exit does not wait for it; false: as its creator
                          (weft_thread_set_daemon can say an explicit no) */
    /* Private. */
    uint8_t private_;
    uint8_t daemon_;
    uint8_t owned_;
    uint32_t state_;
    uint32_t id_;
    int32_t native_id_;
    void *result_;
    weft_error error_;
    char name_[WEFT_NAME_SIZE];
    char message_[WEFT_MESSAGE_SIZE];
};

/* WEFT_THREAD(target, arg, .name = "Worker 1", .daemon = true), for statics,
 * locals and members. WEFT_THREAD(.run = method) is for subclasses. */
#define WEFT_THREAD(...) WEFT__INITIALISER(__VA_ARGS__)

/*
 * Starts the thread: when it returns WEFT_OK, the thread is alive and
 * enumerated; it may not have had a processor yet. Does not block.
 * WEFT_ALREADY_STARTED: it was started before (one structure, one run).
 * WEFT_INVALID: NULL, no target and no run, or a stack too small to run on.
 * WEFT_NO_THREADS: the system has no more; it may be started again later.
 */
WEFT_API WEFT_MUST_USE weft_status weft_thread_start(weft_thread *thread);

/*
 * Waits until the thread has ended. Any number of threads may join, any number
 * of times; afterwards the structure is the caller's again. What the thread did
 * happened before the join returns. WEFT_OK; WEFT_FAILED: it ended through
 * weft_fail (see weft_thread_error); WEFT_STOPPED: the caller was asked to
 * stop; WEFT_NOT_STARTED; WEFT_DEADLOCK: a thread joins itself; WEFT_INVALID:
 * NULL, or a thread that weft did not start (main, foreign).
 */
WEFT_API weft_status weft_thread_join(weft_thread *thread);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT; the thread
 * stays joinable. */
WEFT_API weft_status weft_thread_join_timed(weft_thread *thread,
                                            weft_duration duration);

/* The same without waiting: WEFT_BUSY if it still runs. */
WEFT_API weft_status weft_thread_try_join(weft_thread *thread);

/* What the target returned; NULL while it runs, before it started, and when it
 * failed. Does not block. */
WEFT_API void *weft_thread_result(const weft_thread *thread);

/* Why it failed, or NULL if it did not (or has not ended). The memory is the
 * thread's structure. Does not block. */
WEFT_API const weft_error *weft_thread_error(const weft_thread *thread);

/* True from a successful start until the target has returned. */
WEFT_API bool weft_thread_is_alive(const weft_thread *thread);

/* The thread's name, in the structure's own memory. Before the start: the
 * option, "" where none was given. A rename on another thread may be seen
 * half-written; weft_enumerate copies safely. */
WEFT_API const char *weft_thread_name(const weft_thread *thread);

/* Renames, before the start or while it runs; the kernel sees the first 15
 * bytes, cut between characters. Longer than WEFT_NAME_SIZE - 1 bytes is cut
 * likewise. WEFT_OK; WEFT_INVALID: NULL. */
WEFT_API weft_status weft_thread_set_name(weft_thread *thread,
                                          const char *name);

/* Whether exit leaves it behind; before the start: as far as is known. */
WEFT_API bool weft_thread_daemon(const weft_thread *thread);

/* Says before the start, explicitly, daemon or not. WEFT_OK; WEFT_INVALID:
 * NULL; WEFT_ALREADY_STARTED: too late. */
WEFT_API weft_status weft_thread_set_daemon(weft_thread *thread, bool daemon);

/* weft's number for the thread: > 0 while it runs, 0 before. Not reused soon.
 */
WEFT_API uint32_t weft_thread_id(const weft_thread *thread);

/* The kernel's number for the thread, 0 if it is not running. Waits the moment
 * until a thread just started has one. */
WEFT_API long weft_thread_native_id(weft_thread *thread);

/*
 * Asks the thread to stop: weft_stopping() turns true there for good, and each
 * of its waits, now and later, answers WEFT_STOPPED instead of sleeping (but
 * for the plain acquires of locks and semaphores). Cooperative: nothing is
 * killed. WEFT_OK, also when it has ended; WEFT_NOT_STARTED; WEFT_INVALID:
 * NULL. Does not block; async-signal-safe.
 */
WEFT_API weft_status weft_thread_stop(weft_thread *thread);

/* Has the calling thread been asked to stop? Does not block. */
WEFT_API bool weft_stopping(void);

/* The calling thread; never NULL. For a thread that weft did not start, a
 * stand-in that lives as long as that thread. */
WEFT_API weft_thread *weft_current_thread(void);

/* The thread that runs main (in a forked child: the one that called fork). */
WEFT_API weft_thread *weft_main_thread(void);

/* How many threads weft knows to be alive, main and foreign ones included. */
WEFT_API size_t weft_active_count(void);

/* One living thread, as copied by weft_enumerate. */
typedef struct weft_thread_info {
    uint32_t id;
    long native_id; /* 0: has not yet had a processor */
    char name[WEFT_NAME_SIZE];
    bool daemon;
    bool foreign;                /* not started by weft, and not main */
    bool stopping;               /* asked to stop */
    const char *waits_for;       /* "lock", "queue", ...; NULL: runs */
    const void *waits_on;        /* the object's address */
    weft_duration waiting_since; /* on the clock of weft_monotonic */
} weft_thread_info;

/* Copies what is known of the first `capacity` living threads to `out` and
 * returns how many there are in all. Does not block. */
WEFT_API size_t weft_enumerate(weft_thread_info *out, size_t capacity);

/* Options of weft_spawn. */
typedef struct weft_spawn_options {
    const char *name;
    size_t stack_size;
    bool daemon;
    uint8_t private_;
} weft_spawn_options;

/* Starts a thread that owns itself: nobody joins it, its memory goes when it
 * ends, an error goes to the excepthook. WEFT_OK; WEFT_INVALID; WEFT_NO_MEMORY;
 * WEFT_NO_THREADS. `options` may be NULL. Does not block. */
WEFT_API WEFT_MUST_USE weft_status weft_spawn_with(
    weft_target target, void *arg, const weft_spawn_options *options);

/* weft_spawn(target, arg, .name = "bg", .daemon = true) */
#define weft_spawn(...) weft__spawn_macro(__VA_ARGS__, .private_ = 0)
#define weft__spawn_macro(target, arg, ...) \
    weft_spawn_with((target), (arg), &(const weft_spawn_options){__VA_ARGS__})

/*
 * Makes the running target fail: `return weft_fail(ENOENT, "cannot open %s",
 * path);`. Keeps `code` and the text (cut at WEFT_MESSAGE_SIZE - 1 bytes) for
 * whoever joins or collects; where nobody can, the excepthook gets it. The
 * return value means "failed" only as the target's own. Does not allocate.
 */
WEFT_API WEFT_MUST_USE void *weft_fail(int code, const char *format, ...)
    WEFT_PRINTF(2, 3);

/* Called with an error that nobody can collect, on the thread that failed. It
 * may itself say `return weft_fail(...)`, which is printed with its own text.
 */
typedef void *(*weft_excepthook_function)(const weft_thread *thread,
                                          const weft_error *error);

/* The default: prints "Exception in thread NAME: MESSAGE" on stderr. */
WEFT_API void *weft_excepthook(const weft_thread *thread,
                               const weft_error *error);

/* Replaces the hook; NULL brings back the default. Returns the one before. */
WEFT_API weft_excepthook_function
weft_set_excepthook(weft_excepthook_function hook);

WEFT_END_DECLARATIONS

#endif
