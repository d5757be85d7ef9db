/* SPDX-License-Identifier: MIT */

/*
 * The real work at the end of the tour: examples/parallel_io.c runs in a child,
 * as the sections do, with its output in a temporary file.
 */

#include "hash.h"

#include "screen.h"
#include "verify.h"

#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int parallel_io(int argc, char **argv);

/* Of a tree that big sha256sum checks a sample alone. */
static const int64_t BIG = INT64_C(4) << 30;
enum { SAMPLE = 1000, SHOWN = 3, TEXT_SIZE = 128 };

static struct tree {
    size_t files;
    int64_t bytes;
} tree;

static int count_file(const char *path, const struct stat *status, int type,
                      struct FTW *place)
{
    (void)path;
    (void)place;
    if (type == FTW_F && S_ISREG(status->st_mode)) {
        tree.files++;
        tree.bytes += status->st_size;
    }
    return 0;
}

/* Returns the exit status, or -1. */
static int run_parallel_io(const char *directory, FILE *out)
{
    char name[] = "weft", *path = strdup(directory);
    fflush(stdout);
    pid_t child = path != NULL ? fork() : -1;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        stdout = out;
        exit(parallel_io(2, (char *[]){name, path, NULL}));
    }
    free(path);
    return child > 0 ? wait_for_exit(child) : -1;
}

/* Prints the first lines and returns how many there are. */
static size_t show_lines(FILE *out)
{
    char *text = NULL;
    size_t size = 0, count = 0;
    rewind(out);
    while (getline(&text, &size, out) >= 0)
        if (count++ < SHOWN)
            screen_text(text);
    if (count > SHOWN)
        printf("  ... and %zu more\n", count - SHOWN);
    free(text);
    return count;
}

static void show_speed(size_t lines, weft_duration duration)
{
    double seconds = (double)duration / 1e9;
    double mebibytes = (double)tree.bytes / (1 << 20);
    printf("\n  %zu files, %.1f MiB in %.2f s on %ld processors: "
           "%.0f files and %.1f MiB a second\n",
           lines, mebibytes, seconds, sysconf(_SC_NPROCESSORS_ONLN),
           (double)lines / seconds, mebibytes / seconds);
}

static bool is_complete(int status, size_t lines)
{
    char seen[TEXT_SIZE];
    const char *rest = status == 0 ? "" : "; the others cannot be read";
    bool complete =
        status == 0 ? lines == tree.files : status == 1 && lines < tree.files;
    snprintf(seen, sizeof seen, "%zu of %zu%s", lines, tree.files, rest);
    screen_promise(complete, "every file is hashed", seen);
    return complete;
}

static bool is_same(const struct verification *sum, weft_duration duration)
{
    char seen[TEXT_SIZE];
    if (!sum->possible)
        snprintf(seen, sizeof seen, "not asked, as it is not installed");
    else if (sum->difference > 0)
        snprintf(seen, sizeof seen, "line %zu differs", sum->difference);
    else if (sum->most == SAMPLE)
        snprintf(seen, sizeof seen, "in the first %d lines", SAMPLE);
    else
        snprintf(seen, sizeof seen,
                 "to the byte, in %.2f s: %.1f times as long",
                 (double)sum->duration / 1e9,
                 (double)sum->duration / (double)duration);
    screen_promise(sum->difference == 0, "sha256sum prints the same", seen);
    return sum->difference == 0;
}

bool hash_directory(const char *directory)
{
    char title[TEXT_SIZE];
    snprintf(title, sizeof title, "The real work: SHA-256 of all of %.80s",
             directory);
    screen_title(title, "examples/parallel_io.c");
    FILE *out = tmpfile();
    if (out == NULL) {
        perror("weft: no temporary file");
        return false;
    }
    tree = (struct tree){.files = 0};
    nftw(directory, count_file, 64, FTW_PHYS);
    weft_duration began = weft_monotonic();
    int status = run_parallel_io(directory, out);
    weft_duration duration = weft_monotonic() - began;
    size_t lines = show_lines(out);
    show_speed(lines, duration);
    printf("  Now sha256sum does the same, one file after another.\n");
    size_t most = tree.bytes > BIG && lines > SAMPLE ? SAMPLE : SIZE_MAX;
    struct verification sum = verify(directory, out, most);
    screen_promises();
    bool complete = is_complete(status, lines);
    bool same = is_same(&sum, duration);
    screen_verdict(complete && same,
                   complete && same ? "as expected" : "NOT as expected");
    fclose(out);
    return complete && same;
}
