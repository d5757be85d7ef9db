/* SPDX-License-Identifier: MIT */

/* A pulse, set and cleared at once when somebody waits: it reaches whoever
 * waited before, with what was written before it, who then sets the event for
 * whoever came late. That one clears it, too, and may so stand in line before
 * the set has walked along it. */

#include "weft/event.h"
#include "client.h"

static weft_event event;
static unsigned written, pulsed, cleared;

static void begin(void)
{
    event.word_ = 0;
    written = pulsed = cleared = 0;
    weft__line_unlock(weft__line_lock(&event));
}

static void pulse(void)
{
    client_await(weft__load_relaxed(&event.word_) != 0);
    written = 1;
    must(weft_event_set(&event) == WEFT_OK);
    must(weft_event_clear(&event) == WEFT_OK);
    weft__store(&pulsed, 1);
}

static void wait(void)
{
    must(weft_event_wait(&event) == WEFT_OK);
    must(written == 1);
    client_await(weft__load(&pulsed) != 0);
    client_await(weft__load(&cleared) != 0);
    must(weft_event_set(&event) == WEFT_OK);
}

static void wait_late(void)
{
    client_come_after(weft__load_relaxed(&event.word_) != 0 ||
                      weft__load_relaxed(&pulsed) != 0);
    must(weft_event_clear(&event) == WEFT_OK);
    weft__store(&cleared, 1);
    wait();
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {pulse, wait, wait_late},
    .end = end,
};
