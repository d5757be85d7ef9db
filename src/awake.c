/* SPDX-License-Identifier: MIT */

/*
 * Waiting awake. A trip to sleep and back costs some 16 us on another core that
 * has gone idle, and what one waits for often comes much sooner. So first spin,
 * about as long as two cores take to tell each other something; then let others
 * have the processor, as the one that is waited for may need it; then sleep.
 *
 * Which of these is worth it depends on who uses the object: spinning is poison
 * when both run on one core, yielding when nothing comes for a millisecond. So
 * each way keeps count of how often in a row it was in vain, by the object's
 * address; after a few times it is only tried now and then, ever more rarely.
 * Objects may share an entry, and counts may be lost: they are no more than
 * advice.
 */

#include "awake.h"

#include "address.h"
#include "control.h"
#include "os/os.h"
#include "weft/atomic.h"

enum {
    YIELDS = 24, /* 20 us, if nobody else wants to run */
    ENTRY_BITS = 8,
    TRIES = 3,   /* in vain before it becomes rare */
    RARELY = 256 /* one in so many, at last */
};

/* How often to look while spinning, and the pauses in between. */
struct pace {
    int looks, pauses;
};

static const struct pace usual = {20, 1};       /* 0.5 us */
static const struct pace behind_lock = {80, 1}; /* first the lock, then news */
/* Each look takes the line from who is still writing to it. */
static const struct pace for_writer = {20, 4};

/* A yield that took so long let somebody else run: one who is woken gets the
 * processor back sooner than one who yields. */
#define LONG_YIELD WEFT_US(50)

struct advice {
    uint32_t vain_spins, vain_yields; /* in a row */
} __attribute__((aligned(64)));

static struct advice entries[1 << ENTRY_BITS];

static struct advice *advice_on(const void *object)
{
    return &entries[weft__hash_address(object, ENTRY_BITS)];
}

static bool is_worth_it(uint32_t *vain)
{
    uint32_t count = weft__load_relaxed(vain);
    if (count < TRIES)
        return true;
    weft__store_relaxed(vain, count + 1);
    bool is_power_of_two = (count & (count - 1)) == 0;
    return is_power_of_two || count % RARELY == 0;
}

static bool judge(uint32_t *vain, bool worked)
{
    uint32_t count = weft__load_relaxed(vain);
    if (!worked)
        weft__store_relaxed(vain, count + 1);
    else if (count != 0)
        weft__store_relaxed(vain, 0);
    return worked;
}

static bool spin(bool (*ready)(void *), void *context, struct pace pace)
{
    for (int i = 0; i < pace.looks; i++) {
        if (ready(context))
            return true;
        for (int j = 0; j < pace.pauses; j++)
            weft__os_pause();
    }
    return ready(context);
}

/* The first is not timed, since most are the only one: looking at the clock is
 * dear just after others had the processor. */
static bool yield(bool (*ready)(void *), void *context)
{
    weft_duration before = 0;
    for (int i = 0; i < YIELDS; i++) {
        weft__os_yield();
        if (ready(context))
            return true;
        weft_duration now = weft__os_clock();
        if (i > 0 && now - before > LONG_YIELD)
            break;
        before = now;
    }
    return false;
}

static bool wait_awake(const void *object, bool (*ready)(void *), void *context,
                       struct pace pace)
{
    if (weft__controlled)
        return ready(context);
    struct advice *advice = advice_on(object);
    if (is_worth_it(&advice->vain_spins) &&
        judge(&advice->vain_spins, spin(ready, context, pace)))
        return true;
    return is_worth_it(&advice->vain_yields) &&
           judge(&advice->vain_yields, yield(ready, context));
}

bool weft__wait_awake(const void *object, bool (*ready)(void *context),
                      void *context)
{
    return wait_awake(object, ready, context, usual);
}

bool weft__wait_awake_behind_lock(const void *object,
                                  bool (*ready)(void *context), void *context)
{
    return wait_awake(object, ready, context, behind_lock);
}

bool weft__wait_awake_for_writer(const void *object,
                                 bool (*ready)(void *context), void *context)
{
    return wait_awake(object, ready, context, for_writer);
}
