/* SPDX-License-Identifier: MIT */

/* A member of a group that is done just when it would be withdrawn: nothing
 * but its word tells whether it leads to a group or to a pool. */

#include "pool.h"
#include "support.h"

#include <weft/group.h>

static void *return_argument(void *arg)
{
    return arg;
}

/* Whoever takes the group for a pool finds that one's lock taken. */
static struct {
    weft_group group;
    unsigned char taken[4096];
} guarded;

/* As one does who stops the group, if another thread has run the member since
 * it looked: what follows the group is no pool. */
START_TEST(withdrawing_a_member_that_is_done_by_then_does_nothing)
{
    weft_future future;
    weft_pool *pool = weft_pool_create(.workers = 1);
    guarded.group = (weft_group)WEFT_GROUP(pool);
    memset(guarded.taken, 0x11, sizeof guarded.taken);
    assert_ok(
        weft_group_submit(&guarded.group, &future, return_argument, pool));
    assert_ok(weft_future_result(&future, NULL));
    ck_assert(!weft__pool_withdraw(&future));
    bool touched = false;
    for (size_t i = 0; i < sizeof guarded.taken; i++)
        touched = touched || guarded.taken[i] != 0x11;
    ck_assert(!touched);
    assert_ok(weft_group_wait(&guarded.group));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        withdrawing_a_member_that_is_done_by_then_does_nothing,
    };
    return run_tests("group done", tests, 1, 10, NULL, NULL);
}
