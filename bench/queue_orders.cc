/* SPDX-License-Identifier: MIT */

/* What C++ has for other orders than first in, first out: its stack and its
 * priority queue, behind a mutex and two conditions. */

#include "queue.h"

#include "floor.h"
#include "harness.h"
#include "template.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <queue>
#include <stack>
#include <vector>

template <typename Items> class behind_mutex
{
  public:
    explicit behind_mutex(unsigned capacity) : capacity_(capacity)
    {
    }

    void put(uint64_t item)
    {
        std::unique_lock<std::mutex> lock(mutex_);
        not_full_.wait(lock, [this] {
            return capacity_ == 0 || items_.size() < capacity_;
        });
        items_.push(item);
        lock.unlock();
        not_empty_.notify_one();
    }

    uint64_t get()
    {
        std::unique_lock<std::mutex> lock(mutex_);
        not_empty_.wait(lock, [this] { return !items_.empty(); });
        uint64_t item = items_.top();
        items_.pop();
        lock.unlock();
        not_full_.notify_one();
        return item;
    }

  private:
    std::mutex mutex_;
    std::condition_variable not_empty_, not_full_;
    const unsigned capacity_;
    Items items_;
};

typedef behind_mutex<std::stack<uint64_t, std::vector<uint64_t>>> queue_stack;
typedef behind_mutex<std::priority_queue<uint64_t, std::vector<uint64_t>,
                                         std::greater<uint64_t>>>
    queue_priority;

#define QUEUE_OF_CXX(peer)                                            \
    static queue_##peer *open_queue_##peer(unsigned capacity)         \
    {                                                                 \
        return new queue_##peer(capacity);                            \
    }                                                                 \
    static void close_queue_##peer(queue_##peer *queue)               \
    {                                                                 \
        delete queue;                                                 \
    }                                                                 \
    static inline void put_##peer(queue_##peer *queue, uint64_t item) \
    {                                                                 \
        queue->put(item);                                             \
    }                                                                 \
    static inline uint64_t get_##peer(queue_##peer *queue)            \
    {                                                                 \
        return queue->get();                                          \
    }

QUEUE_OF_CXX(stack)
QUEUE_OF_CXX(priority)

#define PEER stack
#include "queue_workloads.h"
#define PEER stack
#include "queue_orders.h"
#define PEER priority
#include "queue_workloads.h"
#define PEER priority
#include "queue_orders.h"

extern const bench_entrant bench_queue_std;

const bench_entrant bench_queue_std = {
    "std",
    BENCH_PEER,
    "equals in their order, shutdown",
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     deep_stack, stream_stack, deep_priority, stream_priority}};
