/* SPDX-License-Identifier: MIT */

#include "blocking.h"

const blocking_call *blocking_call_at(size_t i)
{
    const blocking_call *const parts[] = {blocking_locks, blocking_objects,
                                          blocking_queues, blocking_pools,
                                          blocking_caches};
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
        for (size_t k = 0; parts[part][k].name != NULL; k++)
            if (i-- == 0)
                return &parts[part][k];
    return NULL;
}

static void *make_call(weft_thread *self)
{
    struct caller *own = WEFT_CONTAINER_OF(self, struct caller, thread);
    weft_duration before = weft_monotonic();
    own->handle = pthread_self();
    own->status = own->blocking->call(own->plain, own->duration);
    own->took = weft_monotonic() - before;
    return NULL;
}

void block(struct caller *caller, const blocking_call *blocking,
           weft_duration duration)
{
    *caller = (struct caller){.thread = WEFT_THREAD(.run = make_call),
                              .blocking = blocking,
                              .plain = duration == PLAIN,
                              .duration = duration};
    blocking->occupy();
    start(&caller->thread);
}

bool is_blocked(const struct caller *caller)
{
    enum { MOST = 16 };
    weft_thread_info infos[MOST];
    size_t n = weft_enumerate(infos, MOST);
    for (size_t i = 0; i < n && i < MOST; i++)
        if (infos[i].id == weft_thread_id(&caller->thread))
            return infos[i].waits_for != NULL;
    return false;
}

void wait_until_blocked(const struct caller *caller)
{
    while (!is_blocked(caller))
        weft_sleep(WEFT_US(50));
}

weft_status answer_when_let_go(struct caller *caller)
{
    caller->blocking->let_go();
    assert_ok(weft_thread_join(&caller->thread));
    return caller->status;
}

weft_status answer_then_let_go(struct caller *caller)
{
    assert_ok(weft_thread_join(&caller->thread));
    caller->blocking->let_go();
    return caller->status;
}
