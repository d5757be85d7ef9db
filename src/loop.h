/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_LOOP_H
#define WEFT_SRC_LOOP_H

/* The loop on which all of parallel.h stands; drawn in loop.c. */

#include "weft/parallel.h"

typedef struct weft__loop {
    size_t begin, end;
    size_t grain; /* of a piece, at most; 0: as large as pays */
    weft_body body;
    void *context;
} weft__loop;

/* Calls the body for pieces that make up a range that is not empty, on this
 * thread and on those of the pool that are free, and waits for all. */
void weft__loop_run(weft_pool *pool, const weft__loop *loop);

#endif
