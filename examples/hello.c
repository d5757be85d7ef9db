/* SPDX-License-Identifier: MIT */

/* The smallest program: a thread that owns itself. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static void *greet(void *arg)
{
    printf("%s from a thread\n", (const char *)arg);
    return NULL;
}

int main(void)
{
    printf("weft %s\n", weft_version());
    if (weft_spawn(greet, "Hello", .name = "greeter") != WEFT_OK)
        return EXIT_FAILURE;
    return EXIT_SUCCESS; /* the end of the program waits for the thread */
}
