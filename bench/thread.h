/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_THREAD_H
#define WEFT_BENCH_THREAD_H

enum { CROWD = 64 };

#endif
