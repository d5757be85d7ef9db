/* SPDX-License-Identifier: MIT */

/* The queues of C++. Boost's two wait awake, so they are for the eye only. */

#include "queue.h"

#include "floor.h"
#include "harness.h"
#include "template.h"

#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <concurrentqueue/blockingconcurrentqueue.h>
#include <oneapi/tbb/concurrent_queue.h>
#include <readerwritercircularbuffer.h>
#include <readerwriterqueue.h>

#include <optional>

typedef tbb::concurrent_bounded_queue<uint64_t> queue_tbb;
typedef moodycamel::BlockingConcurrentQueue<uint64_t> queue_moodycamel;
typedef queue_moodycamel queue_tokens;
typedef moodycamel::BlockingReaderWriterQueue<uint64_t> queue_rwqueue;
typedef moodycamel::BlockingReaderWriterCircularBuffer<uint64_t> queue_rwbuffer;
typedef boost::lockfree::spsc_queue<uint64_t> queue_spsc;
typedef boost::lockfree::queue<uint64_t> queue_boost;

/* ---- oneTBB ---- */

static queue_tbb *open_queue_tbb(unsigned capacity)
{
    queue_tbb *queue = new queue_tbb;
    if (capacity != 0)
        queue->set_capacity(capacity);
    return queue;
}

static inline void put_tbb(queue_tbb *queue, uint64_t item)
{
    queue->push(item);
}

static inline uint64_t get_tbb(queue_tbb *queue)
{
    uint64_t item = 0;
    queue->pop(item);
    return item;
}

/* ---- moodycamel ---- */

static queue_moodycamel *open_queue_moodycamel(unsigned)
{
    return new queue_moodycamel;
}

static inline void put_moodycamel(queue_moodycamel *queue, uint64_t item)
{
    queue->enqueue(item);
}

static inline uint64_t get_moodycamel(queue_moodycamel *queue)
{
    uint64_t item = 0;
    queue->wait_dequeue(item);
    return item;
}

static inline void put_many_moodycamel(queue_moodycamel *queue,
                                       const uint64_t *items, size_t n)
{
    queue->enqueue_bulk(items, n);
}

static inline size_t get_many_moodycamel(queue_moodycamel *queue,
                                         uint64_t *items, size_t most)
{
    return queue->wait_dequeue_bulk(items, most);
}

/* The same with a token of each thread's for the queue that it puts to, and one
 * for the queue that it gets from: no thread uses more than these two. */
static thread_local std::optional<moodycamel::ProducerToken> put_token;
static thread_local std::optional<moodycamel::ConsumerToken> get_token;

static queue_tokens *open_queue_tokens(unsigned)
{
    return new queue_tokens;
}

static void close_queue_tokens(queue_tokens *queue)
{
    put_token.reset();
    get_token.reset();
    delete queue;
}

static inline moodycamel::ProducerToken &token_to_put(queue_tokens *queue)
{
    return put_token ? *put_token : put_token.emplace(*queue);
}

static inline moodycamel::ConsumerToken &token_to_get(queue_tokens *queue)
{
    return get_token ? *get_token : get_token.emplace(*queue);
}

static inline void put_tokens(queue_tokens *queue, uint64_t item)
{
    queue->enqueue(token_to_put(queue), item);
}

static inline uint64_t get_tokens(queue_tokens *queue)
{
    uint64_t item = 0;
    queue->wait_dequeue(token_to_get(queue), item);
    return item;
}

static queue_rwqueue *open_queue_rwqueue(unsigned)
{
    return new queue_rwqueue;
}

static inline void put_rwqueue(queue_rwqueue *queue, uint64_t item)
{
    queue->enqueue(item);
}

static inline uint64_t get_rwqueue(queue_rwqueue *queue)
{
    uint64_t item = 0;
    queue->wait_dequeue(item);
    return item;
}

static queue_rwbuffer *open_queue_rwbuffer(unsigned capacity)
{
    return new queue_rwbuffer(capacity);
}

static inline void put_rwbuffer(queue_rwbuffer *queue, uint64_t item)
{
    queue->wait_enqueue(item);
}

static inline uint64_t get_rwbuffer(queue_rwbuffer *queue)
{
    uint64_t item = 0;
    queue->wait_dequeue(item);
    return item;
}

/* ---- Boost ---- */

static queue_spsc *open_queue_spsc(unsigned capacity)
{
    return new queue_spsc(capacity);
}

static inline void put_spsc(queue_spsc *queue, uint64_t item)
{
    unsigned looks = 0;
    while (!queue->push(item))
        bench_relax(&looks);
}

static inline uint64_t get_spsc(queue_spsc *queue)
{
    uint64_t item = 0;
    unsigned looks = 0;
    while (!queue->pop(item))
        bench_relax(&looks);
    return item;
}

static queue_boost *open_queue_boost(unsigned capacity)
{
    return new queue_boost(capacity);
}

static inline void put_boost(queue_boost *queue, uint64_t item)
{
    unsigned looks = 0;
    while (!queue->bounded_push(item))
        bench_relax(&looks);
}

static inline uint64_t get_boost(queue_boost *queue)
{
    uint64_t item = 0;
    unsigned looks = 0;
    while (!queue->pop(item))
        bench_relax(&looks);
    return item;
}

/* ---- All ---- */

#define close_queue_tbb delete_queue
#define close_queue_moodycamel delete_queue
#define close_queue_rwqueue delete_queue
#define close_queue_rwbuffer delete_queue
#define close_queue_spsc delete_queue
#define close_queue_boost delete_queue

template <typename queue> static void delete_queue(queue *object)
{
    delete object;
}

#define PEER tbb
#include "queue_workloads.h"
#define PEER moodycamel
#include "queue_workloads.h"
#define PEER moodycamel
#include "queue_batches.h"
#define PEER tokens
#include "queue_workloads.h"
#define PEER rwqueue
#include "queue_workloads.h"
#define PEER rwbuffer
#include "queue_workloads.h"
#define PEER spsc
#include "queue_workloads.h"
#define PEER boost
#include "queue_workloads.h"

extern const bench_entrant bench_queue_tbb, bench_queue_moodycamel,
    bench_queue_tokens, bench_queue_rwqueue, bench_queue_rwbuffer,
    bench_queue_boost;

const bench_entrant bench_queue_tbb = {
    "oneTBB",
    BENCH_PEER,
    "shutdown, time-out",
    {alone_tbb, stream_tbb, stream_tbb, stream_tbb, stream_tbb, stream_tbb,
     stream_tbb, ping_pong_tbb, NULL, latency_tbb, latency_tbb}};
const bench_entrant bench_queue_moodycamel = {
    "moodycamel",
    BENCH_PEER,
    "bound, order, shutdown",
    {alone_moodycamel, NULL, NULL, NULL, stream_moodycamel, stream_moodycamel,
     stream_moodycamel, ping_pong_moodycamel, batches_moodycamel,
     latency_moodycamel, latency_moodycamel}};
const bench_entrant bench_queue_tokens = {
    "moody + tokens",
    BENCH_PEER,
    "bound, order, shutdown",
    {alone_tokens, NULL, NULL, NULL, stream_tokens, stream_tokens,
     stream_tokens, ping_pong_tokens, NULL, latency_tokens, latency_tokens}};
const bench_entrant bench_queue_rwqueue = {
    "rwqueue",
    BENCH_PEER,
    "bound, more than 2 threads",
    {alone_rwqueue, NULL, NULL, NULL, stream_rwqueue, NULL, NULL,
     ping_pong_rwqueue, NULL, latency_rwqueue, latency_rwqueue}};
const bench_entrant bench_queue_rwbuffer = {
    "rwbuffer",
    BENCH_PEER,
    "more than 2 threads",
    {alone_rwbuffer, stream_rwbuffer, NULL, NULL, NULL, NULL, NULL,
     ping_pong_rwbuffer, NULL, latency_rwbuffer, latency_rwbuffer}};
const bench_entrant bench_queue_boost = {
    "Boost",
    BENCH_REFERENCE,
    "blocking",
    {alone_spsc, stream_spsc, stream_boost, stream_boost, NULL, NULL, NULL,
     ping_pong_spsc, NULL, NULL, latency_spsc}};
