/* SPDX-License-Identifier: MIT */

/* The clock, and sleeping by it. */

#include "control.h"
#include "registry.h"

weft_duration weft_monotonic(void)
{
    return weft__os_clock();
}

static bool never(void *context)
{
    (void)context;
    return false;
}

weft_status weft_sleep(weft_duration duration)
{
    weft__point("weft_sleep", NULL);
    static const weft__wait_kind kind = {.name = "sleep"};
    if (duration <= 0)
        return WEFT_OK;
    weft_status status = weft__park_until(
        &kind, NULL, never, NULL, weft__deadline(duration), WEFT__STOPPABLE);
    return status == WEFT_TIMED_OUT ? WEFT_OK : status;
}
