/* SPDX-License-Identifier: MIT */

/* A value is missing, and three ask for it: it is computed one time at once,
 * whoever asked gets it, and what the cache dropped is destroyed once. */

#include "weft/cache.h"
#include "client.h"

static weft_cache *cache;
static uint64_t computed, destroyed;
static unsigned begun, landed;
static bool flying;

static void destroy(void *value)
{
    destroyed += *(uint64_t *)value == 7;
}

static void begin(void)
{
    cache =
        weft_cache_create(sizeof(uint64_t), .capacity = 1, .destroy = destroy);
    must(cache != NULL);
    computed = destroyed = 0;
    begun = landed = 0;
    flying = false;
}

static weft_status compute(weft_key key, void *value, void *ctx)
{
    (void)key;
    (void)ctx;
    must(!flying); /* and a race if another flight were under way */
    flying = true;
    weft__store_relaxed(&begun, 1);
    computed++;
    *(uint64_t *)value = 7;
    flying = false;
    return (weft_status)WEFT_OK;
}

static void ask(void)
{
    const uint64_t number = 1;
    uint64_t value = 0;
    must(weft_cache_get_or_compute(cache, WEFT_KEY(&number, sizeof number),
                                   &value, compute, NULL) == WEFT_OK);
    must(value == 7);
}

static void ask_first(void)
{
    ask();
    weft__store_relaxed(&landed, 1);
}

static void ask_meanwhile(void)
{
    client_come_after(weft__load_relaxed(&begun) != 0);
    ask();
}

static void ask_late(void)
{
    client_come_after(weft__load_relaxed(&landed) != 0);
    ask();
}

static void end(void)
{
    must(computed == 1);
    must(weft_cache_size(cache) == 1);
    must(weft_cache_destroy(cache) == WEFT_OK);
    must(destroyed == 1);
}

const client the_client = {
    .begin = begin,
    .threads = {ask_first, ask_meanwhile, ask_late},
    .end = end,
};
