/* SPDX-License-Identifier: MIT */

/*
 * Order and exactness, from the records of all calls. Each call notes on a
 * clock of events when it began and when it had returned; somewhere between, it
 * took effect. Afterwards two curves are drawn: how many items were in the
 * queue for sure (put had returned, get had not begun), and how many at most
 * (put had begun, get had not returned). Whatever was answered of the size, of
 * emptiness and of fullness must fit between the two.
 */

#include "queue.h"

#include <limits.h>
#include <stdatomic.h>

enum { MOST = 8, EACH = SANITIZED ? 2000 : 30000, ALL = MOST * EACH };
enum { EVENTS = 16 * ALL, CLAIMS = 4 * EACH, BLOCK = 64 };

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

struct span {
    int began, returned; /* 0: never */
};

static atomic_int now;
static struct span put_in[ALL], taken_out[ALL]; /* by item */

/* At some moment of it, there were so many items in the queue. */
struct claim {
    struct span span;
    int least, most;
};

struct recorder {
    struct claim claims[CLAIMS];
    int count;
    uint32_t random;
    int refused; /* the first put that was, began */
};

static struct recorder putters[MOST], getters[MOST], watcher;
/* One item, or place, may be kept for one of several who has waited long. */
static int kept_item, kept_place;
static int maxsize;
static struct span shutdown_span;
static atomic_bool over;

static int tick(void)
{
    return ++now;
}

static void record_claim(struct recorder *recorder, int began, int low,
                         int high)
{
    if (recorder->count < CLAIMS)
        recorder->claims[recorder->count++] =
            (struct claim){{began, tick()}, low, high};
}

static void forget_all(void)
{
    now = 0;
    over = false;
    shutdown_span = (struct span){0, 0};
    memset(put_in, 0, sizeof put_in);
    memset(taken_out, 0, sizeof taken_out);
    for (int i = 0; i < MOST; i++) {
        putters[i].count = getters[i].count = putters[i].refused = 0;
        putters[i].random = (uint32_t)i;
        getters[i].random = (uint32_t)i + 100;
    }
    watcher.count = 0;
}

/* ---- The calls ---- */

/* Towards the end of the clock all wait for as long as it takes. */
static uint32_t form_of_call(struct recorder *recorder)
{
    return now > EVENTS / 2 ? 0 : dice(&recorder->random) % 3;
}

static void *put_all(void *arg)
{
    int putter = (int)(intptr_t)arg;
    struct recorder *own = &putters[putter];
    for (int i = 0; i < EACH;) {
        int item = putter * EACH + i, began = tick();
        uint32_t form = form_of_call(own);
        weft_duration length = WEFT_US(dice(&own->random) % 40);
        weft_status status = form == 0 ? weft_queue_put(queue, &item)
                             : form == 1
                                 ? weft_queue_put_timed(queue, &item, length)
                                 : weft_queue_try_put(queue, &item);
        if (status == WEFT_OK) {
            put_in[item] = (struct span){began, tick()};
            i++;
        } else if (status == WEFT_SHUT_DOWN) {
            own->refused = began;
            break;
        } else {
            must(status == (form == 1 ? WEFT_TIMED_OUT : WEFT_FULL));
            must(maxsize > 0);
            record_claim(own, began, maxsize - kept_place, maxsize);
        }
    }
    return NULL;
}

static void *get_all(void *arg)
{
    struct recorder *own = &getters[(intptr_t)arg];
    weft_status status = WEFT_OK;
    while (status != WEFT_SHUT_DOWN) {
        int item = -1, began = tick();
        uint32_t form = form_of_call(own);
        weft_duration length = WEFT_US(dice(&own->random) % 40);
        status = form == 0   ? weft_queue_get(queue, &item)
                 : form == 1 ? weft_queue_get_timed(queue, &item, length)
                             : weft_queue_try_get(queue, &item);
        if (status == WEFT_OK) {
            must(taken_out[item].began == 0);
            taken_out[item] = (struct span){began, tick()};
        } else {
            must(status == (form == 1 ? WEFT_TIMED_OUT : WEFT_EMPTY) ||
                 status == WEFT_SHUT_DOWN);
            record_claim(own, began, 0, kept_item);
        }
    }
    return NULL;
}

static void *watch_size(void *arg)
{
    while (!over && now < EVENTS / 2) {
        int began = tick(), size = (int)weft_queue_size(queue);
        record_claim(&watcher, began, size, size);
        weft_sleep(WEFT_US(20));
    }
    return arg;
}

static void discard(void *item)
{
    must(taken_out[*(int *)item].began == 0);
    taken_out[*(int *)item] = (struct span){shutdown_span.began, tick()};
}

/* ---- What must hold ---- */

static int surely[EVENTS], at_most[EVENTS]; /* in the queue, after each event */
static int least[EVENTS / BLOCK + 1], most[EVENTS / BLOCK + 1]; /* in blocks */

static void draw_curves(void)
{
    memset(surely, 0, sizeof surely);
    memset(at_most, 0, sizeof at_most);
    for (int item = 0; item < ALL; item++) {
        struct span in = put_in[item], out = taken_out[item];
        if (in.began == 0)
            continue;
        at_most[in.began]++;
        at_most[out.returned]--;
        if (in.returned < out.began) {
            surely[in.returned]++;
            surely[out.began]--;
        }
    }
    for (int t = 1; t <= now; t++) {
        surely[t] += surely[t - 1];
        at_most[t] += at_most[t - 1];
        must(maxsize == 0 || surely[t] <= maxsize);
    }
    for (int t = 0; t <= now; t++) {
        int *low = &least[t / BLOCK], *high = &most[t / BLOCK];
        *low = t % BLOCK == 0 || surely[t] < *low ? surely[t] : *low;
        *high = t % BLOCK == 0 || at_most[t] > *high ? at_most[t] : *high;
    }
}

static void check_claim(const struct claim *claim)
{
    int low = INT_MAX, high = 0;
    for (int t = claim->span.began; t <= claim->span.returned;) {
        bool whole = t % BLOCK == 0 && t + BLOCK <= claim->span.returned;
        int lower = whole ? least[t / BLOCK] : surely[t];
        int higher = whole ? most[t / BLOCK] : at_most[t];
        low = lower < low ? lower : low;
        high = higher > high ? higher : high;
        t += whole ? BLOCK : 1;
    }
    must(low <= claim->most && claim->least <= high);
}

static void check_claims(const struct recorder *recorder)
{
    for (int i = 0; i < recorder->count; i++)
        check_claim(&recorder->claims[i]);
}

/* Nothing lost, and nothing put by a call that began after the shutdown. */
static void check_items(void)
{
    for (int item = 0; item < ALL; item++) {
        must((put_in[item].began == 0) == (taken_out[item].began == 0));
        must(put_in[item].began < shutdown_span.returned);
        must(put_in[item].began <= taken_out[item].returned);
    }
    for (int i = 0; i < MOST; i++)
        must(putters[i].refused == 0 || shutdown_span.began != 0);
}

/* Of two items, if the one's put had returned before the other's began, the
 * other's get has not returned before the one's began. */
static void check_order(void)
{
    static int beginning[EVENTS], ending[EVENTS]; /* puts: the item, and 1 */
    memset(beginning, 0, sizeof beginning);
    memset(ending, 0, sizeof ending);
    for (int item = 0; item < ALL; item++) {
        beginning[put_in[item].began] = item + 1;
        ending[put_in[item].returned] = item + 1;
    }
    int latest = 0; /* beginning of a get of what was put before */
    for (int t = 1; t <= now; t++) {
        if (beginning[t] != 0)
            must(taken_out[beginning[t] - 1].returned > latest);
        if (ending[t] != 0 && taken_out[ending[t] - 1].began > latest)
            latest = taken_out[ending[t] - 1].began;
    }
}

/* ---- Runs ---- */

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

struct plan {
    int putters, getters, maxsize;
    weft_queue_kind kind;
    weft_duration moment; /* of a shutdown; 0: when all is put */
    bool immediate;
};

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
        assert_ok(weft_thread_join(&threads[i]));
}

static void shut_down(bool immediate)
{
    shutdown_span.began = tick();
    assert_ok(weft_queue_shutdown(queue, immediate));
    shutdown_span.returned = tick();
}

static void record(struct plan plan)
{
    weft_thread putting[MOST], getting[MOST];
    weft_thread watching = WEFT_THREAD(watch_size, NULL);
    start(&watching);
    start_all(getting, plan.getters, get_all);
    start_all(putting, plan.putters, put_all);
    if (plan.moment > 0) {
        weft_sleep(plan.moment);
        shut_down(plan.immediate);
    }
    join_all(putting, plan.putters);
    if (plan.moment == 0)
        shut_down(plan.immediate);
    join_all(getting, plan.getters);
    over = true;
    assert_ok(weft_thread_join(&watching));
}

static void run(struct plan plan)
{
    forget_all();
    maxsize = plan.maxsize;
    kept_item = plan.getters > 1;
    kept_place = plan.putters > 1;
    queue = weft_queue_create(sizeof(int), .maxsize = (size_t)plan.maxsize,
                              .kind = plan.kind, .compare = by_size,
                              .destroy = discard);
    record(plan);
    assert_ok(weft_queue_destroy(queue));
    must(now < EVENTS);
    check_items();
    draw_curves();
    for (int i = 0; i < MOST; i++) {
        check_claims(&putters[i]);
        check_claims(&getters[i]);
    }
    check_claims(&watcher);
    if (plan.kind == WEFT_FIFO)
        check_order();
}

START_TEST(whatever_was_answered_fits_what_was_in_the_queue)
{
    static const struct plan plans[] = {
        {1, 1, 5, WEFT_FIFO, 0, false},  {8, 1, 5, WEFT_FIFO, 0, false},
        {1, 8, 64, WEFT_FIFO, 0, false}, {4, 4, 5, WEFT_FIFO, 0, false},
        {8, 8, 1, WEFT_FIFO, 0, false},  {8, 8, 0, WEFT_FIFO, 0, false},
        {2, 3, 3, WEFT_LIFO, 0, false},  {3, 2, 9, WEFT_PRIORITY, 0, false},
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        run(plans[i]);
}
END_TEST

START_TEST(it_fits_whenever_the_queue_is_shut_down)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_FIFO, WEFT_LIFO,
                                            WEFT_FIFO, WEFT_PRIORITY};
    uint32_t random = 3;
    for (int i = 0; i < 20; i++)
        run((struct plan){1 + (int)dice(&random) % MOST,
                          1 + (int)dice(&random) % MOST,
                          (int)dice(&random) % 20, kinds[i % 5],
                          1 + WEFT_US(dice(&random) % 10000), i % 2 == 0});
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        whatever_was_answered_fits_what_was_in_the_queue,
        it_fits_whenever_the_queue_is_shut_down,
    };
    return RUN_TESTS("queue history", tests);
}
