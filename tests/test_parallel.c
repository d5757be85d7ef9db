/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <weft/event.h>
#include <weft/parallel.h>

enum { N = 1000 };

static weft_pool *pool;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 3);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

/* ---- weft_map ---- */

static void *twice(void *arg)
{
    return (void *)(2 * (intptr_t)arg);
}

START_TEST(map_gives_results_in_order)
{
    void *args[N], *results[N];
    for (intptr_t i = 0; i < N; i++)
        args[i] = (void *)i;
    assert_ok(weft_map(pool, twice, args, N, results));
    for (intptr_t i = 0; i < N; i++)
        ck_assert_ptr_eq(results[i], (void *)(2 * i));
    assert_ok(weft_map(pool, twice, args, N, NULL));
    assert_ok(weft_map(pool, twice, NULL, 0, NULL));
}
END_TEST

static atomic_int ran;

static void *fail_at_ten(void *arg)
{
    ran++;
    if ((intptr_t)arg == 10)
        return weft_fail(10, "ten is %s", "too much");
    return arg;
}

START_TEST(the_first_failure_stops_what_has_not_begun)
{
    void *args[N], *results[N];
    weft_pool *one = weft_pool_create(.workers = 1);
    for (intptr_t i = 0; i < N; i++)
        args[i] = (void *)(i + 1);
    ck_assert_ptr_null(weft_map_error());
    assert_status(weft_map(one, fail_at_ten, args, N, results), WEFT_FAILED);
    ck_assert_int_eq(weft_map_error()->code, 10);
    ck_assert_str_eq(weft_map_error()->message, "ten is too much");
    ck_assert_int_eq(ran, 10);
    for (int i = 9; i < N; i++)
        ck_assert_ptr_null(results[i]);
    assert_ok(weft_pool_destroy(one));
    assert_status(weft_map(pool, fail_at_ten, args, N, NULL), WEFT_FAILED);
}
END_TEST

/* ---- weft_parallel_for ---- */

static atomic_int visits[N];
static atomic_int pieces, over_grain;

static void visit(size_t begin, size_t end, void *grain)
{
    pieces++;
    ck_assert_uint_lt(begin, end);
    if (grain != NULL && end - begin > *(size_t *)grain)
        over_grain++;
    for (size_t i = begin; i < end; i++)
        visits[i]++;
}

static void expect_visits(size_t begin, size_t end)
{
    for (size_t i = 0; i < N; i++)
        ck_assert_int_eq(atomic_exchange(&visits[i], 0), i >= begin && i < end);
}

START_TEST(each_index_is_visited_once)
{
    size_t grain = 7;
    assert_ok(weft_parallel_for(pool, 0, N, visit, NULL));
    expect_visits(0, N);
    ck_assert_int_gt(pieces, 1);
    assert_ok(weft_parallel_for(pool, 3, 990, visit, &grain, .grain = grain));
    expect_visits(3, 990);
    ck_assert_int_eq(over_grain, 0);
    assert_ok(weft_parallel_for(pool, 5, 6, visit, NULL));
    expect_visits(5, 6);
    assert_ok(weft_parallel_for(pool, 5, 5, visit, NULL));
    assert_ok(weft_parallel_for(pool, 6, 5, visit, NULL, .grain = 1));
    expect_visits(0, 0);
    assert_ok(weft_parallel_for(pool, 0, 10, visit, NULL, .grain = SIZE_MAX));
    expect_visits(0, 10);
}
END_TEST

static size_t huge_seen;

static void see_huge(size_t begin, size_t end, void *context)
{
    (void)context;
    __atomic_fetch_add(&huge_seen, end - begin, __ATOMIC_RELAXED);
}

START_TEST(a_range_may_be_as_large_as_it_gets)
{
    assert_ok(weft_parallel_for(pool, 1, SIZE_MAX, see_huge, NULL));
    ck_assert_uint_eq(huge_seen, SIZE_MAX - 1);
    huge_seen = 0;
    assert_ok(weft_parallel_for(pool, 0, SIZE_MAX, see_huge, NULL,
                                .grain = SIZE_MAX / 3));
    ck_assert_uint_eq(huge_seen, SIZE_MAX);
}
END_TEST

static void inner_loop(size_t begin, size_t end, void *context)
{
    (void)context;
    for (size_t i = begin; i < end; i++)
        assert_ok(weft_parallel_for(pool, i * 10, i * 10 + 10, visit, NULL,
                                    .grain = 1));
}

START_TEST(a_loop_inside_a_loop_works)
{
    assert_ok(weft_parallel_for(pool, 0, N / 10, inner_loop, NULL, .grain = 1));
    expect_visits(0, N);
}
END_TEST

static void *loop_in_task(void *arg)
{
    assert_ok(weft_parallel_for(arg, 0, N, visit, NULL));
    return NULL;
}

START_TEST(a_loop_inside_a_task_needs_no_worker)
{
    weft_future future;
    weft_pool *one = weft_pool_create(.workers = 1);
    assert_ok(weft_submit(one, &future, loop_in_task, one));
    assert_ok(weft_future_result(&future, NULL));
    expect_visits(0, N);
    assert_ok(weft_pool_destroy(one));
}
END_TEST

static weft_event go;

static void *wait_to_go(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

START_TEST(a_busy_pool_does_not_hold_a_loop_up)
{
    weft_future busy[3];
    for (int i = 0; i < 3; i++)
        assert_ok(weft_submit(pool, &busy[i], wait_to_go, NULL));
    assert_ok(weft_parallel_for(pool, 0, N, visit, NULL));
    expect_visits(0, N);
    weft_event_set(&go);
    for (int i = 0; i < 3; i++)
        assert_ok(weft_future_result(&busy[i], NULL));
}
END_TEST

/* ---- weft_parallel_reduce ---- */

static void add_up(size_t begin, size_t end, void *accumulator, void *context)
{
    (void)context;
    double *sum = accumulator;
    for (size_t i = begin; i < end; i++)
        *sum += 1.0 / (double)(i + 1);
}

static void add(void *accumulator, const void *other, void *context)
{
    (void)context;
    *(double *)accumulator += *(const double *)other;
}

static const weft_reduction harmonic = {
    .body = add_up, .combine = add, .size = sizeof(double)};

START_TEST(a_reduction_is_the_same_to_the_last_bit)
{
    double expected = 0, sum;
    assert_ok(weft_parallel_reduce(pool, 0, 100000, &harmonic, &expected, NULL,
                                   .grain = 100));
    ck_assert(expected > 12.09 && expected < 12.10);
    for (unsigned workers = 1; workers <= 4; workers++) {
        weft_pool *some = weft_pool_create(.workers = workers);
        for (int i = 0; i < 10; i++) {
            assert_ok(weft_parallel_reduce(some, 0, 100000, &harmonic, &sum,
                                           NULL, .grain = 100));
            ck_assert(sum == expected); /* not merely close */
        }
        assert_ok(weft_pool_destroy(some));
    }
}
END_TEST

struct span {
    size_t begin, end;
};

static void note_span(size_t begin, size_t end, void *accumulator,
                      void *context)
{
    (void)context;
    struct span *span = accumulator;
    ck_assert_uint_eq(span->begin, 77); /* the identity */
    *span = (struct span){begin, end};
}

static void join_spans(void *accumulator, const void *other, void *context)
{
    struct span *one = accumulator;
    const struct span *next = other;
    ck_assert_uint_eq(one->end, next->begin); /* first to last */
    one->end = next->end;
    ++*(atomic_int *)context;
}

START_TEST(pieces_are_combined_with_what_follows_them)
{
    static const struct span identity = {77, 77};
    static const weft_reduction spans = {.body = note_span,
                                         .combine = join_spans,
                                         .size = sizeof(struct span),
                                         .identity = &identity};
    static const size_t grains[] = {0, 1, 7, 1000, SIZE_MAX};
    for (size_t i = 0; i < 5; i++) {
        struct span all;
        atomic_int joined = 0;
        assert_ok(weft_parallel_reduce(pool, 5, 1005, &spans, &all, &joined,
                                       .grain = grains[i]));
        ck_assert_uint_eq(all.begin, 5);
        ck_assert_uint_eq(all.end, 1005);
    }
    struct span none;
    assert_ok(weft_parallel_reduce(pool, 5, 5, &spans, &none, NULL));
    ck_assert_uint_eq(none.begin, 77);
    atomic_int joined = 0;
    assert_ok(weft_parallel_reduce(pool, 0, SIZE_MAX, &spans, &none, &joined,
                                   .grain = 1));
    ck_assert_uint_eq(none.end, SIZE_MAX);
    ck_assert_int_lt(joined, 4096);
}
END_TEST

/* Each accumulator is a text: what it adds up says how. */
struct text {
    char letters[32];
};

static void write_index(size_t begin, size_t end, void *accumulator,
                        void *context)
{
    (void)context;
    struct text *text = accumulator;
    for (size_t i = begin; i < end; i++)
        text->letters[strlen(text->letters)] = (char)('a' + i);
}

static void join_texts(void *accumulator, const void *other, void *context)
{
    (void)context;
    struct text *text = accumulator, one = *text;
    const struct text *next = other;
    snprintf(text->letters, sizeof text->letters, "(%.12s%.12s)", one.letters,
             next->letters);
}

START_TEST(the_tree_depends_on_range_and_grain_alone)
{
    static const weft_reduction texts = {.body = write_index,
                                         .combine = join_texts,
                                         .size = sizeof(struct text)};
    for (unsigned workers = 1; workers <= 4; workers++) {
        weft_pool *some = weft_pool_create(.workers = workers);
        for (int i = 0; i < 50; i++) {
            struct text text;
            assert_ok(weft_parallel_reduce(some, 0, 5, &texts, &text, NULL));
            ck_assert_str_eq(text.letters, "(((ab)(cd))e)");
            assert_ok(weft_parallel_reduce(some, 1, 8, &texts, &text, NULL,
                                           .grain = 3));
            ck_assert_str_eq(text.letters, "((bcdefg)h)");
        }
        assert_ok(weft_pool_destroy(some));
    }
}
END_TEST

/* ---- Refused ---- */

START_TEST(wrong_calls_and_closed_pools_are_answered)
{
    void *args[1] = {NULL};
    double sum;
    static const weft_reduction incomplete = {.body = add_up, .size = 8};
    expect_misuse(weft_map(NULL, twice, args, 1, NULL), WEFT_INVALID);
    expect_misuse(weft_map(pool, NULL, args, 1, NULL), WEFT_INVALID);
    expect_misuse(weft_map(pool, twice, NULL, 1, NULL), WEFT_INVALID);
    expect_misuse(weft_parallel_for(NULL, 0, 1, visit, NULL), WEFT_INVALID);
    expect_misuse(weft_parallel_for(pool, 0, 1, NULL, NULL), WEFT_INVALID);
    expect_misuse(weft_parallel_reduce(pool, 0, 1, &incomplete, &sum, NULL),
                  WEFT_INVALID);
    expect_misuse(weft_parallel_reduce(pool, 0, 1, &harmonic, NULL, NULL),
                  WEFT_INVALID);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    assert_status(weft_map(pool, twice, args, 1, NULL), WEFT_SHUT_DOWN);
    assert_status(weft_parallel_for(pool, 0, 1, visit, NULL), WEFT_SHUT_DOWN);
    assert_status(weft_parallel_reduce(pool, 0, 1, &harmonic, &sum, NULL),
                  WEFT_SHUT_DOWN);
}
END_TEST

/* What a call answers does not depend on how much there is to do. */
START_TEST(a_closed_pool_is_told_for_an_empty_range_too)
{
    void *args[1] = {NULL};
    double sum = 1;
    assert_ok(weft_map(pool, twice, args, 0, NULL));
    assert_ok(weft_parallel_for(pool, 1, 1, visit, NULL));
    assert_ok(weft_parallel_reduce(pool, 1, 1, &harmonic, &sum, NULL));
    ck_assert_double_eq(sum, 0);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    sum = 1;
    assert_status(weft_map(pool, twice, args, 0, NULL), WEFT_SHUT_DOWN);
    assert_status(weft_parallel_for(pool, 1, 1, visit, NULL), WEFT_SHUT_DOWN);
    assert_status(weft_parallel_reduce(pool, 1, 1, &harmonic, &sum, NULL),
                  WEFT_SHUT_DOWN);
    ck_assert_double_eq(sum, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        map_gives_results_in_order,
        the_first_failure_stops_what_has_not_begun,
        each_index_is_visited_once,
        a_range_may_be_as_large_as_it_gets,
        a_loop_inside_a_loop_works,
        a_loop_inside_a_task_needs_no_worker,
        a_busy_pool_does_not_hold_a_loop_up,
        a_reduction_is_the_same_to_the_last_bit,
        pieces_are_combined_with_what_follows_them,
        the_tree_depends_on_range_and_grain_alone,
        wrong_calls_and_closed_pools_are_answered,
        a_closed_pool_is_told_for_an_empty_range_too,
    };
    return RUN_TESTS_AROUND("parallel", tests, set_up, tear_down);
}
