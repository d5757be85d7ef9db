/* SPDX-License-Identifier: MIT */

/*
 * weft check: says what is to be done in WEFT_CHECK, and executes the program.
 * All else is the library's that the program is linked with, which needs to be
 * told of it by no more than that; see src/control/.
 */

#include "check.h"

#include "usage.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127, WISH_SIZE = 65536 };

static const char check_usage[] =
    "usage: weft check [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
    "\n"
    "Runs PROGRAM, which uses weft, many times, one thread at a time, each "
    "time "
    "with\n"
    "another schedule, and tells of the first that goes wrong: nobody can go "
    "on, a\n"
    "wrong call, an exit status other than 0, a crash, no end. The exit status "
    "is 1\n"
    "then, and 0 if none went wrong.\n"
    "\n"
    "  -n, --schedules N    at most so many (1000)\n"
    "      --for SECONDS    begin none after so long\n"
    "      --scheduler S    random, priorities, mixed (both in turn), or\n"
    "                       exhaustive\n"
    "      --depth N        priorities: they change N - 1 times (3)\n"
    "      --preemptions N  exhaustive: at most so many in a schedule (2)\n"
    "      --first N        the first seed (0)\n"
    "  -s, --seed N         this one alone, with the program's output\n"
    "      --schedule S     this schedule alone, as a report has it, likewise\n"
    "      --misuse         go on after a wrong call\n"
    "      --shrink         make that one shorter, too, without the output\n"
    "      --no-shrink      report what was found, not a shorter schedule\n"
    "      --steps N        no end is in sight after so many (1000000)\n"
    "      --seconds N      nor after so long, in one run (20)\n"
    "      --stall MS       a thread may be held up as long, so that "
    "deadlines\n"
    "                       of others pass (100)\n"
    "  -h, --help           show this text\n";

/* What WEFT_CHECK will be. */
static char wish[WISH_SIZE];
static size_t wish_size;

static bool add(const char *name, const char *value)
{
    size_t room = WISH_SIZE - wish_size;
    int length = snprintf(wish + wish_size, room, "%s%s=%s",
                          wish_size > 0 ? "," : "", name, value);
    if (length < 0 || (size_t)length >= room) {
        fprintf(stderr, "weft: the schedule is too long\n");
        return false;
    }
    wish_size += (size_t)length;
    return true;
}

static bool is_number(const char *text)
{
    return *text != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool add_number(const char *name, const char *value)
{
    if (is_number(value))
        return add(name, value);
    fprintf(stderr, "weft: '%s' is no number\n", value);
    return false;
}

static bool add_scheduler(const char *name)
{
    static const char *const names[] = {"random", "priorities", "mixed",
                                        "exhaustive"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return add("scheduler", name);
    fprintf(stderr, "weft: there is no scheduler '%s'\n", name);
    return false;
}

/* Whether what is found is to be made shorter. */
static enum { UNLESS_ALONE, ALWAYS, NEVER } shrinks;
static bool is_alone;

/* One run alone is for somebody to look at, unless it is to be shorter. */
static bool add_manner(void)
{
    bool shorter = shrinks == ALWAYS || (shrinks == UNLESS_ALONE && !is_alone);
    return add("shrink", shorter ? "1" : "0") &&
           (!is_alone || add("schedules", "1")) &&
           (!is_alone || shorter || add("output", "1"));
}

/* In the child. Addresses are the same each time, so that nothing that depends
 * on one keeps a seed from doing what it did; and symbols are looked up once,
 * not in each run, which is a sixth of a short one. */
static void execute(char **program, int met)
{
    char number[16];
    int random = personality(0xffffffff);
    snprintf(number, sizeof number, "%d", met);
    if (random != -1)
        personality((unsigned long)random | ADDR_NO_RANDOMIZE);
    setenv("LD_BIND_NOW", "1", 0);
    if (!add("met", number) || setenv("WEFT_CHECK", wish, 1) != 0)
        _exit(WRONG_USAGE);
    execvp(program[0], program);
    fprintf(stderr, "weft: %s: %s\n", program[0], strerror(errno));
    _exit(NOT_FOUND);
}

/* Whether the library wrote there, or all that might have are gone. */
static bool has_met_weft(int met)
{
    char byte;
    ssize_t got;
    while ((got = read(met, &byte, 1)) < 0 && errno == EINTR)
        continue;
    return got == 1;
}

static int run(char **program)
{
    int met[2], status;
    if (pipe2(met, 0) != 0 || fcntl(met[0], F_SETFD, FD_CLOEXEC) != 0) {
        perror("weft");
        return WRONG_USAGE;
    }
    pid_t child = fork();
    if (child == 0)
        execute(program, met[1]);
    close(met[1]);
    if (child < 0) {
        perror("weft");
        return WRONG_USAGE;
    }
    bool met_weft = has_met_weft(met[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFSIGNALED(status))
        return 128 + WTERMSIG(status);
    if (!met_weft && WEXITSTATUS(status) != NOT_FOUND) {
        fprintf(stderr, "weft: %s does not use weft: nothing was checked\n",
                program[0]);
        return WRONG_USAGE;
    }
    return WEXITSTATUS(status);
}

/* False: it was wrong, and told. */
static bool take_option(int option)
{
    switch (option) {
    case 'n':
        return add_number("schedules", optarg);
    case 'o':
        return add_number("for", optarg);
    case 'S':
        return add_scheduler(optarg);
    case 'd':
        return add_number("depth", optarg);
    case 'p':
        return add_number("preemptions", optarg);
    case 'f':
        return add_number("seed", optarg);
    case 's':
        is_alone = true;
        return add_number("seed", optarg);
    case 'e':
        is_alone = true;
        return add("schedule", optarg);
    case 'm':
        return add("misuse", "1");
    case 'r':
        shrinks = ALWAYS;
        return true;
    case 'k':
        shrinks = NEVER;
        return true;
    case 't':
        return add_number("steps", optarg);
    case 'l':
        return add_number("seconds", optarg);
    case 'w':
        return add_number("stall", optarg);
    default:
        (void)refuse(check_usage);
        return false;
    }
}

int check(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"schedules", required_argument, NULL, 'n'},
        {"for", required_argument, NULL, 'o'},
        {"scheduler", required_argument, NULL, 'S'},
        {"depth", required_argument, NULL, 'd'},
        {"preemptions", required_argument, NULL, 'p'},
        {"first", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 's'},
        {"schedule", required_argument, NULL, 'e'},
        {"misuse", no_argument, NULL, 'm'},
        {"shrink", no_argument, NULL, 'r'},
        {"no-shrink", no_argument, NULL, 'k'},
        {"steps", required_argument, NULL, 't'},
        {"seconds", required_argument, NULL, 'l'},
        {"stall", required_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "+n:s:h", long_options, NULL)) >=
           0) {
        if (option == 'h')
            return show(check_usage);
        if (!take_option(option))
            return WRONG_USAGE;
    }
    if (optind == argc)
        return refuse(check_usage);
    return add_manner() ? run(argv + optind) : WRONG_USAGE;
}
