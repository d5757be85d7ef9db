/* SPDX-License-Identifier: MIT */

/*
 * Random programs, one for each seed: see programs.h, and usage() below. Of a
 * program that fails, calls are left out, from the last to the first, as long
 * as it still fails: what is kept is a mask, so that a seed and a mask are a
 * program. Those that have failed once are in kept[] and run first.
 */

#include "programs.h"

#include <inttypes.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct kept {
    uint64_t seed, mask;
} kept[] = {
    {12, UINT64_MAX},
    {246, UINT64_MAX},
};

struct program {
    uint64_t seed;
    unsigned threads;
    size_t lengths[MOST_THREADS];
    struct call calls[MOST_THREADS][MOST_CALLS];
};

enum { ALONE_CALLS = MOST_THREADS * MOST_CALLS };
_Static_assert(ALONE_CALLS == 64, "a bit of the mask for each call");

static struct program running;
static uint64_t running_mask;

static uint64_t next_number(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Every other seed is a program of one thread. */
static void generate(struct program *program, uint64_t seed, uint64_t mask)
{
    uint64_t state = seed, bit = 1;
    program->seed = seed;
    program->threads =
        seed % 2 == 0 ? 1 : 2 + (unsigned)(next_number(&state) % 3);
    unsigned operations = program->threads == 1 ? alone_count : together_count;
    for (unsigned i = 0; i < MOST_THREADS; i++) {
        program->lengths[i] = 0;
        for (unsigned j = 0; j < MOST_CALLS; j++, bit <<= 1) {
            uint64_t number = next_number(&state);
            struct call call = {(unsigned char)(number % operations),
                                (unsigned char)(number >> 32),
                                (unsigned char)(number >> 40),
                                (unsigned char)(number >> 48)};
            if ((mask & bit) != 0)
                program->calls[i][program->lengths[i]++] = call;
        }
    }
}

/* A program of one thread has the calls of all. */
static size_t all_calls(const struct program *program, struct call *calls)
{
    size_t n = 0;
    for (unsigned i = 0; i < MOST_THREADS; i++)
        for (size_t j = 0; j < program->lengths[i]; j++)
            calls[n++] = program->calls[i][j];
    return n;
}

static void run(uint64_t seed, uint64_t mask)
{
    generate(&running, seed, mask);
    running_mask = mask;
    if (running.threads > 1) {
        run_together(running.calls, running.lengths, running.threads);
        return;
    }
    struct call calls[ALONE_CALLS];
    run_alone(calls, all_calls(&running, calls));
}

/* ---- Telling ---- */

static void tell_calls(const struct call *calls, size_t n,
                       const struct operation *operations)
{
    for (size_t i = 0; i < n; i++)
        fprintf(stderr, "  %s(%u, %u, %u)", operations[calls[i].operation].name,
                calls[i].one, calls[i].two, calls[i].three);
    fputc('\n', stderr);
}

static void tell_program(void)
{
    struct call calls[ALONE_CALLS];
    fprintf(stderr, "seed %" PRIu64 ", mask %#" PRIx64 ":\n", running.seed,
            running_mask);
    if (running.threads == 1)
        tell_calls(calls, all_calls(&running, calls), alone_operations);
    for (unsigned i = 0; i < running.threads && running.threads > 1; i++)
        tell_calls(running.calls[i], running.lengths[i], together_operations);
}

_Noreturn void fail_program(const char *file, int line, const char *what,
                            long got, long wanted)
{
    fprintf(stderr, "%s:%d: %s: %ld, not %ld\n", file, line, what, got, wanted);
    tell_program();
    abort();
}

/* ---- Shrinking ---- */

/* In a child, several times if chance has a say in it. */
static bool fails(uint64_t seed, uint64_t mask)
{
    for (int i = 0; i < (seed % 2 == 0 ? 1 : 50); i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            (void)!freopen("/dev/null", "w", stderr);
            run(seed, mask);
            _exit(EXIT_SUCCESS);
        }
        must(child > 0 && waitpid(child, &status, 0) == child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
            return true;
    }
    return false;
}

static void shrink(uint64_t seed, uint64_t mask)
{
    if (!fails(seed, mask)) {
        puts("it does not fail");
        return;
    }
    for (int bit = 63; bit >= 0; bit--) {
        uint64_t less = mask & ~(UINT64_C(1) << bit);
        if (less != mask && fails(seed, less))
            mask = less;
    }
    printf("{%" PRIu64 ", %#" PRIx64 "}\n", seed, mask);
    fflush(stdout);
    run(seed, mask);
}

/* ---- The whole ---- */

_Noreturn static void usage(void)
{
    fputs("programs [--count N] [--first SEED]: N programs from SEED on\n"
          "programs --seed SEED [--mask MASK] [--shrink 1]: one of them\n",
          stderr);
    exit(2);
}

int main(int argc, char **argv)
{
    uint64_t count = 300, first = 2, seed = 0, mask = UINT64_MAX;
    bool one = false, shrinking = false;
    for (int i = 1; i < argc; i += 2) {
        uint64_t number =
            i + 1 < argc ? strtoull(argv[i + 1], NULL, 0) : (usage(), 0U);
        if (strcmp(argv[i], "--count") == 0)
            count = number;
        else if (strcmp(argv[i], "--first") == 0)
            first = number;
        else if (strcmp(argv[i], "--seed") == 0)
            one = true, seed = number;
        else if (strcmp(argv[i], "--mask") == 0)
            mask = number;
        else if (strcmp(argv[i], "--shrink") == 0)
            shrinking = number != 0;
        else
            usage();
    }
    if (one) {
        (shrinking ? shrink : run)(seed, mask);
        return EXIT_SUCCESS;
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        run(kept[i].seed, kept[i].mask);
    for (uint64_t i = 0; i < count; i++)
        run(first + i, mask);
    printf("%" PRIu64 " programs\n", count);
    return EXIT_SUCCESS;
}
