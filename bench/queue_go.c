/* SPDX-License-Identifier: MIT */

/* The channels of Go, each sample in a process of its own: see
 * queue_channels.go, which takes the time. */

#include "queue.h"

#include "crew.h"
#include "harness.h"
#include "template.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the program prints. */
static void read_sample(FILE *program, bench_sample *sample)
{
    char wrong[8] = "";
    int fields = fscanf(program,
                        "%" SCNu64 " %" SCNd64 " %" SCNd64 " %" SCNd64
                        " %" SCNd64 " %" SCNd64 " %7s",
                        &sample->operations, &sample->wall, &sample->cpu,
                        &sample->p99_wait, &sample->p999_wait,
                        &sample->worst_wait, wrong);
    sample->wrong = fields != 7 || strcmp(wrong, "false") != 0;
}

static void run(bench_sample *sample, const char *workload)
{
    enum { LONGEST = 4096 };
    const bench_contest *contest = sample->contest;
    bool one_core = contest->placement == BENCH_ONE_CORE;
    char command[LONGEST];
    snprintf(command, sizeof command,
             "exec '%s' %s %u %u %u %u %" PRIu64 " %" PRId64 " %u",
             BENCH_QUEUE_GO, workload, one_core ? 1 : bench_processors(),
             contest->size, contest->putters,
             contest->threads - contest->putters, sample->operations,
             sample->length, contest->outside);
    FILE *program = popen(command, "r");
    if (program == NULL)
        abort();
    read_sample(program, sample);
    sample->wrong |= pclose(program) != 0;
}

static void alone_go(bench_sample *sample)
{
    run(sample, "alone");
}

static void stream_go(bench_sample *sample)
{
    run(sample, "stream");
}

static void ping_pong_go(bench_sample *sample)
{
    run(sample, "ping_pong");
}

static void latency_go(bench_sample *sample)
{
    sample->until_stopped = true;
    run(sample, "latency");
}

static const char lacks[] = "threads, queues without limit, change of bound";

const bench_entrant bench_queue_go = {"Go",
                                      BENCH_PEER,
                                      lacks,
                                      {
                                          [ALONE] = alone_go,
                                          [ONE_TO_ONE] = stream_go,
                                          [MANY] = stream_go,
                                          [MANY_TO_ONE] = stream_go,
                                      }};

/* Where it is threads that have to wake, goroutines need not: they are shown
 * for the eye. (Of a busy getter the processor time counts, which cannot be
 * told for a goroutine.) */
const bench_entrant bench_queue_go_waits = {"Go",
                                            BENCH_REFERENCE,
                                            lacks,
                                            {
                                                [PING_PONG] = ping_pong_go,
                                                [TRICKLE] = latency_go,
                                            }};
