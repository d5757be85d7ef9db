/* SPDX-License-Identifier: MIT */

/*
 * Order and exactness, from the records of all calls of real runs: see
 * history.h for what is asked of them. By default they are a million calls in
 * all; WEFT_HISTORY_CALLS=10000000 makes each history that long, and tells how
 * long it took.
 */

#include "history.h"
#include "queue.h"

#include <stdatomic.h>
#include <stdio.h>

enum { MOST = 8, CALLS = 100000, SHORT = 20000 };
enum { WATCHER = 2 * MOST, CLOSER, THREADS };

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* ---- What is recorded ---- */

struct plan {
    int putters, getters, maxsize;
    weft_queue_kind kind;
    int calls;  /* of puts and gets that succeed, if it is not shut down */
    int moment; /* of the clock, when it is shut down; 0: when all is put */
    bool immediate, twice;
};

struct recorder {
    struct call *calls;
    size_t count, room;
    uint32_t random;
    uint8_t lane;
};

static const char more_calls[] = "WEFT_HISTORY_CALLS";
static struct recorder recorders[THREADS];
static struct plan plan;
static atomic_int now, putting;
static atomic_bool over;

static int32_t tick(void)
{
    return ++now;
}

/* It has just returned. */
static void record(struct recorder *own, struct call call)
{
    if (own->count == own->room) {
        own->room = own->room > 0 ? 2 * own->room : 1024;
        own->calls = realloc(own->calls, own->room * sizeof *own->calls);
        must(own->calls != NULL);
    }
    if (call.returned == 0)
        call.returned = tick();
    call.lane = own->lane;
    own->calls[own->count++] = call;
}

static void record_size(struct recorder *own, int32_t began, int32_t least,
                        int32_t most)
{
    record(own, (struct call){.kind = CALL_SIZE,
                              .began = began,
                              .least = least,
                              .most = most});
}

static void forget_all(void)
{
    now = 0;
    over = false;
    for (unsigned i = 0; i < THREADS; i++) {
        recorders[i].count = 0;
        recorders[i].random += i;
        recorders[i].lane = (uint8_t)i;
    }
}

/* ---- The calls ---- */

/* Towards the end of the clock all wait for as long as it takes. */
static uint32_t form_of_call(struct recorder *own)
{
    return now > 4 * plan.calls ? 0 : dice(&own->random) % 3;
}

static weft_status put_somehow(struct recorder *own, const int *item,
                               uint32_t form)
{
    weft_duration length = WEFT_US(dice(&own->random) % 40);
    return form == 0   ? weft_queue_put(queue, item)
           : form == 1 ? weft_queue_put_timed(queue, item, length)
                       : weft_queue_try_put(queue, item);
}

static weft_status get_somehow(struct recorder *own, int *item, uint32_t form)
{
    weft_duration length = WEFT_US(dice(&own->random) % 40);
    return form == 0   ? weft_queue_get(queue, item)
           : form == 1 ? weft_queue_get_timed(queue, item, length)
                       : weft_queue_try_get(queue, item);
}

/* One place, or item, may be kept for one of several who has waited long. */
static void *put_all(void *arg)
{
    struct recorder *own = &recorders[(intptr_t)arg];
    int each = plan.calls / 2 / plan.putters, first = own->lane * each;
    weft_status status = WEFT_OK;
    for (int i = 0; i < each && status != WEFT_SHUT_DOWN;) {
        int item = first + i;
        int32_t began = tick();
        uint32_t form = form_of_call(own);
        status = put_somehow(own, &item, form);
        if (status == WEFT_OK || status == WEFT_SHUT_DOWN) {
            i += status == WEFT_OK;
            record(own, (struct call){.kind = status == WEFT_OK ? CALL_PUT
                                                                : CALL_REFUSED,
                                      .began = began,
                                      .item = item,
                                      .most = INT32_MAX});
        } else {
            must(status == (form == 1 ? WEFT_TIMED_OUT : WEFT_FULL));
            must(plan.maxsize > 0);
            record_size(own, began, plan.maxsize - (plan.putters > 1),
                        plan.maxsize);
        }
    }
    putting--;
    return NULL;
}

static void *get_all(void *arg)
{
    struct recorder *own = &recorders[MOST + (intptr_t)arg];
    weft_status status = WEFT_OK;
    while (status != WEFT_SHUT_DOWN) {
        int item = -1;
        int32_t began = tick();
        uint32_t form = form_of_call(own);
        status = get_somehow(own, &item, form);
        if (status == WEFT_OK || status == WEFT_SHUT_DOWN) {
            record(own, (struct call){.kind = status == WEFT_OK ? CALL_GET
                                                                : CALL_ENDED,
                                      .began = began,
                                      .item = item});
        } else {
            must(status == (form == 1 ? WEFT_TIMED_OUT : WEFT_EMPTY));
            record_size(own, began, 0, plan.getters > 1);
        }
    }
    return NULL;
}

static void *watch_size(void *arg)
{
    while (!over) {
        int32_t began = tick(), size = (int32_t)weft_queue_size(queue);
        record_size(&recorders[WATCHER], began, size, size);
        weft_sleep(WEFT_US(20));
    }
    return arg;
}

static int32_t shutdown_began;

static void discard(void *item)
{
    record(&recorders[CLOSER], (struct call){.kind = CALL_DISCARD,
                                             .began = shutdown_began,
                                             .item = *(int *)item});
}

static void shut_down(bool immediate)
{
    shutdown_began = tick();
    must(weft_queue_shutdown(queue, immediate) == WEFT_OK);
    record(&recorders[CLOSER],
           (struct call){.kind = CALL_SHUTDOWN, .began = shutdown_began});
}

/* ---- Runs ---- */

static void start_all(weft_thread *threads, int n, weft_target target)
{
    for (intptr_t i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, (void *)i);
        start(&threads[i]);
    }
}

static void join_all(weft_thread *threads, int n)
{
    for (int i = 0; i < n; i++)
        must(weft_thread_join(&threads[i]) == WEFT_OK);
}

static void make_history(void)
{
    weft_thread putters[MOST], getters[MOST];
    weft_thread watcher = WEFT_THREAD(watch_size, NULL);
    putting = plan.putters;
    start(&watcher);
    start_all(getters, plan.getters, get_all);
    start_all(putters, plan.putters, put_all);
    while (putting > 0 && (plan.moment == 0 || now < plan.moment))
        weft_sleep(WEFT_US(20));
    shut_down(plan.immediate && !plan.twice);
    if (plan.twice)
        shut_down(true);
    join_all(putters, plan.putters);
    join_all(getters, plan.getters);
    over = true;
    must(weft_thread_join(&watcher) == WEFT_OK);
}

static struct history gather(struct call **all)
{
    struct history history = {.items = plan.calls,
                              .end = now,
                              .maxsize = plan.maxsize,
                              .first_in_first_out = plan.kind == WEFT_FIFO};
    for (int i = 0; i < THREADS; i++)
        history.count += recorders[i].count;
    struct call *calls = *all = malloc(history.count * sizeof *calls);
    must(calls != NULL);
    history.calls = calls;
    for (int i = 0; i < THREADS; i++) {
        size_t n = recorders[i].count;
        if (n > 0)
            memcpy(calls, recorders[i].calls, n * sizeof *calls);
        calls += n;
    }
    return history;
}

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static weft_duration made_in, checked_in;

static void tell(const char *what, size_t calls)
{
    if (getenv(more_calls) != NULL)
        printf("%s: %zu calls in %.1f s, checked in %.1f s\n", what, calls,
               (double)made_in / 1e9, (double)checked_in / 1e9);
    made_in = checked_in = 0;
}

/* How many calls that were. */
static size_t run(struct plan next)
{
    plan = next;
    forget_all();
    queue = weft_queue_create(sizeof(int), .maxsize = (size_t)plan.maxsize,
                              .kind = plan.kind, .compare = by_size,
                              .destroy = discard);
    weft_duration began = weft_monotonic();
    make_history();
    weft_duration made = weft_monotonic();
    must(weft_queue_destroy(queue) == WEFT_OK);
    struct call *all;
    struct history history = gather(&all);
    const char *flaw = find_flaw(&history);
    ck_assert_msg(flaw == NULL, "%d to %d, limit %d: %s", plan.putters,
                  plan.getters, plan.maxsize, flaw);
    made_in += made - began;
    checked_in += weft_monotonic() - made;
    free(all);
    return history.count;
}

static int calls_wanted(void)
{
    const char *wanted = getenv(more_calls);
    return wanted != NULL ? atoi(wanted) : CALLS;
}

START_TEST(whatever_was_answered_fits_what_was_in_the_queue)
{
    /* All share one place, and mostly sleep. */
    int less = getenv(more_calls) != NULL ? 1 : 4;
    const struct plan plans[] = {
        {1, 1, 5, WEFT_FIFO, 1, 0, false, false},
        {8, 1, 5, WEFT_FIFO, 1, 0, false, false},
        {1, 8, 64, WEFT_FIFO, 1, 0, false, false},
        {4, 4, 5, WEFT_FIFO, 1, 0, false, false},
        {8, 8, 1, WEFT_FIFO, less, 0, false, false},
        {8, 8, 0, WEFT_FIFO, 1, 0, false, false},
        {2, 3, 3, WEFT_LIFO, 1, 0, false, false},
        {3, 2, 9, WEFT_PRIORITY, 1, 0, false, false},
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct plan next = plans[i];
        next.calls = calls_wanted() / next.calls;
        char what[64];
        snprintf(what, sizeof what, "%d to %d, limit %d", next.putters,
                 next.getters, next.maxsize);
        tell(what, run(next));
    }
}
END_TEST

START_TEST(it_fits_whenever_the_queue_is_shut_down)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_FIFO, WEFT_LIFO,
                                            WEFT_FIFO, WEFT_PRIORITY};
    uint32_t random = 3;
    size_t calls = 0, wanted = (size_t)calls_wanted();
    for (int i = 0; calls < wanted; i++) {
        int putters = 1 + (int)dice(&random) % MOST;
        int getters = 1 + (int)dice(&random) % MOST;
        int maxsize = (int)dice(&random) % 20;
        int moment = 1 + (int)dice(&random) % (3 * SHORT);
        calls += run((struct plan){putters, getters, maxsize, kinds[i % 5],
                                   SHORT, moment, i % 2 == 0, i % 3 == 0});
    }
    tell("shut down at any moment", calls);
}
END_TEST

int main(void)
{
    enum { QUICK = 240, LONG = 3600 };
    const TTest *const tests[] = {
        whatever_was_answered_fits_what_was_in_the_queue,
        it_fits_whenever_the_queue_is_shut_down,
    };
    return run_tests("queue history", tests, sizeof tests / sizeof *tests,
                     getenv(more_calls) != NULL ? LONG : QUICK, NULL, NULL);
}
