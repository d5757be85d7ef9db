/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_TEMPLATE_H
#define WEFT_BENCH_TEMPLATE_H

/*
 * Templates by inclusion: a *_workloads.h is included once for each entrant,
 * with PEER defined as its name, and forgets PEER at its end. In it MY(acquire)
 * is that entrant's own acquire: acquire_weft, acquire_glibc, ...
 */

#define BENCH_JOIN(name, peer) name##_##peer
#define BENCH_JOIN_EXPANDED(name, peer) BENCH_JOIN(name, peer)
#define MY(name) BENCH_JOIN_EXPANDED(name, PEER)

/* A workload of PEER's, which need not take part in it. */
#define WORKLOAD(name) \
    static __attribute__((unused)) void MY(name)(bench_sample * sample)

/* Alone on its cache line. */
#define BENCH_APART __attribute__((aligned(64)))

#endif
