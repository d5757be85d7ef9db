/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_SECTION_H
#define WEFT_TOUR_SECTION_H

/* The sections of the tour: the programs in examples/, and what they promise.
 */

#include "expectation.h"

struct section {
    const char *title;
    const char *source;
    int (*program)(void); /* its main */
    const struct expectation *expectations;
    size_t n_expectations;
};

/* In the order of the tutorial; section 1 is the first. */
extern const struct section sections[];
extern const size_t n_sections;

#endif
