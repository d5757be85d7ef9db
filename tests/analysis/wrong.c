/* SPDX-License-Identifier: MIT */

/*
 * Wrong on purpose, never run: what Clang's -Wthread-safety must say of each
 * function, and nothing else, in the notation of its -verify.
 */

#include <weft.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_condition condition;
static long sum WEFT_GUARDED_BY(lock);
static long depth WEFT_GUARDED_BY(rlock);
static long shared WEFT_GUARDED_BY(rwlock);

/* ---- Data without its lock ---- */

void write_without_the_lock(void)
{
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
}

long read_without_the_lock(void)
{
    /* expected-warning@+1 {{reading variable 'sum' requires holding lock}} */
    return sum;
}

void write_after_the_release(void)
{
    weft_lock_acquire(&lock);
    long seen = sum;
    weft_lock_release(&lock);
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = seen + 1;
}

void hold_another_lock(void)
{
    weft_rlock_acquire(&rlock);
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = depth;
    weft_rlock_release(&rlock);
}

/* ---- Releases ---- */

int forget_to_release_on_one_path(int number)
{
    weft_lock_acquire(&lock);
    if (number < 0)
        return -1;
    sum = number;
    weft_lock_release(&lock);
    return 0;
} /* expected-warning {{'lock' is not held on every path}} */

void never_release(void)
{
    weft_lock_acquire(&lock);
    sum = 1;
} /* expected-warning {{'lock' is still held at the end of function}} */

void release_what_was_not_acquired(void)
{
    /* expected-warning@+1 {{releasing lock 'lock' that was not held}} */
    weft_lock_release(&lock);
}

void release_twice(void)
{
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    /* expected-warning@+1 {{releasing lock 'lock' that was not held}} */
    weft_lock_release(&lock);
}

void acquire_again(void)
{
    weft_lock_acquire(&lock);
    /* expected-warning@+1 {{acquiring lock 'lock' that is already held}} */
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
}

/* ---- Forms that may fail ---- */

void try_and_do_not_look(void)
{
    /* expected-warning@+1 {{ignoring return value of function}} */
    weft_lock_try_acquire(&lock);
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
}

void try_and_look_the_wrong_way(void)
{
    if (weft_lock_try_acquire(&lock) != WEFT_OK) {
        /* expected-warning@+1 {{writing variable 'sum' requires holding}} */
        sum = 1;
        /* expected-warning@+1 {{releasing lock 'lock' that was not held}} */
        weft_lock_release(&lock);
    }
} /* expected-warning {{'lock' is not held on every path}} */

void try_as_if_it_answered_true(void)
{
    if (weft_lock_try_acquire(&lock))
        /* expected-warning@+1 {{writing variable 'sum' requires holding}} */
        sum = 1;
} /* expected-warning {{'lock' is not held on every path}} */

void wait_a_while_and_do_not_look(void)
{
    /* expected-warning@+1 {{ignoring return value of function}} */
    weft_lock_acquire_timed(&lock, WEFT_MS(1));
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
}

void wait_a_while_and_look_the_wrong_way(void)
{
    if (weft_lock_acquire_timed(&lock, WEFT_MS(1)) == WEFT_OK)
        return;
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
    /* expected-warning@+1 {{releasing lock 'lock' that was not held}} */
    weft_lock_release(&lock);
} /* expected-warning {{'lock' is not held on every path}} */

/* Not timed out may be stopped. */
void wait_a_while_and_look_for_one_reason(void)
{
    if (weft_lock_acquire_timed(&lock, WEFT_MS(1)) == WEFT_TIMED_OUT)
        return;
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
    /* expected-warning@+1 {{releasing lock 'lock' that was not held}} */
    weft_lock_release(&lock);
}

void forget_what_a_try_acquired(void)
{
    if (weft_lock_try_acquire(&lock) == WEFT_OK)
        sum = 1;
} /* expected-warning {{'lock' is not held on every path}} */

/* ---- Blocks ---- */

long read_behind_the_block(void)
{
    WEFT_WITH(&lock) {
        sum = 1;
    }
    /* expected-warning@+1 {{reading variable 'sum' requires holding lock}} */
    return sum;
}

void write_in_front_of_the_block(void)
{
    /* expected-warning@+1 {{writing variable 'sum' requires holding lock}} */
    sum = 1;
    WEFT_WITH(&lock) {
        sum = 2;
    }
}

void break_out_and_write(int n)
{
    for (int i = 0; i < n; i++) {
        WEFT_WITH(&lock) {
            if (sum > i)
                break;
        }
        /* expected-warning@+1 {{writing variable 'sum' requires holding}} */
        sum = i;
    }
}

void acquire_inside_of_the_block(void)
{
    WEFT_WITH(&lock) {
        /* expected-warning@+1 {{acquiring lock 'lock' that is already held}} */
        weft_lock_acquire(&lock);
        weft_lock_release(&lock);
    }
}

void block_inside_of_the_block(void)
{
    WEFT_WITH(&lock) {
        /* expected-warning@+1 {{while lock 'lock' is held}} */
        WEFT_WITH(&lock) {
            sum = 1;
        }
    }
}

void write_in_a_block_that_reads(void)
{
    WEFT_WITH_READ(&rwlock) {
        /* expected-warning@+1 {{rwlock 'rwlock' exclusively}} */
        shared = 1;
    }
}

void write_block_inside_of_a_read_block(void)
{
    WEFT_WITH_READ(&rwlock) {
        /* expected-warning@+1 {{while rwlock 'rwlock' is held}} */
        WEFT_WITH_WRITE(&rwlock) {
            continue;
        }
    }
}

/* ---- Locks of the other kinds ---- */

void rlock_forgotten(void)
{
    weft_rlock_acquire(&rlock);
    depth = 1;
} /* expected-warning {{'rlock' is still held}} */

void rlock_tried_and_not_looked_at(void)
{
    /* expected-warning@+1 {{ignoring return value of function}} */
    weft_rlock_try_acquire(&rlock);
    /* expected-warning@+1 {{writing variable 'depth' requires holding}} */
    depth = 1;
}

void rlock_timed_the_wrong_way(void)
{
    if (weft_rlock_acquire_timed(&rlock, WEFT_MS(1)) != WEFT_OK)
        /* expected-warning@+1 {{writing variable 'depth' requires holding}} */
        depth = 1;
} /* expected-warning {{'rlock' is not held on every path}} */

void write_while_reading(void)
{
    weft_rwlock_acquire_read(&rwlock);
    /* expected-warning@+1 {{rwlock 'rwlock' exclusively}} */
    shared = 1;
    weft_rwlock_release_read(&rwlock);
}

void end_writing_that_was_reading(void)
{
    weft_rwlock_acquire_read(&rwlock);
    /* expected-warning@+1 {{using exclusive access, expected shared access}} */
    weft_rwlock_release_write(&rwlock);
}

void write_after_downgrading(void)
{
    weft_rwlock_acquire_write(&rwlock);
    weft_rwlock_downgrade(&rwlock);
    /* expected-warning@+1 {{rwlock 'rwlock' exclusively}} */
    shared = 1;
    weft_rwlock_release_read(&rwlock);
}

long read_after_a_try_in_vain(void)
{
    if (weft_rwlock_try_acquire_read(&rwlock) == WEFT_OK)
        weft_rwlock_release_read(&rwlock);
    /* expected-warning@+1 {{reading variable 'shared' requires holding}} */
    return shared;
}

void write_after_a_try_to_read(void)
{
    if (weft_rwlock_acquire_read_timed(&rwlock, WEFT_MS(1)) != WEFT_OK)
        return;
    /* expected-warning@+1 {{rwlock 'rwlock' exclusively}} */
    shared = 1;
    weft_rwlock_release_read(&rwlock);
}

/* ---- Conditions, and functions that rely on their callers ---- */

void wait_without_the_lock(void)
{
    /* expected-warning@+1 {{requires holding lock 'lock' exclusively}} */
    weft_condition_wait(&condition, &lock);
    /* expected-warning@+1 {{requires holding rlock 'rlock' exclusively}} */
    weft_condition_wait_timed(&condition, &rlock, WEFT_MS(1));
}

struct account {
    weft_lock lock;
    long balance;
};

long balance_of(const struct account *account) WEFT_REQUIRES(account->lock);
void pay(struct account *from, long amount) WEFT_EXCLUDES(from->lock);

long ask_without_the_lock(const struct account *account)
{
    /* expected-warning@+1 {{requires holding lock 'account->lock'}} */
    return balance_of(account);
}

long ask_with_the_lock_of_another(struct account *one, struct account *other)
{
    weft_lock_acquire(&one->lock);
    /* expected-warning@+1 {{requires holding lock 'other->lock'}} */
    long balance = balance_of(other);
    weft_lock_release(&one->lock);
    return balance;
}

void pay_with_the_lock_held(struct account *account)
{
    WEFT_WITH(&account->lock) {
        /* expected-warning@+1 {{while lock 'account->lock' is held}} */
        pay(account, 1);
    }
}
