/* SPDX-License-Identifier: MIT */

#include "blocking.h"

#include <weft/cache.h>
#include <weft/event.h>

static weft_cache *cache;
static weft_event computing, go;
static weft_thread computer;

static weft_status compute(weft_key key, void *value, void *ctx)
{
    (void)key;
    (void)ctx;
    *(int *)value = 7;
    assert_ok(weft_event_set(&computing));
    assert_ok(weft_event_wait(&go));
    return WEFT_OK;
}

static void *compute_it(void *arg)
{
    int value;
    assert_ok(weft_cache_get_or_compute(cache, WEFT_KEY_INT(1), &value, compute,
                                        NULL));
    return arg;
}

static void begin(void)
{
    if (cache == NULL)
        cache = weft_cache_create(sizeof(int));
    ck_assert_ptr_nonnull(cache);
    assert_ok(weft_cache_clear(cache));
    assert_ok(weft_event_clear(&computing));
    assert_ok(weft_event_clear(&go));
    computer = (weft_thread)WEFT_THREAD(compute_it, NULL);
    start(&computer);
    assert_ok(weft_event_wait(&computing));
}

static weft_status get(bool plain, weft_duration duration)
{
    int value = 0;
    weft_status status =
        plain ? weft_cache_get_or_compute(cache, WEFT_KEY_INT(1), &value,
                                          compute, NULL)
              : weft_cache_get_or_compute_timed(cache, WEFT_KEY_INT(1), &value,
                                                compute, NULL, duration);
    ck_assert_int_eq(value, status == WEFT_OK ? 7 : 0);
    return status;
}

static void let_go(void)
{
    assert_ok(weft_event_set(&go));
    assert_ok(weft_thread_join(&computer));
}

const blocking_call blocking_caches[] = {
    {"cache", begin, get, .let_go = let_go},
    {.name = NULL},
};
