/* SPDX-License-Identifier: MIT */

/* A child that waits for itself, and a parent that looks at its status. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft.h>

enum { FOUND_WRONG = 86 };

static weft_lock lock;

int main(void)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        weft_lock_acquire(&lock);
        weft_lock_acquire(&lock);
        _exit(EXIT_SUCCESS);
    }
    return child > 0 && waitpid(child, &status, 0) == child &&
                   WIFEXITED(status) && WEXITSTATUS(status) == FOUND_WRONG
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
