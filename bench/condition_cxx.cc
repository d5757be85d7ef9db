/* SPDX-License-Identifier: MIT */

/* The conditions of C++. */

#include "harness.h"
#include "peers_cxx.h"

#define PEER std
#include "condition_workloads.h"
#define PEER absl
#include "condition_workloads.h"

extern const bench_entrant bench_condition_std, bench_condition_absl;

const bench_entrant bench_condition_std = {
    "std",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_std, broadcast_std, produce_and_consume_std}};
const bench_entrant bench_condition_absl = {
    "Abseil",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_absl, broadcast_absl, produce_and_consume_absl}};
