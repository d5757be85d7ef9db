/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h: an event made of PEER's lock and condition, as
 * textbooks make it, for libraries that have none.
 */

typedef struct MY(event) {
    MY(lock) lock;
    MY(condition) changed;
    bool is_set; /* guarded by lock */
} MY(event);

static inline void MY(prepare_event)(MY(event) * event)
{
    MY(prepare)(&event->lock);
    MY(prepare_condition)(&event->changed);
    event->is_set = false;
}

static inline void MY(set)(MY(event) * event)
{
    MY(acquire)(&event->lock);
    event->is_set = true;
    MY(notify_all)(&event->changed);
    MY(release)(&event->lock);
}

static inline void MY(clear)(MY(event) * event)
{
    MY(acquire)(&event->lock);
    event->is_set = false;
    MY(release)(&event->lock);
}

static inline void MY(await)(MY(event) * event)
{
    MY(acquire)(&event->lock);
    while (!event->is_set)
        MY(wait)(&event->changed, &event->lock);
    MY(release)(&event->lock);
}
