/* SPDX-License-Identifier: MIT */

/* How loops share their work out: uneven bodies, loops inside loops, and many
 * loops at once. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/parallel.h>

enum { N = 10000, DEAR = 100 };

static weft_pool *pool;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 3);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

/* ---- Uneven bodies ---- */

static atomic_size_t visited, others; /* all that the one waits for */
static weft_event others_are_done;

static void visit(size_t count)
{
    size_t sum = atomic_fetch_add(&visited, count) + count;
    if (sum >= others)
        weft_event_set(&others_are_done);
}

/* The one index waits until all pieces but its own are done. */
static void wait_at_one(size_t begin, size_t end, void *index)
{
    size_t one = *(const size_t *)index;
    if (begin > one || end <= one) {
        visit(end - begin);
        return;
    }
    ck_assert_uint_le(end - begin, N / 4);
    others = N - (end - begin);
    visit(0); /* they may be done already */
    assert_ok(weft_event_wait(&others_are_done));
}

START_TEST(a_body_that_takes_long_holds_no_other_index_up)
{
    for (size_t i = 0; i <= 10; i++) {
        size_t index = i < 10 ? N / 10 * i : N - 1;
        visited = 0;
        others = N;
        weft_event_clear(&others_are_done);
        assert_ok(weft_parallel_for(pool, 0, N, wait_at_one, &index));
    }
}
END_TEST

static atomic_size_t dear_pieces;

static void count_dear_pieces(size_t begin, size_t end, void *first_dear)
{
    size_t first = *(const size_t *)first_dear, last = first + DEAR;
    size_t from = begin > first ? begin : first, to = end < last ? end : last;
    weft_duration cheap_end = weft_monotonic() + WEFT_US(end - begin);
    while (weft_monotonic() < cheap_end)
        ;
    dear_pieces += from < to;
    for (size_t i = from; i < to; i++)
        assert_ok(weft_sleep(WEFT_US(100)));
}

/* However coarse the pieces had got before: the first that meets the dear end
 * is a small part of what was left, and those after it are single indices. */
START_TEST(where_a_body_is_dear_the_pieces_are_small)
{
    size_t at_the_end = N - DEAR, at_the_beginning = 0;
    assert_ok(weft_parallel_for(pool, 0, N, count_dear_pieces, &at_the_end));
    ck_assert_uint_ge(dear_pieces, DEAR / 2);
    dear_pieces = 0;
    assert_ok(
        weft_parallel_for(pool, 0, N, count_dear_pieces, &at_the_beginning));
    ck_assert_uint_eq(dear_pieces, DEAR);
}
END_TEST

static atomic_size_t pieces;

static void count_piece(size_t begin, size_t end, void *total)
{
    pieces++;
    atomic_fetch_add((atomic_size_t *)total, end - begin);
}

START_TEST(where_a_body_is_cheap_the_pieces_are_few)
{
    atomic_size_t total = 0;
    enum { MANY = 100000000 };
    assert_ok(weft_parallel_for(pool, 0, MANY, count_piece, &total));
    ck_assert_uint_eq(total, MANY);
    ck_assert_uint_lt(pieces, MANY / 1000);
}
END_TEST

START_TEST(without_helpers_there_is_one_piece)
{
    atomic_size_t total = 0;
    weft_pool *one = weft_pool_create(.workers = 1);
    assert_ok(weft_parallel_for(one, 5, N, count_piece, &total));
    ck_assert_uint_eq(total, N - 5);
    ck_assert_uint_eq(pieces, 1);
    assert_ok(weft_pool_destroy(one));
}
END_TEST

/* ---- Loops inside loops ---- */

enum { SIDE = 12, CUBE = SIDE * SIDE * SIDE };

struct cube {
    weft_pool *pool;
    size_t base; /* of what the next loop inwards visits */
    unsigned depth;
    atomic_int *visits;
};

static void count_visit(size_t begin, size_t end, void *sum, void *context)
{
    const struct cube *cube = context;
    for (size_t i = begin; i < end; i++)
        cube->visits[cube->base + i]++;
    *(size_t *)sum += end - begin;
}

static void add_counts(void *sum, const void *other, void *context)
{
    (void)context;
    *(size_t *)sum += *(const size_t *)other;
}

static const weft_reduction count_visits = {
    .body = count_visit, .combine = add_counts, .size = sizeof(size_t)};

static void visit_cube(size_t begin, size_t end, void *context)
{
    const struct cube *outer = context;
    for (size_t i = begin; i < end; i++) {
        struct cube inner = *outer;
        size_t count = 0;
        inner.base = (outer->base + i) * SIDE;
        inner.depth--;
        if (inner.depth > 0)
            assert_ok(weft_parallel_for(inner.pool, 0, SIDE, visit_cube, &inner,
                                        .grain = i % 2));
        else
            assert_ok(weft_parallel_reduce(inner.pool, 0, SIDE, &count_visits,
                                           &count, &inner, .grain = i % 3));
        ck_assert(inner.depth > 0 || count == SIDE);
    }
}

static void *visit_whole_cube(void *arg)
{
    static atomic_int visits[CUBE];
    struct cube cube = {.pool = arg, .depth = 2, .visits = visits};
    assert_ok(weft_parallel_for(cube.pool, 0, SIDE, visit_cube, &cube));
    for (size_t i = 0; i < CUBE; i++)
        ck_assert_int_eq(atomic_exchange(&visits[i], 0), 1);
    return NULL;
}

START_TEST(loops_nest_three_deep_with_any_number_of_workers)
{
    for (unsigned workers = 1; workers <= 4; workers++) {
        weft_future future;
        weft_pool *some = weft_pool_create(.workers = workers);
        for (int i = 0; i < (SANITIZED ? 2 : 10); i++) {
            visit_whole_cube(some);
            assert_ok(weft_submit(some, &future, visit_whole_cube, some));
            assert_ok(weft_future_result(&future, NULL));
        }
        assert_ok(weft_pool_destroy(some));
    }
}
END_TEST

/* Its helpers stand among its own tasks, which keep their places. */
static void *loop_between_tasks(void *arg)
{
    weft_future before, after;
    atomic_size_t total = 0;
    assert_ok(weft_submit(arg, &before, visit_whole_cube, arg));
    assert_ok(weft_parallel_for(arg, 0, N, count_piece, &total));
    assert_ok(weft_submit(arg, &after, visit_whole_cube, arg));
    ck_assert_uint_eq(total, N);
    assert_ok(weft_future_result(&before, NULL));
    assert_ok(weft_future_result(&after, NULL));
    return NULL;
}

START_TEST(a_loop_leaves_nothing_among_the_tasks_of_its_worker)
{
    weft_future future;
    for (int i = 0; i < 10; i++) {
        weft_pool *one = weft_pool_create(.workers = 1);
        assert_ok(weft_submit(one, &future, loop_between_tasks, one));
        assert_ok(weft_future_result(&future, NULL));
        assert_ok(weft_pool_destroy(one));
    }
}
END_TEST

/* ---- Many at once ---- */

enum { CALLERS = 4, ROUNDS = SANITIZED ? 40 : 100, MOST = 3000 };

struct caller {
    weft_thread thread;
    unsigned random;
    size_t base, dear;
    unsigned char visits[MOST];
};

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

static void visit_unevenly(size_t begin, size_t end, void *context)
{
    struct caller *caller = context;
    for (size_t i = begin; i < end; i++) {
        volatile unsigned work = i >= caller->dear ? 1000 : 10;
        while (work > 0)
            work--;
        caller->visits[i - caller->base]++;
    }
}

static void sum_up(size_t begin, size_t end, void *sum, void *context)
{
    (void)context;
    for (size_t i = begin; i < end; i++)
        *(float *)sum += 1.0F / (float)(i + 1);
}

static void add_floats(void *sum, const void *other, void *context)
{
    (void)context;
    *(float *)sum += *(const float *)other;
}

static const weft_reduction harmonic = {
    .body = sum_up, .combine = add_floats, .size = sizeof(float)};

static void *call_loops(void *arg)
{
    struct caller *caller = arg;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = next_random(&caller->random) % MOST;
        size_t grain = next_random(&caller->random) % 30;
        float one, other;
        caller->base = next_random(&caller->random);
        caller->dear = caller->base + n - n / 10;
        assert_ok(weft_parallel_for(pool, caller->base, caller->base + n,
                                    visit_unevenly, caller, .grain = grain));
        for (size_t i = 0; i < MOST; i++)
            ck_assert_uint_eq(caller->visits[i], i < n);
        memset(caller->visits, 0, n);
        assert_ok(weft_parallel_reduce(pool, 0, n, &harmonic, &one, NULL,
                                       .grain = grain));
        assert_ok(weft_parallel_reduce(pool, 0, n, &harmonic, &other, NULL,
                                       .grain = grain));
        ck_assert_float_eq(one, other);
    }
    return NULL;
}

START_TEST(under_stress_each_index_is_visited_once)
{
    static struct caller callers[CALLERS];
    for (unsigned i = 0; i < CALLERS; i++) {
        callers[i].random = i;
        callers[i].thread = (weft_thread)WEFT_THREAD(call_loops, &callers[i]);
        start(&callers[i].thread);
    }
    for (int i = 0; i < CALLERS; i++)
        assert_ok(weft_thread_join(&callers[i].thread));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_body_that_takes_long_holds_no_other_index_up,
        where_a_body_is_dear_the_pieces_are_small,
        where_a_body_is_cheap_the_pieces_are_few,
        without_helpers_there_is_one_piece,
        loops_nest_three_deep_with_any_number_of_workers,
        a_loop_leaves_nothing_among_the_tasks_of_its_worker,
        under_stress_each_index_is_visited_once,
    };
    return RUN_TESTS_AROUND("loop", tests, set_up, tear_down);
}
