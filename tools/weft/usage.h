/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOOLS_USAGE_H
#define WEFT_TOOLS_USAGE_H

/* How to use it: asked for, or because something was wrong. */

enum { WRONG_USAGE = 2 }; /* an exit status */

/* On stdout; answers the exit status. */
int show(const char *text);

/* On stderr; answers WRONG_USAGE. */
int refuse(const char *text);

#endif
