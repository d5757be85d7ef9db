/* SPDX-License-Identifier: MIT */

/*
 * Right, though some of it looks intricate: Clang's -Wthread-safety must not
 * say anything about it. Only compiled.
 */

#include <weft.h>

/* expected-no-diagnostics */

static weft_lock lock, other;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_condition condition;
static long sum WEFT_GUARDED_BY(lock);
static long depth WEFT_GUARDED_BY(rlock);
static long shared WEFT_GUARDED_BY(rwlock);

int release_on_each_path(int number)
{
    weft_lock_acquire(&lock);
    if (number < 0) {
        weft_lock_release(&lock);
        return -1;
    }
    sum += number;
    weft_lock_release(&lock);
    return 0;
}

void hold_two(void)
{
    weft_lock_acquire(&lock);
    weft_lock_acquire(&other);
    sum++;
    weft_lock_release(&lock);
    weft_lock_release(&other);
}

/* ---- Forms that may fail ---- */

void try_and_look(void)
{
    if (weft_lock_try_acquire(&lock) == WEFT_OK) {
        sum++;
        weft_lock_release(&lock);
    }
    if (weft_lock_try_acquire(&lock) != WEFT_OK)
        return;
    sum++;
    weft_lock_release(&lock);
}

weft_status try_and_keep_the_answer(void)
{
    weft_status status = weft_lock_try_acquire(&lock);
    if (status != WEFT_OK)
        return status;
    sum++;
    weft_lock_release(&lock);
    return status;
}

weft_status wait_a_while(weft_duration duration)
{
    weft_status status = weft_lock_acquire_timed(&lock, duration);
    if (status != WEFT_OK)
        return status;
    sum++;
    return weft_lock_release(&lock);
}

void wait_until_it_works(void)
{
    while (weft_rlock_acquire_timed(&rlock, WEFT_MS(1)) != WEFT_OK)
        continue;
    depth++;
    weft_rlock_release(&rlock);
}

/* ---- Blocks ---- */

long return_out_of_the_block(void)
{
    WEFT_WITH(&lock) {
        return sum;
    }
    return 0;
}

long leave_the_block_by_all_ways(int n)
{
    long seen = 0;
    for (int i = 0; i < n; i++) {
        WEFT_WITH(&lock) {
            if (sum == i)
                break;
            if (sum > i)
                continue;
            if (sum < -i)
                goto out;
            seen += sum++;
        }
    }
out:
    return seen;
}

void one_block_after_another(void)
{
    WEFT_WITH(&lock) {
        sum++;
    }
    WEFT_WITH(&lock) {
        sum++;
    }
    weft_lock_acquire(&lock);
    sum++;
    weft_lock_release(&lock);
}

void nest_blocks(void)
{
    WEFT_WITH(&lock) {
        WEFT_WITH(&rlock) {
            WEFT_WITH(&rlock) {
                WEFT_WITH_WRITE(&rwlock) {
                    sum = depth = shared = 1;
                }
            }
        }
    }
}

long read_in_a_block(void)
{
    WEFT_WITH_READ(&rwlock) {
        return shared;
    }
    return 0;
}

/* ---- Readers and writers ---- */

long read_shared(void)
{
    weft_rwlock_acquire_read(&rwlock);
    long seen = shared;
    weft_rwlock_release_read(&rwlock);
    return seen;
}

long write_then_read(void)
{
    weft_rwlock_acquire_write(&rwlock);
    shared++;
    weft_rwlock_downgrade(&rwlock);
    long seen = shared;
    weft_rwlock_release_read(&rwlock);
    return seen;
}

long try_to_write_then_to_read(void)
{
    if (weft_rwlock_try_acquire_write(&rwlock) == WEFT_OK) {
        shared++;
        weft_rwlock_release_write(&rwlock);
    }
    if (weft_rwlock_acquire_read_timed(&rwlock, WEFT_MS(1)) != WEFT_OK)
        return 0;
    long seen = shared;
    weft_rwlock_release_read(&rwlock);
    return seen;
}

/* ---- Conditions ---- */

static bool is_positive(void *arg) WEFT_REQUIRES(lock)
{
    (void)arg;
    return sum > 0;
}

void wait_for_more(void)
{
    weft_lock_acquire(&lock);
    while (sum == 0)
        weft_condition_wait(&condition, &lock);
    sum--;
    weft_condition_notify_all(&condition);
    weft_condition_wait_until(&condition, &lock, is_positive, NULL);
    weft_lock_release(&lock);
    WEFT_WITH(&rlock) {
        while (depth == 0)
            if (weft_condition_wait_timed(&condition, &rlock, WEFT_MS(1)) !=
                WEFT_OK)
                return;
        depth--;
    }
}

/* ---- Members, and functions that rely on their callers ---- */

struct account {
    weft_lock lock;
    long balance;
};

static long balance_of(const struct account *account)
    WEFT_REQUIRES(account->lock)
{
    return account->balance;
}

static void pay(struct account *from, long amount) WEFT_EXCLUDES(from->lock)
{
    WEFT_WITH(&from->lock) {
        if (balance_of(from) >= amount)
            from->balance -= amount;
    }
}

long pay_all(struct account *from)
{
    weft_lock_acquire(&from->lock);
    long all = balance_of(from);
    weft_lock_release(&from->lock);
    pay(from, all);
    return all;
}

/* Functions that acquire for their callers say so. */
void begin(void) WEFT_ACQUIRE(lock)
{
    weft_lock_acquire(&lock);
}

void end(void) WEFT_RELEASE(lock)
{
    weft_lock_release(&lock);
}

long begin_and_end(void)
{
    begin();
    long seen = sum;
    end();
    return seen;
}

/* What cannot be said in attributes, a hold that goes to another thread. */
void hand_over(weft_event *done) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&lock);
    sum++;
    weft_event_set(done);
}
