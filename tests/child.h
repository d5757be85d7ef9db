/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_CHILD_H
#define WEFT_TESTS_CHILD_H

/* Runs a piece of a test in a process of its own: for exit, fork, signals. */

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* As ck_assert, for a child of a process with several threads, one of which may
 * have held a lock of the test framework when it forked. */
#define require(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            _exit(EXIT_FAILURE);                                            \
        }                                                                   \
    } while (0)

/* Says something to the parent; small writes to a pipe stay whole. */
static inline void say(const char *text)
{
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    require(written == (ssize_t)strlen(text));
}

static inline void read_all_(int fd, char *text, size_t size)
{
    size_t length = 0;
    ssize_t got;
    do {
        got = read(fd, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    } while (got > 0 && length < size - 1);
    text[length] = '\0';
}

/* Runs body() in a child, which then leaves by exit(0). Returns how it ended,
 * as waitpid tells, and what it said. */
static inline int run_child(void (*body)(void), char *said, size_t size)
{
    int ends[2], status;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        body();
        exit(EXIT_SUCCESS);
    }
    ck_assert_int_gt(child, 0);
    close(ends[1]);
    read_all_(ends[0], said, size);
    close(ends[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return status;
}

/* The child says exactly this and ends by exit(code). */
#define assert_child(body, text, code)                                        \
    do {                                                                      \
        char said_[4096];                                                     \
        int status_ = run_child((body), said_, sizeof said_);                 \
        ck_assert_str_eq(said_, (text));                                      \
        ck_assert_msg(WIFEXITED(status_), "killed by %d", WTERMSIG(status_)); \
        ck_assert_int_eq(WEXITSTATUS(status_), (code));                       \
    } while (0)

#endif
