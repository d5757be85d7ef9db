/* SPDX-License-Identifier: MIT */

/*
 * What a client runs on under GenMC, in place of src/os, the registry and the
 * report of misuse; everything else is the real source.
 *
 * The kernel's futex: buckets of sleepers, each under a mutex. There is a
 * bucket for each thread's parker and one for all other words, so that what
 * cannot matter to each other is not ordered. A sleeper is woken by a relaxed
 * store: weft must not rely on the kernel for the order of its memory.
 *
 * A timed sleep never blocks the exploration: it looks once whether it has been
 * woken; if not, its time is over, and its thread's clock stands at the
 * deadline. As the look may come at any moment, that is every expiry there is.
 */

#include "cache.h"
#include "client.h"
#include "lifecycle.h"
#include "misuse.h"
#include "os/os.h"
#include "verifier.h"
#include "weft/sanitizer.h"

_Thread_local uint32_t weft__fast_id = WEFT__UNMET;
_Thread_local weft__record *weft__current;

static weft__record records[CLIENT_THREADS + 1]; /* the last is main's */

weft__record *client_record(unsigned thread)
{
    return &records[thread];
}

void client_failed(const char *text, const char *file, int line)
{
    __VERIFIER_assert_fail(text, file, line);
}

/* ---- The clock ---- */

enum { JUMP = 1000000000 };

static weft_duration jumped;
static _Thread_local weft_duration slept_until;

weft_duration weft__os_clock(void)
{
    weft_duration now = 1 + weft__load_relaxed(&jumped);
    return now > slept_until ? now : slept_until;
}

void client_let_time_pass(void)
{
    weft__store_relaxed(&jumped, JUMP);
}

/* ---- The futex ---- */

typedef struct sleeper {
    const uint32_t *word; /* NULL: none */
    uint32_t asleep;
} sleeper;

typedef struct bucket {
    __VERIFIER_mutex_t mutex;
    sleeper sleepers[CLIENT_THREADS];
} bucket;

static bucket buckets[CLIENT_THREADS + 1];

static bucket *bucket_of(const uint32_t *word)
{
    unsigned i = 0;
    while (i < CLIENT_THREADS && word != &records[i].parker)
        i++;
    return &buckets[i];
}

/* False: the word has changed. */
static bool fall_asleep(bucket *bucket, sleeper *self, const uint32_t *word,
                        uint32_t expected)
{
    __VERIFIER_mutex_lock(&bucket->mutex);
    bool asleep = weft__load_relaxed(word) == expected;
    if (asleep) {
        self->word = word;
        weft__store_relaxed(&self->asleep, 1);
    }
    __VERIFIER_mutex_unlock(&bucket->mutex);
    return asleep;
}

static void sleep_until_woken(const sleeper *self)
{
    client_await(weft__load_relaxed(&self->asleep) == 0);
}

static void sleep_until(bucket *bucket, sleeper *self, weft_duration deadline)
{
    if (weft__load_relaxed(&self->asleep) == 0)
        return;
    __VERIFIER_mutex_lock(&bucket->mutex);
    self->word = NULL;
    __VERIFIER_mutex_unlock(&bucket->mutex);
    slept_until = deadline;
}

void weft__os_wait(const uint32_t *word, uint32_t expected,
                   weft_duration deadline)
{
    bucket *bucket = bucket_of(word);
    sleeper *self = &bucket->sleepers[weft__current - records];
    if (!fall_asleep(bucket, self, word, expected))
        return;
    if (deadline == WEFT_FOREVER)
        sleep_until_woken(self);
    else
        sleep_until(bucket, self, deadline);
}

void weft__os_wake(const uint32_t *word)
{
    bucket *bucket = bucket_of(word);
    __VERIFIER_mutex_lock(&bucket->mutex);
    unsigned i = 0;
    while (i < CLIENT_THREADS && bucket->sleepers[i].word != word)
        i++;
    if (i < CLIENT_THREADS) {
        bucket->sleepers[i].word = NULL;
        weft__store_relaxed(&bucket->sleepers[i].asleep, 0);
    }
    __VERIFIER_mutex_unlock(&bucket->mutex);
}

void weft__os_pause(void)
{
}

void weft__os_yield(void)
{
}

unsigned weft__os_processor(void)
{
    return the_client.processors[weft__current - records];
}

/* Of all the looks the last, and not even that if all must be bounded: whoever
 * looks in vain goes on as if it had not. */
bool weft__wait_awake(const void *object, bool (*ready)(void *context),
                      void *context)
{
    (void)object;
    return !CLIENT_BOUNDED && ready(context);
}

bool weft__wait_awake_behind_lock(const void *object,
                                  bool (*ready)(void *context), void *context)
{
    return weft__wait_awake(object, ready, context);
}

bool weft__wait_awake_for_writer(const void *object,
                                 bool (*ready)(void *context), void *context)
{
    return weft__wait_awake(object, ready, context);
}

/* ---- The registry: all threads have been met before they start ---- */

weft__record *weft__register(void)
{
    client_failed("a thread that was never met", __FILE__, __LINE__);
    return NULL;
}

weft__record *weft__record_find(uint32_t id)
{
    for (unsigned i = 0; i < CLIENT_THREADS; i++)
        if (records[i].id == id)
            return &records[i];
    return NULL;
}

/* No client misuses anything. */
weft_status weft__misuse(weft_status status, const char *function,
                         const void *object, const char *text)
{
    (void)function;
    (void)object;
    client_failed(text, __FILE__, __LINE__);
    return status;
}

/* ---- No sanitizer ---- */

void weft__sanitizer_acquiring(const void *lock)
{
    (void)lock;
}

void weft__sanitizer_acquired(const void *lock)
{
    (void)lock;
}

bool weft__sanitizer_releasing(const void *lock)
{
    (void)lock;
    return false;
}

void weft__sanitizer_renewed(const void *lock)
{
    (void)lock;
}

/* ---- Memory ---- */

/* Zeroed, and of any type, only if static: so it is not noticed if it is used
 * after it was freed. For queues, pools and workers. */
static _Alignas(64) void *zeroed[256];
static size_t zeroed_used;

void *verifier_calloc(size_t n, size_t size)
{
    enum { WORDS = 64 / sizeof *zeroed };
    size_t words = (n * size + 63) / 64 * WORDS;
    size_t first = weft__fetch_add(&zeroed_used, words);
    must(first + words <= sizeof zeroed / sizeof *zeroed);
    return &zeroed[first];
}

static bool is_zeroed(void *memory)
{
    void **word = memory;
    return word >= zeroed && word < zeroed + sizeof zeroed / sizeof *zeroed;
}

void verifier_free(void *memory)
{
    if (!is_zeroed(memory))
        __VERIFIER_free(memory);
}

/* By the words that are used afterwards: numbers for the items of queues, else
 * pointers. */
void *memcpy(void *to, const void *from, size_t size)
{
    if (size == sizeof(unsigned)) {
        *(unsigned *)to = *(const unsigned *)from;
        return to;
    }
    must(size % sizeof(void *) == 0);
    for (size_t i = 0; i < size / sizeof(void *); i++)
        ((void **)to)[i] = ((void *const *)from)[i];
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    must(byte == 0 && size % sizeof(void *) == 0);
    if (is_zeroed(to))
        return to;
    for (size_t i = 0; i < size / sizeof(void *); i++)
        ((void **)to)[i] = NULL;
    return to;
}

int memcmp(const void *one, const void *two, size_t size)
{
    must(size == sizeof(uint64_t));
    return *(const uint64_t *)one != *(const uint64_t *)two;
}

/* All keys collide. */
uint64_t weft__cache_hash(const uint64_t seed[2], const void *bytes,
                          size_t size)
{
    (void)seed;
    (void)bytes;
    return size;
}

void weft__os_random(void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
}

/* ---- Life cycle: nothing ends, forks or fails ---- */

void weft__fork_guard_add(weft__fork_guard *guard)
{
    (void)guard;
}

void weft__fork_guard_remove(weft__fork_guard *guard)
{
    (void)guard;
}

void weft__at_exit(weft__drain *drain)
{
    (void)drain;
}

void weft__copy_text(char *to, size_t size, const char *text)
{
    (void)to;
    (void)size;
    (void)text;
}

_Thread_local char weft__last_failure; /* no target fails */

bool weft__take_failure(weft_error *error)
{
    (void)error;
    return false;
}

const void *weft__os_stack_middle(void)
{
    return NULL;
}

/* ---- One service thread: the client's that offers to be it ---- */

static weft_thread *service;

weft_status weft__service_start(weft_thread *thread)
{
    must(weft__load_relaxed(&service) == NULL);
    weft__store(&service, thread);
    return (weft_status)WEFT_OK;
}

void client_be_a_worker(void)
{
    client_await(weft__load(&service) != NULL);
    service->run(service);
    weft__store(&service->state_, WEFT__ENDED);
}

void weft__service_join(weft_thread *thread)
{
    client_await(weft__load(&thread->state_) == WEFT__ENDED);
}

/* ---- Running ---- */

static void meet(weft__record *record)
{
    weft__current = record;
    weft__fast_id = record->id;
}

static void *run(void *arg)
{
    weft__record *record = arg;
    meet(record);
    the_client.threads[record - records]();
    return NULL;
}

int main(void)
{
    long threads[CLIENT_THREADS];
    for (unsigned i = 0; i <= CLIENT_THREADS; i++)
        records[i].id = UINT32_C(1) << 15 | i;
    meet(&records[CLIENT_THREADS]);
    the_client.begin();
    for (unsigned i = 0; i < CLIENT_THREADS; i++)
        threads[i] = __VERIFIER_thread_create(NULL, run, &records[i]);
    for (unsigned i = 0; i < CLIENT_THREADS; i++)
        __VERIFIER_thread_join(threads[i]);
    the_client.end();
    return 0;
}
