/* SPDX-License-Identifier: MIT */

/* The queues of Rust, see queue_channels.rs. Those of its standard library have
 * one getter; without a limit, they are others for several putters. */

#include "queue.h"

#include "floor.h"
#include "harness.h"
#include "template.h"

/* PEER's four functions, as Rust defines them. */
#define QUEUE_OF_RUST(peer)                              \
    typedef struct queue_##peer queue_##peer;            \
    queue_##peer *open_queue_##peer(unsigned capacity);  \
    void close_queue_##peer(queue_##peer *queue);        \
    void put_##peer(queue_##peer *queue, uint64_t item); \
    uint64_t get_##peer(queue_##peer *queue)

QUEUE_OF_RUST(crossbeam);
QUEUE_OF_RUST(bounded);
QUEUE_OF_RUST(unbounded);
QUEUE_OF_RUST(for_many);

#define PEER crossbeam
#include "queue_workloads.h"
#define PEER bounded
#include "queue_workloads.h"
#define PEER unbounded
#include "queue_workloads.h"
#define PEER for_many
#include "queue_workloads.h"

const bench_entrant bench_queue_crossbeam = {
    "crossbeam",
    BENCH_PEER,
    "change of bound, discarding shutdown",
    {
        [ALONE] = alone_crossbeam,
        [ONE_TO_ONE] = stream_crossbeam,
        [MANY] = stream_crossbeam,
        [MANY_TO_ONE] = stream_crossbeam,
        [UNBOUNDED_ONE_TO_ONE] = stream_crossbeam,
        [UNBOUNDED_MANY] = stream_crossbeam,
        [UNBOUNDED_MANY_TO_ONE] = stream_crossbeam,
        [PING_PONG] = ping_pong_crossbeam,
        [TRICKLE] = latency_crossbeam,
        [LOADED] = latency_crossbeam,
    }};
const bench_entrant bench_queue_mpsc = {
    "Rust mpsc",
    BENCH_PEER,
    "several getters, change of bound, timed puts",
    {
        [ALONE] = alone_bounded,
        [ONE_TO_ONE] = stream_bounded,
        [MANY_TO_ONE] = stream_bounded,
        [UNBOUNDED_ONE_TO_ONE] = stream_unbounded,
        [UNBOUNDED_MANY_TO_ONE] = stream_for_many,
        [PING_PONG] = ping_pong_bounded,
        [TRICKLE] = latency_bounded,
        [LOADED] = latency_bounded,
    }};
