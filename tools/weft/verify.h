/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_VERIFY_H
#define WEFT_TOUR_VERIFY_H

#include <stdio.h>
#include <sys/types.h>
#include <weft.h>

/* Compares what parallel_io printed about a directory with what find, sort and
 * sha256sum print. */
struct verification {
    bool possible;          /* sha256sum is there */
    size_t difference;      /* the first line that differs, from 1; 0: none */
    weft_duration duration; /* of find, sort and sha256sum */
};

/* Compares the first `most` lines; SIZE_MAX: all, and that there are not more.
 * False with errno: it could not be run. Forks, as hash_directory does. */
bool verify(const char *directory, FILE *ours, size_t most,
            struct verification *verification);

/* Waits until the child has ended: its exit status, or -1. */
int wait_for_exit(pid_t child);

#endif
