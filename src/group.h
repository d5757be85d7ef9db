/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_GROUP_H
#define WEFT_SRC_GROUP_H

/* What a group hears of its members. */

#include "weft/group.h"

/* The group's pool, or NULL: no memory for the default one. */
weft_pool *weft__group_pool(weft_group *group);

/* A member is about to be done in the given state; then it is. The second is
 * the last touch of the group. */
void weft__group_before(weft_group *group, const weft_future *member,
                        uint32_t state);
void weft__group_after(weft_group *group);

#endif
