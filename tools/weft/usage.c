/* SPDX-License-Identifier: MIT */

/* Shows how to use the command. */

#include "usage.h"

#include <stdio.h>
#include <stdlib.h>

int show(const char *text)
{
    fputs(text, stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int refuse(const char *text)
{
    fputs(text, stderr);
    return WRONG_USAGE;
}
