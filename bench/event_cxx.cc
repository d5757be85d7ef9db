/* SPDX-License-Identifier: MIT */

/* Events in C++: an atomic that can be waited for, and Abseil's textbook one.
 */

#include "harness.h"
#include "peers_cxx.h"

#include <atomic>

typedef std::atomic<int> event_std;

static inline void prepare_event_std(event_std *event)
{
    event->store(0);
}

static inline void set_std(event_std *event)
{
    event->store(1, std::memory_order_release);
    event->notify_all();
}

static inline void clear_std(event_std *event)
{
    event->store(0, std::memory_order_relaxed);
}

static inline void await_std(event_std *event)
{
    event->wait(0, std::memory_order_acquire);
}

#define PEER std
#include "event_workloads.h"
#define PEER absl
#include "event_textbook.h"
#include "event_workloads.h"

extern const bench_entrant bench_event_std, bench_event_absl;

const bench_entrant bench_event_std = {"std",
                                       BENCH_PEER,
                                       "a pulse may be lost, no time-out",
                                       {set_wait_clear_std, round_trip_std}};
const bench_entrant bench_event_absl = {"Abseil",
                                        BENCH_PEER,
                                        "a pulse may be lost",
                                        {set_wait_clear_absl, round_trip_absl}};
