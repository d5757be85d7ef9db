/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_H
#define WEFT_TOUR_H

#include "section.h"

/* Runs these sections and says what was expected and what was seen; returns how
 * many differ. */
size_t tour_sections(const struct section *tour, size_t n);

struct tour_options {
    const char *directory; /* to be hashed at the end */
    size_t section;        /* only this one; 0: all, and the hash */
    bool list;             /* only say what there is */
    bool plain;            /* without colours */
};

/* Returns EXIT_SUCCESS if all was as expected. */
int tour(const struct tour_options *options);

#endif
