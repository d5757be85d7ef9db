/* SPDX-License-Identifier: MIT */

/*
 * A pairing heap (Fredman, Sedgewick, Sleator and Tarjan, 1986) whose links lie
 * in the timers. child_ is the first child; next_ the next sibling; previous_
 * the sibling before, or the parent of a first child, or NULL for the root.
 */

#include "timer_heap.h"

static bool before(const weft_timer *one, const weft_timer *other)
{
    return one->due_ != other->due_ ? one->due_ < other->due_
                                    : one->order_ < other->order_;
}

/* Joins two heaps; either may be NULL. */
static weft_timer *meld(weft_timer *one, weft_timer *other)
{
    if (one == NULL || other == NULL)
        return one != NULL ? one : other;
    if (before(other, one)) {
        weft_timer *swap = one;
        one = other;
        other = swap;
    }
    other->previous_ = one;
    other->next_ = one->child_;
    if (one->child_ != NULL)
        one->child_->previous_ = other;
    one->child_ = other;
    return one;
}

static weft_timer *detach(weft_timer *timer)
{
    timer->previous_ = timer->next_ = NULL;
    return timer;
}

/* Joins siblings: in pairs from the left, then all of those. */
static weft_timer *meld_siblings(weft_timer *first)
{
    weft_timer *pairs = NULL, *heap = NULL;
    while (first != NULL) {
        weft_timer *one = first, *other = first->next_;
        first = other != NULL ? other->next_ : NULL;
        weft_timer *pair =
            meld(detach(one), other != NULL ? detach(other) : NULL);
        pair->next_ = pairs;
        pairs = pair;
    }
    while (pairs != NULL) {
        weft_timer *pair = pairs;
        pairs = pair->next_;
        heap = meld(heap, detach(pair));
    }
    return heap;
}

weft_timer *weft__timer_heap_insert(weft_timer *first, weft_timer *timer)
{
    timer->child_ = NULL;
    return meld(first, detach(timer));
}

weft_timer *weft__timer_heap_remove(weft_timer *first, weft_timer *timer)
{
    weft_timer *children = meld_siblings(timer->child_);
    timer->child_ = NULL;
    if (timer == first)
        return children;
    if (timer->previous_->child_ == timer)
        timer->previous_->child_ = timer->next_;
    else
        timer->previous_->next_ = timer->next_;
    if (timer->next_ != NULL)
        timer->next_->previous_ = timer->previous_;
    detach(timer);
    return meld(first, children);
}
