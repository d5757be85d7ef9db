/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_SCREEN_H
#define WEFT_TOUR_SCREEN_H

/* What the tour looks like: on a terminal in colours, else as plain text. */

#include "run.h"

/* Looks at stdout; `plain` forbids colours, as does NO_COLOR in the
 * environment. */
void screen_init(bool plain);

/* What comes now, and which file it is. */
void screen_title(const char *title, const char *source);

/* When, who, what: as it happens. Threads get colours in the order in which
 * they print after a title. */
void screen_line(const struct line *line);

/* Text from elsewhere, up to a newline: without control characters, and no
 * wider than the terminal. */
void screen_text(const char *text);

/* A row for each thread, from its first line to its last. */
void screen_timeline(const struct run *run);

/* The table of what was promised, and what was seen. */
void screen_promises(void);
void screen_promise(bool kept, const char *promise, const char *seen);

void screen_verdict(bool good, const char *text);

#endif
