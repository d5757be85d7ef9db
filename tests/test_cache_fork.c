/* SPDX-License-Identifier: MIT */

/* What a forked child finds in a cache. */

#include "forking.h"

#include <stdatomic.h>
#include <weft/cache.h>
#include <weft/event.h>

static weft_cache *cache;
static weft_event begun, go;
static atomic_bool finished;

static weft_status answer(weft_key key, void *value_out, void *ctx)
{
    (void)key;
    *(int *)value_out = *(int *)ctx;
    return WEFT_OK;
}

static weft_status answer_slowly(weft_key key, void *value_out, void *ctx)
{
    weft_event_set(&begun);
    if (weft_event_wait(&go) != WEFT_OK)
        return WEFT_FAILED;
    return answer(key, value_out, ctx);
}

static int number = 42, other = 43;

static weft_status compute(weft_key key, weft_compute how, int *answer_with,
                           int *value)
{
    return weft_cache_get_or_compute(cache, key, value, how, answer_with);
}

static void *compute_slowly(void *arg)
{
    int value;
    return (void *)(intptr_t)compute(WEFT_KEY_STRING("slow"), answer_slowly,
                                     arg, &value);
}

/* A thread that computes "slow", one that waits for it, and a value "there". */
static weft_thread computer, waiter;

static void start_flight(void)
{
    cache = weft_cache_create(sizeof(int));
    assert_ok(weft_cache_set(cache, WEFT_KEY_STRING("there"), &other));
    computer = (weft_thread)WEFT_THREAD(compute_slowly, &number);
    waiter = (weft_thread)WEFT_THREAD(compute_slowly, &number);
    start(&computer);
    assert_ok(weft_event_wait(&begun));
    start(&waiter);
    wait_until_waiting(cache, 1);
}

static void end_flight(void)
{
    weft_event_set(&go);
    assert_ok(weft_thread_join(&computer));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_ptr_null(weft_thread_result(&waiter));
    assert_ok(weft_cache_destroy(cache));
}

static void use_in_child(void)
{
    int value = 0;
    require(weft_cache_get(cache, WEFT_KEY_STRING("there"), &value) == WEFT_OK);
    require(value == 43);
    require(compute(WEFT_KEY_STRING("slow"), answer, &other, &value) ==
            WEFT_OK);
    require(value == 43);
    require(weft_cache_size(cache) == 2);
    require(weft_cache_destroy(cache) == WEFT_OK);
    leave("fine");
}

START_TEST(computations_of_other_threads_are_gone)
{
    start_flight();
    assert_child(use_in_child, "fine", 0);
    end_flight();
}
END_TEST

/* The forking thread's own goes on, in both. */
static pid_t child;

static weft_status answer_and_fork(weft_key key, void *value_out, void *ctx)
{
    int value = 0;
    child = fork();
    if (child == 0) {
        require(weft_cache_destroy(cache) == WEFT_BUSY);
        require(compute(key, answer, &other, &value) == WEFT_DEADLOCK);
        require(compute(WEFT_KEY_STRING("slow"), answer, &other, &value) ==
                WEFT_OK);
    }
    return answer(key, value_out, ctx);
}

static void say_nothing(const weft_misuse *misuse)
{
    (void)misuse;
}

START_TEST(ones_own_computation_goes_on)
{
    int value = 0, status = -1;
    weft_set_misuse_handler(say_nothing);
    start_flight();
    weft_status answered =
        compute(WEFT_KEY_STRING("own"), answer_and_fork, &number, &value);
    if (child == 0) {
        require(answered == WEFT_OK);
        require(value == 42);
        require(weft_cache_size(cache) == 3);
        require(weft_cache_destroy(cache) == WEFT_OK);
        _exit(EXIT_SUCCESS);
    }
    assert_ok(answered);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    end_flight();
}
END_TEST

/* ---- In the middle of everything ---- */

static void *be_busy(void *arg)
{
    for (int i = 0; !finished; i++) {
        int key = i % 5000, value;
        require(weft_cache_set(cache, WEFT_KEY_INT(key), &key) == WEFT_OK);
        require(compute(WEFT_KEY_INT(key + 1), answer, &key, &value) ==
                WEFT_OK);
        if (i % 1000 == 0)
            weft_cache_clear(cache);
    }
    return arg;
}

static void use_after_anything(void)
{
    for (int i = 0; i < 5000; i++) {
        int value = -1;
        require(weft_cache_set(cache, WEFT_KEY_INT(i), &i) == WEFT_OK);
        require(weft_cache_get(cache, WEFT_KEY_INT(i), &value) == WEFT_OK);
        require(value == i);
        require(compute(WEFT_KEY_INT(-1 - i), answer, &i, &value) == WEFT_OK);
    }
    require(weft_cache_size(cache) <= 2000);
    require(weft_cache_destroy(cache) == WEFT_OK);
    leave("fine");
}

START_TEST(the_cache_is_usable_whatever_others_did)
{
    weft_thread busy[3];
    cache = weft_cache_create(sizeof(int), .capacity = 2000);
    for (int i = 0; i < 3; i++) {
        busy[i] = (weft_thread)WEFT_THREAD(be_busy, NULL);
        start(&busy[i]);
    }
    for (int i = 0; i < (SANITIZED ? 0 : 20); i++)
        assert_child(use_after_anything, "fine", 0);
    finished = true;
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&busy[i]));
    assert_child(use_after_anything, "fine", 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        computations_of_other_threads_are_gone,
        ones_own_computation_goes_on,
        the_cache_is_usable_whatever_others_did,
    };
    return RUN_TESTS("cache, fork", tests);
}
