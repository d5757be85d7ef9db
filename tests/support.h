/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SUPPORT_H
#define WEFT_TESTS_SUPPORT_H

/* What several test programs need. Static, so that each takes what it uses. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/diagnostics.h>
#include <weft/thread.h>

/* Sanitizers make stress slow, and their allocators do not survive a fork in
 * the middle of an allocation by another thread. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define assert_ok(call) ck_assert_int_eq((call), WEFT_OK)
#define assert_status(call, status) ck_assert_int_eq((call), (status))

/* How many threads wait on the object at this address. */
static inline size_t count_waiting(const void *object)
{
    enum { MOST = 256 };
    static weft_thread_info infos[MOST];
    size_t count = weft_enumerate(infos, MOST), waiting = 0;
    for (size_t i = 0; i < count && i < MOST; i++)
        waiting += infos[i].waits_for != NULL && infos[i].waits_on == object;
    return waiting;
}

/* Returns once `n` of them do. */
static inline void wait_until_waiting(const void *object, size_t n)
{
    while (count_waiting(object) < n)
        weft_sleep(WEFT_US(200));
}

/* Returns once this very thread waits on the object at this address. */
static inline void wait_until_waits(const weft_thread *thread,
                                    const void *object)
{
    uint32_t id = weft_thread_id(thread);
    for (;;) {
        weft_thread_info infos[64];
        size_t count = weft_enumerate(infos, 64);
        for (size_t i = 0; i < count && i < 64; i++)
            if (infos[i].id == id && infos[i].waits_for != NULL &&
                infos[i].waits_on == object)
                return;
        weft_sleep(WEFT_US(50));
    }
}

/* Returns once `n` threads wait for some condition: what a thread waits for
 * inside a queue or a timer is that one's own business. */
static inline void wait_until_any_wait(size_t n)
{
    size_t waiting;
    do {
        weft_thread_info infos[64];
        size_t count = weft_enumerate(infos, 64);
        waiting = 0;
        for (size_t i = 0; i < count; i++)
            waiting += infos[i].waits_for != NULL &&
                       (strcmp(infos[i].waits_for, "condition") == 0 ||
                        strncmp(infos[i].waits_for, "queue", 5) == 0);
        if (waiting < n)
            weft_sleep(WEFT_US(200));
    } while (waiting < n);
}

/* Counts what is reported; see expect_misuse. */
static weft_misuse last_misuse_;
static int misuses_;

static inline void count_misuse_(const weft_misuse *misuse)
{
    last_misuse_ = *misuse;
    misuses_++;
}

/* The call answers `status`, and is reported exactly once. */
#define expect_misuse(call, expected)                                         \
    do {                                                                      \
        weft_misuse_handler before_ = weft_set_misuse_handler(count_misuse_); \
        misuses_ = 0;                                                         \
        ck_assert_int_eq((call), (expected));                                 \
        ck_assert_int_eq(misuses_, 1);                                        \
        ck_assert_int_eq(last_misuse_.status, (expected));                    \
        weft_set_misuse_handler(before_);                                     \
    } while (0)

/* Starts a thread or fails the test. */
static inline void start(weft_thread *thread)
{
    assert_ok(weft_thread_start(thread));
}

/* Private to weft: see src/registry.h. */
void weft__fast_paths(bool open);

/* Which tests are to run: all, or the one that WEFT_TESTS_ONLY names. */
static inline bool is_wanted(const TTest *test)
{
    const char *only = getenv("WEFT_TESTS_ONLY");
    return only == NULL || strcmp(only, test->name) == 0;
}

/* Runs one suite of one case; `timeout` in seconds for each test, which runs
 * between set_up and tear_down, unless NULL. WEFT_TESTS_LIST: tells the names
 * instead. */
static inline int run_tests(const char *name, const TTest *const *tests,
                            size_t count, double timeout, SFun set_up,
                            SFun tear_down)
{
    if (getenv("WEFT_TESTS_OUT_OF_LINE") != NULL)
        weft__fast_paths(false);
    Suite *suite = suite_create(name);
    TCase *test_case = tcase_create(name);
    tcase_set_timeout(test_case, timeout);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    for (size_t i = 0; i < count; i++)
        if (getenv("WEFT_TESTS_LIST") != NULL)
            printf("  %s\n", tests[i]->name);
        else if (is_wanted(tests[i]))
            tcase_add_test(test_case, tests[i]);
    suite_add_tcase(suite, test_case);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Each test of the second form runs between the two functions. */
#define RUN_TESTS(name, tests) RUN_TESTS_AROUND(name, tests, NULL, NULL)
#define RUN_TESTS_AROUND(name, tests, set_up, tear_down)                      \
    run_tests((name), (tests), sizeof(tests) / sizeof *(tests), 60, (set_up), \
              (tear_down))

#endif
