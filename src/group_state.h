/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_GROUP_STATE_H
#define WEFT_SRC_GROUP_STATE_H

/* What the two files of the group share: group.c, where the word is drawn, and
 * group_wait.c. */

#include "future.h"
#include "group.h"

#define WEFT__GROUP_UNFINISHED ((UINT64_C(1) << 28) - 1)
#define WEFT__GROUP_VISITOR (UINT64_C(1) << 28)
#define WEFT__GROUP_HOLDS ((UINT64_C(1) << 42) - 1) /* of both */
#define WEFT__GROUP_DESCRIPTOR (UINT64_C(1) << 42)
#define WEFT__GROUP_WAITING (UINT64_C(1) << 43)
#define WEFT__GROUP_STOPPING (UINT64_C(1) << 44)
#define WEFT__GROUP_FAILED (UINT64_C(1) << 45)
#define WEFT__GROUP_BROKEN (UINT64_C(1) << 46)
#define WEFT__GROUP_CANCELLED (UINT64_C(1) << 47)
#define WEFT__GROUP_EPOCH (~UINT64_C(0) << 48)

static inline uint64_t weft__group_epoch_now(void)
{
    return (uint64_t)weft__future_epoch << 32; /* from its place there */
}

/* With members of another process? */
static inline bool weft__group_is_old(uint64_t state)
{
    return (state & WEFT__GROUP_HOLDS) != 0 &&
           (state & WEFT__GROUP_EPOCH) != weft__group_epoch_now();
}

#endif
