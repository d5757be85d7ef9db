/* SPDX-License-Identifier: MIT */

/*
 * Each section is a program of examples/, compiled into the command with its
 * main renamed. What is expected of it is what the library promises on any
 * machine, however slow or busy: which lines, how often, and in which order
 * where there is one; never how soon.
 */

#include "section.h"

static const struct expectation creating_threads[] = {
    EACH("both workers start", "Worker # starting", 1, 2),
    EACH("both finish", "Worker # finished", 1, 2),
    BEFORE("the first starts, then it finishes", "Worker 1 starting",
           "Worker 1 finished"),
    BEFORE("so does the second", "Worker 2 starting", "Worker 2 finished"),
    BY("the first is a thread of its own", "Worker 1 *", "Worker 1"),
    BY("so is the second", "Worker 2 *", "Worker 2"),
};

static const struct expectation thread_subclass[] = {
    ONCE("it starts", "Custom Worker starting"),
    ONCE("it finishes", "Custom Worker finished"),
    BEFORE("the one after the other", "* starting", "* finished"),
    BY("its thread has its name", "*", "Custom Worker"),
};

static const struct expectation locks[] = {
    ONCE("4 threads count 10000 each, none is lost", "40000"),
    BY("main says so", "*", "MainThread"),
};

static const struct expectation shared_counter[] = {
    ONCE("10 threads count once each", "10"),
    BY("main says so", "*", "MainThread"),
};

static const struct expectation queue[] = {
    IN_ORDER("the 5 items come out as they went in", "Consumed: Item #", 0, 4),
    THREADS("one thread consumes them", "Consumed: *", 1, 1),
};

static const struct expectation daemon_threads[] = {
    SAID("the daemon runs", "Background task running", 1, SIZE_MAX),
    THREADS("it is one thread", "Background *", 1, 1),
    ONCE("main ends", "Main thread ending, daemon stops"),
    BEFORE("the daemon ran before that", "Background *", "Main thread *"),
};

static const struct expectation semaphore[] = {
    EACH("10 workers get to work", "Worker # working", 0, 9),
    EACH("all of them are done", "Worker # done", 0, 9),
    AHEAD("never more than 3 work at a time", "* working", "* done", 3),
    THREADS("each is a thread", "* working", 10, 10),
};

static const struct expectation thread_local_storage[] = {
    TIMES("each thread's own value is 1", "Thread local value: 1", 5),
    THREADS("they are 5 threads", "*", 5, 5),
};

static const struct expectation event[] = {
    ONCE("one thread waits", "Waiting for event..."),
    ONCE("another sets the event", "Setting event..."),
    ONCE("the first goes on", "Event received!"),
    BEFORE("not before the event is set", "Setting *", "Event received!"),
    BEFORE("it had waited for that", "Waiting *", "Event received!"),
    THREADS("they are two threads", "*", 2, 2),
};

static const struct expectation thread_pool[] = {
    ONCE("a task gets its arguments", "task1(6, 7) = 42"),
    ONCE("results come back", "task2() = hello from a worker"),
    BEFORE("in the order in which main asks", "task1*", "task2*"),
};

/* When a put is done, at most 5 items are in the queue, and 2 in the hands of
 * the consumers. */
static const struct expectation producer_consumer[] = {
    IN_ORDER("10 numbers are produced", "Produced: #", 0, 9),
    EACH("each is processed once", "Processed: #", 0, 9),
    AHEAD("at most 5 in the queue and 2 in work", "Produced: *", "Processed: *",
          7),
    BY("one thread produces", "Produced: *", "producer"),
    BY("others process", "Processed: *", "consumer ?"),
};

static const struct expectation cache[] = {
    ONCE("what was set is there", "alice = 30"),
    ONCE("what was not is not", "bob is not there"),
    ONCE("two threads miss a key, one computes it", "Computing answer"),
    TIMES("both get the value", "answer = 42", 2),
    BEFORE("once it is computed", "Computing answer", "answer = 42"),
    THREADS("they are two threads", "answer = *", 2, 2),
};

/* How much faster differs from machine to machine, and is not judged. */
static const struct expectation parallelism[] = {
    TIMES("one thread and many count the same primes",
          "Threads: *, primes: 78498, seconds: *", 2),
    ONCE("and how much faster they are (not judged)", "Speed-up: *"),
};

int section_01(void);
int section_02(void);
int section_03(void);
int section_04(void);
int section_05(void);
int section_06(void);
int section_07(void);
int section_08(void);
int section_09(void);
int section_10(void);
int section_11(void);
int section_12(void);
int section_13(void);

#define SECTION(number, title, name, expectations)             \
    {                                                          \
#number "  " title, "examples/" #number "_" name ".c", \
            section_##number, expectations,                    \
            sizeof(expectations) / sizeof(*(expectations))     \
    }

const struct section sections[] = {
    SECTION(01, "Creating threads", "creating_threads", creating_threads),
    SECTION(02, "Thread subclass", "thread_subclass", thread_subclass),
    SECTION(03, "Thread safety with locks", "locks", locks),
    SECTION(04, "Shared resources", "shared_counter", shared_counter),
    SECTION(05, "Thread communication with a queue", "queue", queue),
    SECTION(06, "Daemon threads", "daemon_threads", daemon_threads),
    SECTION(07, "A semaphore limits concurrency", "semaphore", semaphore),
    SECTION(08, "Thread-local storage", "thread_local", thread_local_storage),
    SECTION(09, "Events between threads", "event", event),
    SECTION(10, "A thread pool", "thread_pool", thread_pool),
    SECTION(11, "Producer and consumers", "producer_consumer",
            producer_consumer),
    SECTION(12, "Caching with locks", "cache", cache),
    SECTION(13, "No GIL: threads make it faster", "parallelism", parallelism),
};

const size_t n_sections = sizeof sections / sizeof *sections;
