/* SPDX-License-Identifier: MIT */

/*
 * The storm: every part of weft at once, while everything fails that can. See
 * usage() below. What is watched: each crew gets on; memory, descriptors and
 * threads do not grow after a while; in the end nothing is left. Replaying a
 * seed gives each thread the same dice, though not the same schedule.
 */

#include "storm.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct crew crews[] = {
    {"locks", locks_round},     {"conditions", conditions_round},
    {"permits", permits_round}, {"meetings", meetings_round},
    {"queues", queues_round},   {"selects", selects_round},
    {"pools", pools_round},     {"loops", loops_round},
    {"cache", cache_round},     {"threads", threads_round},
    {"timers", timers_round},   {"signals", signals_round},
    {"forks", forks_round},
};
enum { CREWS = sizeof crews / sizeof *crews };

enum { TICKS = 10 /* in a second */, PATIENCE = 120 * TICKS };
/* For watching what grows. */
enum {
    LONG = 60 /* seconds */,
    SOME_KILOBYTES = SANITIZED ? 512 << 10 : 32 << 10
};

static struct options {
    unsigned seconds, progress;
    uint64_t seed;
    const char *only; /* this crew, or all */
} options = {.seconds = 3, .progress = 3600, .seed = 1};

static atomic_bool finished;
static atomic_ulong rounds[CREWS];

/* ---- What storm.h promises ---- */

struct dice dice_of(uint64_t seed)
{
    struct dice dice = {(seed + 1) * UINT64_C(0x9e3779b97f4a7c15)};
    (void)next_number(&dice);
    return dice;
}

uint64_t next_number(struct dice *dice)
{
    uint64_t x = dice->state == 0 ? 1 : dice->state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    dice->state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

unsigned roll(struct dice *dice, unsigned n)
{
    return (unsigned)((next_number(dice) >> 33) % n);
}

weft_duration short_while(struct dice *dice)
{
    unsigned length = roll(dice, 9);
    return length == 0 ? 0 : WEFT_NS(400) << length;
}

static void tell_who_waits(void)
{
    static weft_thread_info infos[256];
    size_t n = weft_enumerate(infos, 256);
    for (size_t i = 0; i < n && i < 256; i++)
        fprintf(stderr, "  %s (%ld): %s %p\n", infos[i].name,
                infos[i].native_id,
                infos[i].waits_for != NULL ? infos[i].waits_for : "runs",
                infos[i].waits_on);
}

_Noreturn void fail_storm(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: does not hold: %s\nseed %llu; threads:\n", file,
            line, what, (unsigned long long)options.seed);
    tell_who_waits();
    abort();
}

/* ---- Teams ---- */

static void *work(void *arg)
{
    member *self = arg;
    self->work(self);
    return NULL;
}

void start_surely(weft_thread *thread)
{
    weft_status status;
    while ((status = weft_thread_start(thread)) == WEFT_NO_THREADS)
        weft_sleep(WEFT_US(50));
    must(status == WEFT_OK);
}

void start_team(member *members, unsigned n, void (*work_)(member *), void *job,
                struct dice *dice)
{
    must(n <= MOST_MEMBERS);
    for (unsigned i = 0; i < n; i++) {
        members[i] = (member){
            .work = work_,
            .job = job,
            .index = i,
            .dice = dice_of(next_number(dice)),
        };
        members[i].thread = (weft_thread)WEFT_THREAD(work, &members[i]);
        start_surely(&members[i].thread);
    }
}

void join_team(member *members, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        must(weft_thread_join(&members[i].thread) == WEFT_OK);
}

void run_team(unsigned n, void (*work_)(member *), void *job, struct dice *dice)
{
    member members[MOST_MEMBERS];
    start_team(members, n, work_, job, dice);
    join_team(members, n);
}

/* ---- Leaders: one for each crew, who have it make round after round ---- */

static void lead(member *self)
{
    const struct crew *crew = self->job;
    do {
        crew->round(&self->dice);
        rounds[crew - crews]++;
    } while (!finished);
}

static void start_leaders(member *leaders, struct dice *dice)
{
    for (int i = 0; i < CREWS; i++) {
        bool wanted =
            options.only == NULL || strcmp(options.only, crews[i].name) == 0;
        leaders[i] = (member){.work = lead, .dice = dice_of(next_number(dice))};
        leaders[i].job = (void *)(uintptr_t)(wanted ? &crews[i] : NULL);
        leaders[i].thread =
            (weft_thread)WEFT_THREAD(work, &leaders[i], .name = crews[i].name);
        if (wanted)
            start_surely(&leaders[i].thread);
    }
}

/* ---- Watching ---- */

struct usage {
    long kilobytes, descriptors, allocations;
    size_t threads;
};

static long count_descriptors(void)
{
    long n = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL)
        return 0;
    while (readdir(directory) != NULL)
        n++;
    closedir(directory);
    return n - 3; /* ".", "..", and the directory */
}

static long count_kilobytes(void)
{
    char line[128];
    long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %ld", &kilobytes) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kilobytes;
}

static struct usage usage_now(void)
{
    return (struct usage){count_kilobytes(), count_descriptors(),
                          live_allocations(), weft_active_count()};
}

static void raise_to(struct usage *most, struct usage now)
{
    if (now.kilobytes > most->kilobytes)
        most->kilobytes = now.kilobytes;
    if (now.descriptors > most->descriptors)
        most->descriptors = now.descriptors;
    if (now.allocations > most->allocations)
        most->allocations = now.allocations;
    if (now.threads > most->threads)
        most->threads = now.threads;
}

/* What is more than half as much again as ever in the first part, and some,
 * has grown. Address sanitizer keeps 256 MiB of what was freed. */
static void must_not_grow(struct usage warm, struct usage now)
{
    must(now.kilobytes < warm.kilobytes * 3 / 2 + SOME_KILOBYTES);
    must(now.descriptors < warm.descriptors * 3 / 2 + 16);
    must(now.allocations < warm.allocations * 3 / 2 + 2000);
    must(now.threads < warm.threads * 3 / 2 + 32);
}

static void tell(weft_duration passed, struct usage now)
{
    unsigned long all = 0;
    for (int i = 0; i < CREWS; i++)
        all += rounds[i];
    printf("%6.0f s %9lu rounds %7ld KiB %4ld fds %6ld blocks %4zu threads;",
           (double)passed / 1e9, all, now.kilobytes, now.descriptors,
           now.allocations, now.threads);
    for (int i = 0; i < FAULTS; i++)
        printf(" %s %lu", fault_names[i], fault_count((enum fault)i));
    putchar('\n');
    fflush(stdout);
}

/* Counts in ticks, which stand still while the whole process does. */
static void see_that_all_get_on(void)
{
    static unsigned long before[CREWS];
    static int still[CREWS];
    for (int i = 0; i < CREWS; i++) {
        bool same = rounds[i] == before[i];
        before[i] = rounds[i];
        still[i] =
            same && (options.only == NULL || rounds[i] > 0) ? still[i] + 1 : 0;
        if (still[i] >= PATIENCE)
            fail_storm(crews[i].name, 0, "the crew gets on");
    }
}

/* The first fifth is for warming up, where there is time for that. */
static void watch(struct dice *dice)
{
    const struct timespec tick = {0, 1000000000 / TICKS};
    const weft_duration begin = weft_monotonic();
    const weft_duration length = WEFT_SECONDS(options.seconds);
    weft_duration passed = 0, told = 0;
    const bool long_enough = options.seconds >= LONG;
    struct usage warm = {0}, most = {0};
    while (passed < length) {
        change_weather(dice);
        nanosleep(&tick, NULL);
        see_that_all_get_on();
        passed = weft_monotonic() - begin;
        struct usage now = usage_now();
        raise_to(&most, now);
        if (passed < length / 5)
            raise_to(&warm, now);
        else if (long_enough)
            must_not_grow(warm, now);
        if (passed - told >= WEFT_SECONDS(options.progress)) {
            told = passed;
            tell(passed, now);
        }
    }
    printf("at most:\n");
    tell(passed, most);
    calm_weather();
}

/* ---- The whole ---- */

_Noreturn static void report_misuse(const weft_misuse *misuse)
{
    fail_storm(misuse->function, 0, misuse->text);
}

static void run_storm(void)
{
    member leaders[CREWS];
    struct dice dice = dice_of(options.seed);
    weft_set_misuse_handler(report_misuse);
    struct usage before = usage_now();
    start_leaders(leaders, &dice);
    watch(&dice);
    finished = true;
    for (int i = 0; i < CREWS; i++) {
        if (leaders[i].job == NULL)
            continue;
        must(weft_thread_join(&leaders[i].thread) == WEFT_OK);
        printf("%s: %lu rounds\n", crews[i].name, rounds[i]);
        must(rounds[i] > 0);
    }
    struct usage after = usage_now();
    printf("left: %ld descriptors, %ld blocks\n",
           after.descriptors - before.descriptors,
           after.allocations - before.allocations);
    must(after.descriptors == before.descriptors);
    must(after.allocations <= before.allocations + 200);
}

static void usage_exit(void)
{
    fputs("storm [--seconds N] [--progress N] [--seed N] [--only CREW]\n"
          "      [--faults all|none|LIST]: of memory, threads, waits, delays,\n"
          "      signals, forks, with commas between them\n",
          stderr);
    exit(2);
}

static void allow_faults(const char *list)
{
    for (int i = 0; i < FAULTS; i++)
        if (strcmp(list, "all") == 0 || strstr(list, fault_names[i]) != NULL)
            allow_fault((enum fault)i);
}

int main(int argc, char **argv)
{
    const char *faults = "all";
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 < argc && strcmp(argv[i], "--seconds") == 0)
            options.seconds = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--progress") == 0)
            options.progress = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--seed") == 0)
            options.seed = strtoull(argv[i + 1], NULL, 10);
        else if (i + 1 < argc && strcmp(argv[i], "--only") == 0)
            options.only = argv[i + 1];
        else if (i + 1 < argc && strcmp(argv[i], "--faults") == 0)
            faults = argv[i + 1];
        else
            usage_exit();
    }
    allow_faults(faults);
    run_storm();
    return EXIT_SUCCESS;
}
