/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_VERIFY_H
#define WEFT_TOUR_VERIFY_H

#include <stdio.h>
#include <sys/types.h>
#include <weft.h>

/* How what parallel_io printed about a directory compares with what find, sort
 * and sha256sum print. */
struct verification {
    bool possible;          /* false: there is no sha256sum */
    size_t most;            /* how many lines were compared, at most */
    size_t difference;      /* the first line that differs, from 1; 0: none */
    weft_duration duration; /* of find, sort and sha256sum */
};

/* Compares the first `most` lines; SIZE_MAX: all, and that there are not more.
 * Forks, as hash_directory does. */
struct verification verify(const char *directory, FILE *ours, size_t most);

/* Waits until the child has ended: its exit status, or -1. */
int wait_for_exit(pid_t child);

#endif
