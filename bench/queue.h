/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_H
#define WEFT_BENCH_QUEUE_H

/* The workloads by number, for the entrants in C and in C++. */
enum {
    ALONE,
    ONE_TO_ONE,
    TWO_TO_TWO,
    UNBOUNDED_ONE_TO_ONE,
    UNBOUNDED_TWO_TO_TWO,
    PING_PONG
};

#endif
