/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOOLS_CHECK_H
#define WEFT_TOOLS_CHECK_H

/* weft check: runs a program under controlled schedules. Its exit status. */
int check(int argc, char **argv);

#endif
