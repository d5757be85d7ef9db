/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_HASH_H
#define WEFT_TOUR_HASH_H

#include <stdbool.h>

/* Hashes all files below the directory with examples/parallel_io.c, shows how
 * fast that was, and compares with sha256sum: false if they differ. Forks, so
 * this process must have no threads yet. */
bool hash_directory(const char *directory);

#endif
