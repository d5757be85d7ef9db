/* SPDX-License-Identifier: MIT */
#ifndef WEFT_MODEL_CLIENT_FD_H
#define WEFT_MODEL_CLIENT_FD_H

/* For clients with a descriptor of weft's: is it readable? */

#include <stdbool.h>

bool client_is_up(int descriptor);

#endif
