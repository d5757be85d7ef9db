/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_MISUSE_H
#define WEFT_SRC_MISUSE_H

#include "weft/diagnostics.h"

/* Reports a wrong call to the handler, once, and returns `status`, so that a
 * function may say `return weft__misuse(WEFT_NOT_OWNER, "weft_lock_release",
 * lock, "released a lock that is not held");`. No lock of weft may be held. */
weft_status weft__misuse(weft_status status, const char *function,
                         const void *object, const char *text);

#endif
