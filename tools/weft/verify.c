/* SPDX-License-Identifier: MIT */

/* Has sha256sum hash the same files, one after another, and compares. */

#include "verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NO_SUCH_COMMAND = 127 }; /* as the shell says it */

int wait_for_exit(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What cannot be read is not our business: parallel_io has said so. */
static _Noreturn void become_sha256sum(const char *directory, size_t most,
                                       int out)
{
    char number[32];
    snprintf(number, sizeof number, "%zu", most < INT64_MAX ? most : INT64_MAX);
    dup2(out, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    execl("/bin/sh", "sh", "-c",
          "command -v sha256sum >/dev/null || exit 127\n"
          "find \"$1\" -type f -print0 | LC_ALL=C sort -z |\n"
          "head -z -n \"$2\" | xargs -0 -r sha256sum",
          "sh", directory, number, (char *)NULL);
    _exit(NO_SUCH_COMMAND);
}

/* Of the first `most` lines the first that differs, from 1; 0: none. */
static size_t find_difference(FILE *ours, FILE *theirs, size_t most)
{
    char *our = NULL, *their = NULL;
    size_t our_size = 0, their_size = 0, difference = 0;
    for (size_t i = 0; i < most && difference == 0; i++) {
        ssize_t our_length = getline(&our, &our_size, ours);
        ssize_t their_length = getline(&their, &their_size, theirs);
        if (our_length < 0 && their_length < 0)
            break;
        if (our_length != their_length ||
            memcmp(our, their, (size_t)our_length) != 0)
            difference = i + 1;
    }
    free(our);
    free(their);
    return difference;
}

struct verification verify(const char *directory, FILE *ours, size_t most)
{
    struct verification verification = {.possible = true, .most = most};
    FILE *theirs = tmpfile();
    weft_duration began = weft_monotonic();
    pid_t child = theirs != NULL ? fork() : -1;
    if (child == 0)
        become_sha256sum(directory, most, fileno(theirs));
    if (child < 0) {
        perror("weft: cannot run sha256sum");
        verification.difference = 1;
    } else if (wait_for_exit(child) == NO_SUCH_COMMAND) {
        verification.possible = false;
    } else {
        rewind(ours);
        rewind(theirs);
        verification.difference = find_difference(ours, theirs, most);
    }
    verification.duration = weft_monotonic() - began;
    if (theirs != NULL)
        fclose(theirs);
    return verification;
}
