/* SPDX-License-Identifier: MIT */

/*
 * A program of one thread (see ../programs/programs.h) from any bytes: four are
 * a call, its operation and its arguments. What libFuzzer calls; replay.c calls
 * it with bytes of its own.
 */

#include "programs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 128 };

static struct call calls[MOST];
static size_t n;

_Noreturn void fail_program(const char *file, int line, const char *what,
                            long got, long wanted)
{
    fprintf(stderr, "%s:%d: %s: %ld, not %ld\n", file, line, what, got, wanted);
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "  %s(%u, %u, %u)",
                alone_operations[calls[i].operation % alone_count].name,
                calls[i].one, calls[i].two, calls[i].three);
    fputc('\n', stderr);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (n = 0; n < MOST && 4 * n + 3 < size; n++)
        calls[n] = (struct call){data[4 * n], data[4 * n + 1], data[4 * n + 2],
                                 data[4 * n + 3]};
    run_alone(calls, n);
    return 0;
}
