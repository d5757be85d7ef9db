/* SPDX-License-Identifier: MIT */

#include "child.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <weft/event.h>
#include <weft/local.h>
#include <weft/lock.h>

static atomic_int constructed, destroyed;
static weft_event go;

static weft_status construct(void *value, void *arg)
{
    constructed++;
    *(int *)value += *(int *)arg;
    return WEFT_OK;
}

static weft_status construct_in_vain(void *value, void *arg)
{
    (void)value;
    (void)arg;
    return WEFT_NO_MEMORY;
}

static void destroy(void *value)
{
    ck_assert_ptr_nonnull(weft_current_thread());
    ck_assert_int_ne(*(int *)value, 0);
    destroyed++;
}

static const int hundred = 100;
static int five = 5;
static weft_local plain = WEFT_LOCAL(int);
static weft_local initialised = WEFT_LOCAL(int, .init = &hundred);
static weft_local full =
    WEFT_LOCAL(int, .init = &hundred, .construct = construct, .arg = &five,
               .destroy = destroy);

static void *add_up(void *arg)
{
    int *mine = weft_local_get(&plain);
    ck_assert_int_eq(*mine, 0);
    for (int i = 0; i < 100; i++)
        ++*(int *)weft_local_get(&plain);
    ck_assert_int_eq(*mine, 100);
    ck_assert_ptr_eq(weft_local_get(&plain), mine);
    return arg;
}

START_TEST(each_thread_has_its_own_zeroed_value)
{
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(add_up, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    add_up(NULL);
}
END_TEST

START_TEST(each_object_has_its_own_value_aligned_for_any_type)
{
    int *one = weft_local_get(&plain), *other = weft_local_get(&initialised);
    ck_assert_ptr_ne(one, other);
    ck_assert_int_eq(*other, 100);
    ck_assert_uint_eq((uintptr_t)one % _Alignof(max_align_t), 0);
    ck_assert_uint_eq((uintptr_t)other % _Alignof(max_align_t), 0);
}
END_TEST

static void *use_full(void *arg)
{
    int *mine = weft_local_get(&full);
    ck_assert_int_eq(*mine, 105);
    return arg;
}

/* More than find place in a thread's own memory. */
enum { OBJECTS = 100 };
static weft_local objects[OBJECTS];

static void *count_in_each(void *arg)
{
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < OBJECTS; i++) {
            int *mine = weft_local_get(&objects[i]);
            ck_assert_int_eq(*mine, round == 1 ? 0 : i + round - 1);
            *mine = i + round;
        }
    }
    return arg;
}

START_TEST(each_of_many_objects_has_its_own_values)
{
    for (int i = 0; i < OBJECTS; i++)
        objects[i] = (weft_local)WEFT_LOCAL(int);
    count_in_each(NULL);
    weft_thread thread = WEFT_THREAD(count_in_each, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    for (int i = 0; i < OBJECTS; i += 2)
        weft_local_destroy(&objects[i]);
    for (int i = OBJECTS - 1; i >= 0; i--) {
        int *mine = weft_local_get(&objects[i]);
        ck_assert_int_eq(*mine, i % 2 == 0 ? 0 : i + 3);
    }
    for (int i = 0; i < OBJECTS; i++)
        weft_local_destroy(&objects[i]);
}
END_TEST

START_TEST(constructed_for_each_thread_and_destroyed_at_its_end)
{
    for (int i = 1; i <= 3; i++) {
        weft_thread thread = WEFT_THREAD(use_full, NULL);
        start(&thread);
        assert_ok(weft_thread_join(&thread));
        ck_assert_int_eq(constructed, i);
        ck_assert_int_eq(destroyed, i);
    }
}
END_TEST

START_TEST(foreign_threads_have_values_too)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, use_full, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(destroyed, 1);
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

static void *use_and_wait(void *arg)
{
    use_full(NULL);
    weft_event_wait(&go);
    return arg;
}

START_TEST(destroying_the_object_destroys_all_values)
{
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(use_and_wait, NULL);
        start(&threads[i]);
    }
    wait_until_waiting(&go, 3);
    use_full(NULL);
    weft_local_destroy(&full);
    ck_assert_int_eq(destroyed, 4);
    use_full(NULL); /* as new */
    ck_assert_int_eq(constructed, 5);
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(destroyed, 4);
    weft_local_destroy(&full);
    ck_assert_int_eq(destroyed, 5);
}
END_TEST

static weft_local again = WEFT_LOCAL(int, .destroy = destroy);

static void make_another(void *value)
{
    (void)value;
    *(int *)weft_local_get(&again) = 1;
}

static weft_local maker = WEFT_LOCAL(int, .destroy = make_another);

static void *use_maker(void *arg)
{
    ck_assert_ptr_nonnull(weft_local_get(&maker));
    return arg;
}

START_TEST(a_value_made_by_a_destructor_is_destroyed_too)
{
    weft_thread thread = WEFT_THREAD(use_maker, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq(destroyed, 1);
}
END_TEST

static weft_local phoenix;

static void rise_again(void *value)
{
    (void)value;
    weft_local_get(&phoenix);
    destroyed++;
}

static void *use_phoenix(void *arg)
{
    weft_local_get(&phoenix);
    return arg;
}

START_TEST(a_destructor_that_makes_new_values_for_ever_is_stopped)
{
    phoenix = (weft_local)WEFT_LOCAL(int, .destroy = rise_again);
    weft_thread thread = WEFT_THREAD(use_phoenix, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_ge(destroyed, 4);
}
END_TEST

START_TEST(a_constructor_that_fails_gives_no_value)
{
    weft_local failing = WEFT_LOCAL(int, .construct = construct_in_vain);
    ck_assert_ptr_null(weft_local_get(&failing));
    ck_assert_int_eq(errno, ECANCELED);
    failing.construct = NULL;
    ck_assert_ptr_nonnull(weft_local_get(&failing));
    weft_local_destroy(&failing);
}
END_TEST

START_TEST(misuse_is_answered)
{
    weft_local nothing = {.size = 0};
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    ck_assert_ptr_null(weft_local_get(&nothing));
    ck_assert_int_eq(errno, EINVAL);
    weft_local_destroy(NULL);
    ck_assert_int_eq(misuses_, 2);
    weft_set_misuse_handler(before);
}
END_TEST

static void use_in_child(void)
{
    int *mine = weft_local_get(&full);
    require(*mine == 105);
    weft_local_destroy(&full);
    require(destroyed == 1);
    require(*(int *)weft_local_get(&plain) == 0);
    say("fine");
}

START_TEST(in_a_forked_child_only_its_own_values_are_left)
{
    weft_thread thread = WEFT_THREAD(use_and_wait, NULL);
    start(&thread);
    wait_until_waiting(&go, 1);
    assert_child(use_in_child, "fine", 0);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_thread_join(&thread));
}
END_TEST

/* ---- Stress: threads come and go while objects do ---- */

static weft_local many[20];
static weft_lock many_locks[20];
static atomic_bool finished;

static void *use_many(void *arg)
{
    unsigned i = (unsigned)(uintptr_t)arg;
    for (unsigned k = 0; k < 10; k++) {
        unsigned which = (i + k) % 20;
        weft_lock_acquire(&many_locks[which]);
        *(int *)weft_local_get(&many[which]) = 1;
        weft_lock_release(&many_locks[which]);
    }
    return NULL;
}

static void *come_and_go(void *arg)
{
    for (int i = 0; !finished; i++) {
        weft_thread thread = WEFT_THREAD(use_many, (void *)(uintptr_t)i);
        start(&thread);
        assert_ok(weft_thread_join(&thread));
    }
    return arg;
}

START_TEST(stress_threads_end_while_objects_are_destroyed)
{
    for (int i = 0; i < 20; i++)
        many[i] = (weft_local)WEFT_LOCAL(int, .destroy = destroy);
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(come_and_go, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < (SANITIZED ? 300 : 3000); i++) {
        weft_lock_acquire(&many_locks[i % 20]);
        weft_local_destroy(&many[i % 20]);
        weft_lock_release(&many_locks[i % 20]);
    }
    finished = true;
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_thread_has_its_own_zeroed_value,
        each_object_has_its_own_value_aligned_for_any_type,
        each_of_many_objects_has_its_own_values,
        constructed_for_each_thread_and_destroyed_at_its_end,
        foreign_threads_have_values_too,
        destroying_the_object_destroys_all_values,
        a_value_made_by_a_destructor_is_destroyed_too,
        a_destructor_that_makes_new_values_for_ever_is_stopped,
        a_constructor_that_fails_gives_no_value,
        misuse_is_answered,
        in_a_forked_child_only_its_own_values_are_left,
        stress_threads_end_while_objects_are_destroyed,
    };
    return RUN_TESTS("local", tests);
}
