/* SPDX-License-Identifier: MIT */

/*
 * Thread-local values.
 *
 * Each object has a key, handed out at its first use and recycled when it is
 * destroyed; each thread a table of its values by key, which only it grows. The
 * first SLOTS of it stand in thread-local memory, where the inline path looks:
 * an object with such a key has it in `slot_` too, others have 0 there, which
 * is nobody's key. A value is preceded by a node that stands in the list of its
 * key, by which the object's destruction finds it. `lock` guards keys, lists
 * and the writing of tables; a thread reads its own table without it.
 *
 * Invariant: who takes a value out of its list, under the lock, destroys it,
 * after the lock: the ending thread or the object's destroyer, never both. User
 * code never runs under the lock.
 */

#include "weft/local.h"

#include "lifecycle.h"
#include "misuse.h"
#include "registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct node {
    struct node *next, *previous;
    weft__local_table *owner;
    void (*destroy)(void *value);
    uint32_t key;
    _Alignas(max_align_t) unsigned char value[];
} node;

typedef struct key {
    node *first;
    uint32_t next_free;
} key;

/* A destructor may make new values; we have the patience of POSIX for that. */
enum { ROUNDS = 4, SLOTS = WEFT__LOCAL_SLOTS };

static weft_lock lock;
static key *keys; /* keys[0] is never handed out: its next_free is the first */
static uint32_t keys_count;

_Thread_local weft__local_table weft__locals;

static node *node_of(void *value)
{
    return WEFT_CONTAINER_OF(value, node, value);
}

/* Where the table has that key's value; NULL: it has no room for it. */
static void **place_of(weft__local_table *table, uint32_t number)
{
    if (number < SLOTS)
        return &table->slots[number];
    return number < table->count ? &table->values[number - SLOTS] : NULL;
}

/* ---- With the lock held ---- */

static bool grow_keys(void)
{
    uint32_t count = keys_count == 0 ? SLOTS : 2 * keys_count;
    key *grown = realloc(keys, count * sizeof *grown);
    if (grown == NULL)
        return false;
    for (uint32_t i = keys_count; i < count; i++)
        grown[i] = (key){.next_free = i + 1 < count ? i + 1 : 0};
    if (keys_count != 0)
        grown[0].next_free = keys_count;
    keys = grown;
    keys_count = count;
    return true;
}

static bool assign_key(weft_local *local)
{
    if (local->key_ != 0)
        return true;
    if ((keys_count == 0 || keys[0].next_free == 0) && !grow_keys())
        return false;
    uint32_t number = keys[0].next_free;
    keys[0].next_free = keys[number].next_free;
    weft__store_relaxed(&local->slot_, (uint16_t)(number < SLOTS ? number : 0));
    weft__store_relaxed(&local->key_, number);
    return true;
}

static void recycle_key(uint32_t number)
{
    keys[number].next_free = keys[0].next_free;
    keys[0].next_free = number;
}

static bool grow_table(weft__local_table *table, uint32_t number)
{
    uint32_t before = table->count < SLOTS ? SLOTS : table->count;
    uint32_t count = before;
    while (count <= number)
        count *= 2;
    if (count > before) {
        void **values =
            realloc(table->values, (count - SLOTS) * sizeof *values);
        if (values == NULL)
            return false;
        memset(values + (before - SLOTS), 0, (count - before) * sizeof *values);
        table->values = values;
    }
    table->count = count;
    return true;
}

static void link_value(node *made, uint32_t number)
{
    made->key = number;
    made->previous = NULL;
    made->next = keys[number].first;
    if (made->next != NULL)
        made->next->previous = made;
    keys[number].first = made;
    weft__store_relaxed(place_of(made->owner, number), (void *)made->value);
}

static void unlink_value(node *gone)
{
    if (gone->previous != NULL)
        gone->previous->next = gone->next;
    else
        keys[gone->key].first = gone->next;
    if (gone->next != NULL)
        gone->next->previous = gone->previous;
    weft__store_relaxed(place_of(gone->owner, gone->key), NULL);
}

/* ---- Without ---- */

static void destroy_value(node *gone)
{
    if (gone->destroy != NULL)
        gone->destroy(gone->value);
    free(gone);
}

static node *construct(const weft_local *local)
{
    node *made = calloc(1, sizeof *made + local->size);
    if (made == NULL)
        return NULL;
    made->owner = &weft__locals;
    made->destroy = local->destroy;
    if (local->init != NULL)
        memcpy(made->value, local->init, local->size);
    if (local->construct != NULL &&
        local->construct(made->value, local->arg) != WEFT_OK) {
        free(made);
        errno = ECANCELED;
        return NULL;
    }
    return made;
}

/* Its thread is gone, but not yet the memory of its stack. */
static void drop_table(weft__local_table *table)
{
    free(table->values);
    *table = (weft__local_table){.count = 0};
}

static void drop_dead_threads(weft__fork_guard *guard)
{
    (void)guard;
    for (uint32_t number = 0; number < keys_count; number++) {
        node *next = keys[number].first;
        keys[number].first = NULL;
        while (next != NULL) {
            node *found = next;
            next = found->next;
            if (found->owner == &weft__locals) {
                link_value(found, number);
            } else {
                drop_table(found->owner);
                free(found);
            }
        }
    }
}

__attribute__((constructor)) static void local_init(void)
{
    static weft__fork_guard guard = {.lock = &lock,
                                     .in_child = drop_dead_threads};
    weft__fork_guard_add(&guard);
}

static void *make(weft_local *local) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (local->size == 0) {
        weft__misuse(WEFT_INVALID, "weft_local_get", local,
                     "the object was not initialised");
        errno = EINVAL;
        return NULL;
    }
    weft__self(); /* so that this thread's end is noticed */
    node *made = construct(local);
    if (made == NULL)
        return NULL;
    weft_lock_acquire(&lock);
    bool room = assign_key(local) && grow_table(&weft__locals, local->key_);
    if (room)
        link_value(made, local->key_);
    weft_lock_release(&lock);
    if (room)
        return made->value;
    destroy_value(made);
    errno = ENOMEM;
    return NULL;
}

void *weft__local_get_slow(weft_local *local)
{
    uint32_t number = weft__load_relaxed(&local->key_);
    void **place = number != 0 ? place_of(&weft__locals, number) : NULL;
    void *value = place != NULL ? weft__load_relaxed(place) : NULL;
    return value != NULL ? value : make(local);
}

/* Takes one value out of the thread's table, NULL: there is none. */
static node *take_one(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    node *taken = NULL;
    weft_lock_acquire(&lock);
    for (uint32_t i = 0; i < weft__locals.count && taken == NULL; i++) {
        void *value = *place_of(&weft__locals, i);
        if (value != NULL)
            /* One taken before is cleared. NOLINTNEXTLINE(*-unix.Malloc) */
            taken = node_of(value);
    }
    if (taken != NULL)
        unlink_value(taken);
    weft_lock_release(&lock);
    return taken;
}

void weft__local_thread_end(void)
{
    node *gone;
    uint32_t patience = ROUNDS * weft__locals.count;
    while (weft__locals.count != 0 && (gone = take_one()) != NULL) {
        if (patience == 0)
            gone->destroy = NULL;
        else
            patience--;
        destroy_value(gone);
    }
    drop_table(&weft__locals);
}

void weft_local_destroy(weft_local *local) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (local == NULL) {
        weft__misuse(WEFT_INVALID, "weft_local_destroy", NULL,
                     "the object is NULL");
        return;
    }
    weft_lock_acquire(&lock);
    uint32_t number = local->key_;
    node *gone = number != 0 ? keys[number].first : NULL;
    for (node *each = gone; each != NULL; each = each->next)
        weft__store_relaxed(place_of(each->owner, number), NULL);
    if (number != 0) {
        keys[number].first = NULL;
        recycle_key(number);
    }
    weft__store_relaxed(&local->slot_, 0);
    weft__store_relaxed(&local->key_, 0);
    weft_lock_release(&lock);
    while (gone != NULL) {
        node *next = gone->next;
        destroy_value(gone);
        gone = next;
    }
}
