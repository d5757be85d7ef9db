/* SPDX-License-Identifier: MIT */
#ifndef WEFT_VERSION_H
#define WEFT_VERSION_H

/* The version of weft, as compiled with and as run with. */

#include "base.h"

WEFT_BEGIN_DECLARATIONS

/* The version of these headers, for the preprocessor and for people. */
#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
#define WEFT_VERSION "0.1.0"

/* The version of the library that the program runs with: "0.1.0". Static
 * memory; never fails. */
WEFT_API const char *weft_version(void);

WEFT_END_DECLARATIONS

#endif
