/* SPDX-License-Identifier: MIT */

/* The semaphores of C++. They cannot be assigned, so each is made anew. */

#include "harness.h"
#include "template.h"
#include "weft/atomic.h"

#include <concurrentqueue/blockingconcurrentqueue.h> /* its semaphore */
#include <optional>
#include <semaphore>

typedef std::optional<std::counting_semaphore<>> semaphore_std;
typedef std::optional<moodycamel::LightweightSemaphore> semaphore_moodycamel;

static inline void prepare_semaphore_std(semaphore_std *semaphore,
                                         unsigned permits)
{
    semaphore->emplace(static_cast<std::ptrdiff_t>(permits));
}

static inline void take_std(semaphore_std *semaphore)
{
    (*semaphore)->acquire();
}

static inline void give_std(semaphore_std *semaphore)
{
    (*semaphore)->release();
}

static inline void prepare_semaphore_moodycamel(semaphore_moodycamel *semaphore,
                                                unsigned permits)
{
    semaphore->emplace(
        static_cast<moodycamel::LightweightSemaphore::ssize_t>(permits));
}

static inline void take_moodycamel(semaphore_moodycamel *semaphore)
{
    (*semaphore)->wait();
}

static inline void give_moodycamel(semaphore_moodycamel *semaphore)
{
    (*semaphore)->signal();
}

#define PEER std
#include "semaphore_workloads.h"
#define PEER moodycamel
#include "semaphore_workloads.h"

extern const bench_entrant bench_semaphore_std, bench_semaphore_moodycamel;

const bench_entrant bench_semaphore_std = {
    "std", BENCH_PEER, "", {uncontended_std, contended_std}};
const bench_entrant bench_semaphore_moodycamel = {
    "moodycamel",
    BENCH_PEER,
    "",
    {uncontended_moodycamel, contended_moodycamel}};
