/* SPDX-License-Identifier: MIT */

/*
 * What other programs do meanwhile: what all processors did, as the kernel
 * counts it in ticks, less what this process did. Too coarse for a sample, good
 * enough for a round.
 */

#include "noise.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static weft_duration all_busy(void)
{
    unsigned long long user = 0, nice = 0, system = 0, idle, wait, irq = 0,
                       softirq = 0, stolen = 0;
    FILE *file = fopen("/proc/stat", "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user,
               &nice, &system, &idle, &wait, &irq, &softirq, &stolen) != 8)
        user = nice = system = irq = softirq = stolen = 0;
    fclose(file);
    unsigned long long ticks = user + nice + system + irq + softirq + stolen;
    return (weft_duration)ticks * (1000000000 / sysconf(_SC_CLK_TCK));
}

bench_noise bench_listen(void)
{
    struct timespec own;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &own);
    return (bench_noise){.at = weft_monotonic(),
                         .busy = all_busy(),
                         .own = WEFT_SECONDS(own.tv_sec) + own.tv_nsec};
}

double bench_others(const bench_noise *since)
{
    bench_noise now = bench_listen();
    double all =
        (double)(now.at - since->at) * (double)sysconf(_SC_NPROCESSORS_ONLN);
    double others = (double)((now.busy - since->busy) - (now.own - since->own));
    return others > 0 && all > 0 ? others / all : 0;
}

void bench_await_calm(double share, weft_duration end)
{
    const struct timespec moment = {.tv_nsec = 300000000};
    bench_noise before;
    do {
        before = bench_listen();
        nanosleep(&moment, NULL);
    } while (bench_others(&before) > share && weft_monotonic() < end);
}
