/* SPDX-License-Identifier: MIT */

/* The weft command: finds out what is wanted. */

#include "check.h"
#include "tour.h"
#include "usage.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] = "usage: weft [--help] [--version] COMMAND ...\n"
                            "\n"
                            "Commands:\n"
                            "  tour   run the threading tutorial, live, then a "
                            "real parallel job\n"
                            "  check  run a program under many schedules, to "
                            "find one that is wrong\n"
                            "\n"
                            "`weft COMMAND --help` tells more about one.\n";

static const char tour_usage[] =
    "usage: weft tour [OPTION]... [DIRECTORY]\n"
    "\n"
    "Runs each section of the threading tutorial and shows what its threads "
    "do\n"
    "as they do it, what was expected and what was seen. Then hashes all "
    "files\n"
    "below DIRECTORY (by default /usr/share) in parallel and compares with\n"
    "sha256sum. The exit status is 1 if anything was not as expected.\n"
    "\n"
    "  -l, --list         only list the sections\n"
    "  -s, --section N    run section N alone\n"
    "  -n, --no-color     plain text, as with NO_COLOR in the environment\n"
    "  -h, --help         show this text\n";

/* The number of a section, or 0 if it is none. */
static size_t parse_section(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    return *end == '\0' && number <= n_sections ? number : 0;
}

/* The absolute path of a directory, to be freed; NULL: it is none. */
static char *find_directory(const char *path)
{
    struct stat status;
    char *directory = realpath(path, NULL);
    if (directory != NULL && stat(directory, &status) == 0) {
        if (S_ISDIR(status.st_mode))
            return directory;
        errno = ENOTDIR;
    }
    fprintf(stderr, "weft: %s: %s\n", path, strerror(errno));
    free(directory);
    return NULL;
}

static int tour_directory(struct tour_options *options, const char *path)
{
    char *directory = find_directory(path);
    if (directory == NULL)
        return WRONG_USAGE;
    options->directory = directory;
    int status = tour(options);
    free(directory);
    return status;
}

static int tour_command(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"list", no_argument, NULL, 'l'},
        {"section", required_argument, NULL, 's'},
        {"no-color", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    struct tour_options options = {.section = 0};
    int option;
    while ((option = getopt_long(argc, argv, "ls:nh", long_options, NULL)) >=
           0) {
        switch (option) {
        case 'l':
            options.list = true;
            break;
        case 's':
            options.section = parse_section(optarg);
            if (options.section > 0)
                break;
            fprintf(stderr, "weft: there is no section '%s'\n", optarg);
            return WRONG_USAGE;
        case 'n':
            options.plain = true;
            break;
        case 'h':
            return show(tour_usage);
        default:
            return refuse(tour_usage);
        }
    }
    if (argc - optind > 1)
        return refuse(tour_usage);
    return tour_directory(&options,
                          optind < argc ? argv[optind] : "/usr/share");
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 ||
        strcmp(command, "help") == 0)
        return show(usage);
    if (strcmp(command, "--version") == 0 || strcmp(command, "-V") == 0)
        return show("weft " WEFT_VERSION "\n");
    if (strcmp(command, "tour") == 0) {
        argv[1] = argv[0];
        return tour_command(argc - 1, argv + 1);
    }
    if (strcmp(command, "check") == 0) {
        argv[1] = argv[0];
        return check(argc - 1, argv + 1);
    }
    if (*command != '\0')
        fprintf(stderr, "weft: there is no command '%s'\n", command);
    return refuse(usage);
}
