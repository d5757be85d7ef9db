/* SPDX-License-Identifier: MIT */

/* Once in C++. */

#include "harness.h"
#include "template.h"

#include <absl/base/call_once.h>
#include <mutex>

static uint32_t runs;

static void run(void)
{
    runs++;
}

static inline void pass_std(void)
{
    static std::once_flag once;
    std::call_once(once, run);
}

static inline void pass_absl(void)
{
    static absl::once_flag once;
    absl::call_once(once, run);
}

#define PEER std
#include "once_workloads.h"
#define PEER absl
#include "once_workloads.h"

extern const bench_entrant bench_once_std, bench_once_absl;

const bench_entrant bench_once_std = {"std", BENCH_PEER, "", {passed_std}};
const bench_entrant bench_once_absl = {"Abseil", BENCH_PEER, "", {passed_absl}};
