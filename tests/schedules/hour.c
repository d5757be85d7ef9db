/* SPDX-License-Identifier: MIT */

/* Waits for an hour, which is over at once where time is virtual. */

#include <stdlib.h>
#include <weft.h>

static weft_event never;

int main(void)
{
    weft_duration begin = weft_monotonic();
    weft_status status = weft_event_wait_timed(&never, WEFT_SECONDS(1800));
    weft_sleep(WEFT_SECONDS(1800));
    return status == WEFT_TIMED_OUT &&
                   weft_monotonic() - begin >= WEFT_SECONDS(3600)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
