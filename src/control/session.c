/* SPDX-License-Identifier: MIT */

/*
 * The runs. What WEFT_CHECK asks for is done before the program's first line:
 * this process never gets there, but forks a child for each schedule, which
 * does, and looks at what became of it. A child costs a fork, and no exec.
 */

#include "session.h"

#include "search.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WRONG_USAGE = 2,
    FAILED_STATUS = 86, /* of a child that was ended for what it did */
    TAIL = 4096,        /* of the program's output, shown with a failure */
    DEPTH = 3           /* unless something else is asked for */
};
#define STALL WEFT_MS(100)

struct weft__session *weft__session;

static weft_duration began;
static int output; /* where the program's goes, unless it is shown */

/* ---- One run ---- */

_Noreturn void weft__control_fail(enum weft__outcome outcome)
{
    struct weft__session *session = weft__session;
    session->outcome = outcome;
    weft__control_explain();
    if (session->is_forked)
        weft__os_print_error(session->report, session->report_size);
    _exit(FAILED_STATUS);
}

static void forget_results(void)
{
    struct weft__session *session = weft__session;
    session->outcome = WEFT__RIGHT;
    session->outside = false;
    session->forks = false;
    session->steps = 0;
    session->decisions = 0;
    session->deviations_size = 0;
    session->report_size = 0;
    memset(session->players, 0,
           session->players_used * sizeof *session->players);
    session->players_used = 0;
    memset(session->shown, 0, sizeof session->shown);
    memset(session->uses, 0, sizeof session->uses);
    session->swerves_size = 0;
    session->names_size = 0;
    if (ftruncate(output, 0) != 0)
        weft__settings.shows_output = true;
}

static void become_the_program(void)
{
    unsetenv("WEFT_CHECK"); /* for what it executes itself */
    if (!weft__settings.shows_output) {
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
    }
    weft__control_start();
}

static void judge(int status)
{
    struct weft__session *session = weft__session;
    if (session->outcome != WEFT__RIGHT)
        return;
    if (WIFSIGNALED(status)) {
        session->outcome = WEFT__SIGNAL;
        session->status = WTERMSIG(status);
    } else if (WEXITSTATUS(status) != 0) {
        session->outcome = WEFT__EXIT_STATUS;
        session->status = WEXITSTATUS(status);
    }
}

enum weft__came_back weft__control_run(void)
{
    int status;
    forget_results();
    pid_t child = fork();
    if (child < 0) {
        perror("weft check: fork");
        exit(WRONG_USAGE);
    }
    if (child == 0) {
        become_the_program();
        return WEFT__AS_THE_PROGRAM;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    judge(status);
    return weft__session->outcome == WEFT__RIGHT ? WEFT__RAN_RIGHT
                                                 : WEFT__RAN_WRONG;
}

/* ---- All runs ---- */

static void show_output(void)
{
    char text[TAIL];
    off_t size = lseek(output, 0, SEEK_END);
    off_t from = size > TAIL ? size - TAIL : 0;
    ssize_t got = size > 0 ? pread(output, text, sizeof text, from) : 0;
    if (got <= 0)
        return;
    fprintf(stderr, "\nIts output%s:\n", from > 0 ? ", the end of it" : "");
    fwrite(text, 1, (size_t)got, stderr);
}

static void print_script(void)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->deviations_size; i++) {
        const struct weft__deviation *each = &session->deviations[i];
        fprintf(stderr, i > 0 ? "/" : "");
        if (each->player == WEFT__TIME)
            fprintf(stderr, "%u:t", each->decision);
        else
            fprintf(stderr, "%u:%u", each->decision, each->player);
    }
}

/* What else has to be as it was. */
static void print_options(bool has_seed, enum weft__scheduler scheduler)
{
    static const char *const names[] = {
        [WEFT__RANDOM] = "random", [WEFT__PRIORITIES] = "priorities"};
    const struct weft__session *session = weft__session;
    if (has_seed && scheduler != WEFT__MIXED)
        fprintf(stderr, " --scheduler %s", names[scheduler]);
    if (has_seed && scheduler != WEFT__RANDOM && session->depth != DEPTH)
        fprintf(stderr, " --depth %u", session->depth);
    if (session->stall != STALL)
        fprintf(stderr, " --stall %lld",
                (long long)(session->stall / WEFT_MS(1)));
    if (session->bears_misuse)
        fprintf(stderr, " --misuse");
    fprintf(stderr, " -- ...\n");
}

/* What to say for the same once more; `by` which scheduler the seed is. */
static void print_again(bool has_seed, uint64_t seed, enum weft__scheduler by)
{
    if (has_seed) {
        fprintf(stderr, "Again:     weft check --seed %llu",
                (unsigned long long)seed);
        print_options(true, by);
    }
    if (weft__session->deviations_size < 100) {
        fprintf(stderr, "This one:  weft check --schedule '");
        print_script();
        fprintf(stderr, "'");
        print_options(false, by);
    }
}

static void report(void)
{
    const struct weft__session *session = weft__session;
    bool failed = session->outcome == WEFT__EXIT_STATUS ||
                  session->outcome == WEFT__SIGNAL;
    if (!weft__settings.shows_output && failed)
        show_output(); /* says why, as a rule */
    weft__control_report();
    if (!weft__settings.shows_output && !failed)
        show_output();
    fprintf(stderr, "\n");
    if (session->outside)
        fprintf(stderr,
                "After step %llu %s was in a call that is not weft's, or "
                "computed for long. The\nothers went on meanwhile: from there "
                "on another run need not be the same.\n",
                (unsigned long long)session->outside_step,
                weft__player_at(session->outside_player)->name);
}

bool weft__control_has_time(void)
{
    return weft__os_clock() - began < weft__settings.most_time;
}

static void summarize(uint64_t ran, uint64_t outside, uint64_t steps,
                      bool is_all)
{
    if (is_all && ran == 1)
        fprintf(stderr, "weft check: the only schedule");
    else
        fprintf(stderr, "weft check: %s%llu schedule%s", is_all ? "all " : "",
                (unsigned long long)ran, ran == 1 ? "" : "s");
    fprintf(stderr, ", %llu steps: none wrong\n", (unsigned long long)steps);
    if (outside > 0)
        fprintf(stderr,
                "In %llu of them a thread was in a call that is not weft's, or "
                "computed for long:\nthe others went on meanwhile, and another "
                "run need not be the same.\n",
                (unsigned long long)outside);
}

/* True: in the child, which is to go on. */
static bool tell_failure(bool has_seed)
{
    uint64_t seed = weft__session->seed;
    enum weft__scheduler scheduler = weft__session->scheduler;
    if (weft__settings.shrinks && !weft__session->outside &&
        weft__control_shrink() == WEFT__AS_THE_PROGRAM)
        return true;
    report();
    print_again(has_seed, seed, scheduler);
    exit(EXIT_FAILURE);
}

/* Nobody had a choice. What forks has children that may have had one. */
static bool is_the_only_schedule(void)
{
    const struct weft__session *session = weft__session;
    return session->decisions == 0 && !session->outside && !session->forks;
}

/* The plain schedule, first: it tells how long a run is. */
static bool run_plain(void)
{
    struct weft__session *session = weft__session;
    enum weft__scheduler scheduler = session->scheduler;
    bool showed_output = weft__settings.shows_output;
    weft__settings.shows_output = false;
    session->scheduler = WEFT__REPLAY;
    switch (weft__control_run()) {
    case WEFT__AS_THE_PROGRAM:
        return true;
    case WEFT__RAN_WRONG:
        fprintf(stderr, "weft check: the plain schedule: %s\n",
                weft__control_outcome_name(session->outcome));
        return tell_failure(false);
    default:
        session->plain_decisions = session->decisions;
        session->scheduler = scheduler;
        weft__settings.shows_output = showed_output;
        if (is_the_only_schedule() && !showed_output) {
            summarize(1, 0, session->steps, true);
            exit(EXIT_SUCCESS);
        }
        return false;
    }
}

/* One schedule for each seed. */
static bool run_seeds(void)
{
    struct weft__session *session = weft__session;
    uint64_t outside = 0, steps = 0, i = 0;
    for (; i < weft__settings.schedules && weft__control_has_time(); i++) {
        switch (weft__control_run()) {
        case WEFT__AS_THE_PROGRAM:
            return true;
        case WEFT__RAN_WRONG:
            fprintf(stderr, "weft check: schedule %llu of %llu: %s\n",
                    (unsigned long long)i + 1,
                    (unsigned long long)weft__settings.schedules,
                    weft__control_outcome_name(session->outcome));
            return tell_failure(session->scheduler != WEFT__REPLAY);
        default:
            outside += session->outside;
            steps += session->steps;
            session->seed++;
        }
    }
    summarize(i, outside, steps, false);
    exit(EXIT_SUCCESS);
}

static bool run_all(void)
{
    struct weft__found found;
    switch (weft__control_search(weft__settings.schedules,
                                 weft__settings.preemptions, &found)) {
    case WEFT__AS_THE_PROGRAM:
        return true;
    case WEFT__RAN_WRONG:
        fprintf(stderr, "weft check: schedule %llu: %s\n",
                (unsigned long long)found.ran,
                weft__control_outcome_name(weft__session->outcome));
        return tell_failure(false);
    default:
        summarize(found.ran, found.outside, found.steps, found.is_all);
        exit(EXIT_SUCCESS);
    }
}

/* Results are compared between runs, and addresses with them: so all on one
 * processor, which is also the quickest way to hand over a turn. */
static void stay_on_one_processor(void)
{
    cpu_set_t set;
    int here = sched_getcpu();
    weft__session->processors = weft__os_processors();
    if (here < 0)
        return;
    CPU_ZERO(&set);
    CPU_SET((size_t)here, &set);
    sched_setaffinity(0, sizeof set, &set);
}

static void prepare(void)
{
    size_t size = sizeof *weft__session;
    int access = PROT_READ | PROT_WRITE, kind = MAP_SHARED | MAP_ANONYMOUS;
    /* No file goes with MAP_ANONYMOUS, which cppcheck does not know. */
    /* cppcheck-suppress invalidFunctionArg */
    void *shared = mmap(NULL, size, access, kind, -1, 0);
    if (shared == MAP_FAILED) {
        perror("weft check");
        exit(WRONG_USAGE);
    }
    weft__session = shared;
    began = weft__os_clock();
    weft__session->depth = DEPTH;
    weft__session->most_steps = 1000000;
    weft__session->most_time = WEFT_SECONDS(20);
    weft__session->stall = STALL;
    output = memfd_create("weft check", MFD_CLOEXEC);
    fcntl(output, F_SETFL, O_APPEND); /* as it is cut off after each run */
    stay_on_one_processor();
}

/* Before all other constructors of the library: none of what they make is to be
 * there in the process that only forks. */
__attribute__((constructor(101))) static void control_init(void)
{
    const char *wish = secure_getenv("WEFT_CHECK");
    char copy[65536];
    if (wish == NULL || *wish == '\0' || strlen(wish) >= sizeof copy)
        return;
    strcpy(copy, wish);
    prepare();
    if (!weft__control_parse(copy)) {
        fprintf(stderr, "weft check: WEFT_CHECK is wrong: %s\n", wish);
        exit(WRONG_USAGE);
    }
    if (weft__session->scheduler == WEFT__EXHAUSTIVE)
        run_all();
    else if (weft__session->scheduler == WEFT__REPLAY || !run_plain())
        run_seeds();
}
