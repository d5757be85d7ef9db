/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_RUN_H
#define WEFT_TOUR_RUN_H

/* Runs a program's main in a process of its own and hears what its threads
 * print: when, and which thread. */

#include <weft.h>

/* One line that a thread printed. */
struct line {
    weft_duration time; /* since the run began */
    char thread[WEFT_NAME_SIZE];
    char *text; /* without its newline */
};

/* A run that has ended. */
struct run {
    struct line *lines; /* in the order of printing */
    size_t count;
    weft_duration duration;
    int status;     /* as waitpid tells */
    bool timed_out; /* was killed as it took too long */
};

/*
 * Forks and calls program() in the child, which then leaves by exit, so that
 * what happens at exit happens, and a crash harms nobody. Calls `heard` with
 * each line as it comes. Fills `run`, whose memory run_free frees; false with
 * errno: no child or no memory. To be called before this process has threads.
 */
bool run_program(int (*program)(void), weft_duration limit,
                 void (*heard)(const struct line *line), struct run *run);

void run_free(struct run *run);

/* Whether it ended by itself, with success; `text` says how it ended. */
bool run_succeeded(const struct run *run, char *text, size_t size);

#endif
