/* SPDX-License-Identifier: MIT */

/* Colours only where they are wanted: https://no-color.org. */

#include "screen.h"

#include <ctype.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { MOST_THREADS = 64, NAME_WIDTH = 16, PROMISE_WIDTH = 48 };

static bool coloured;
static int columns = 80;
static int text_columns = INT_MAX;
static const char *mark = "o", *dash = "-", *tick = "ok", *cross = "NO";

/* The threads met so far, in the order of their first line. */
static char names[MOST_THREADS][WEFT_NAME_SIZE];
static size_t n_names;

static void look_at_terminal(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        columns = text_columns = size.ws_col;
    if (columns < 50)
        columns = 50;
    if (columns > 120)
        columns = 120;
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) {
        mark = "●";
        dash = "─";
        tick = "✓";
        cross = "✗";
    }
}

void screen_init(bool plain)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!isatty(STDOUT_FILENO))
        return;
    look_at_terminal();
    coloured = !plain && (no_color == NULL || *no_color == '\0') &&
               (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

/* What begins a colour and ends all; "" where there are none. */
static const char *begin(const char *sequence)
{
    return coloured ? sequence : "";
}

static const char *end(void)
{
    return begin("\033[0m");
}

static const char *colour_of(size_t thread)
{
    static const char *const palette[] = {
        "\033[36m", "\033[33m", "\033[35m", "\033[32m", "\033[34m",
        "\033[96m", "\033[93m", "\033[95m", "\033[92m", "\033[94m"};
    return begin(palette[thread % (sizeof palette / sizeof *palette)]);
}

/* The thread's number; those past the last place share it. */
static size_t find_thread(const char *name)
{
    size_t i = 0;
    while (i < n_names && strcmp(names[i], name) != 0)
        i++;
    if (i == n_names && n_names < MOST_THREADS)
        strcpy(names[n_names++], name);
    return i < MOST_THREADS ? i : MOST_THREADS - 1;
}

static void print_name(size_t thread)
{
    printf("%s%-*.*s%s", colour_of(thread), NAME_WIDTH, NAME_WIDTH,
           names[thread], end());
}

void screen_title(const char *title, const char *source)
{
    n_names = 0;
    int space = columns - (int)strlen(title) - (int)strlen(source);
    printf("\n%s%s%s%*s%s%s%s\n", begin("\033[1m"), title, end(),
           space > 2 ? space : 2, "", begin("\033[2m"), source, end());
}

void screen_line(const struct line *line)
{
    printf("  %8.3f s  ", (double)line->time / 1e9);
    print_name(find_thread(line->thread));
    printf("  %s\n", line->text);
}

void screen_text(const char *text)
{
    fputs("  ", stdout);
    for (int i = 2; i < text_columns && *text != '\n' && *text != '\0'; i++) {
        putchar(iscntrl((unsigned char)*text) ? '?' : *text);
        text++;
    }
    putchar('\n');
}

/* ---- The timeline ---- */

static int column_of(weft_duration time, weft_duration whole, int width)
{
    if (whole <= 0 || time <= 0)
        return 0;
    if (time >= whole)
        return width - 1;
    return (int)((double)time / (double)whole * (width - 1));
}

static void draw_row(size_t thread, const struct run *run, int width)
{
    bool marks[256] = {false};
    int first = width, last = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct line *line = &run->lines[i];
        if (find_thread(line->thread) != thread)
            continue;
        last = column_of(line->time, run->duration, width);
        marks[last] = true;
        first = first < last ? first : last;
    }
    printf("  ");
    print_name(thread);
    printf(" %s", colour_of(thread));
    for (int i = 0; i <= last; i++)
        fputs(marks[i] ? mark : i > first ? dash : " ", stdout);
    printf("%s\n", end());
}

static void draw_scale(weft_duration whole, int width)
{
    char text[32];
    if (whole < WEFT_MS(10))
        snprintf(text, sizeof text, "%.2f ms", (double)whole / 1e6);
    else
        snprintf(text, sizeof text, "%.2f s", (double)whole / 1e9);
    printf("  %*s %s0%*s%s\n", NAME_WIDTH, "", begin("\033[2m"), width - 1,
           text, end());
}

void screen_timeline(const struct run *run)
{
    int width = columns - NAME_WIDTH - 4;
    if (run->count < 2)
        return;
    printf("\n");
    for (size_t i = 0; i < n_names; i++)
        draw_row(i, run, width);
    draw_scale(run->duration, width);
}

/* ---- Promises ---- */

void screen_promises(void)
{
    printf("\n  %s   %-*s %s%s\n", begin("\033[2m"), PROMISE_WIDTH, "expected",
           "seen", end());
}

void screen_promise(bool kept, const char *promise, const char *seen)
{
    printf("  %s%s%s %-*s %s%s%s\n", begin(kept ? "\033[32m" : "\033[1;31m"),
           kept ? tick : cross, end(), PROMISE_WIDTH, promise, begin("\033[2m"),
           seen, end());
}

void screen_verdict(bool good, const char *text)
{
    printf("  %s%s%s\n", begin(good ? "\033[1;32m" : "\033[1;31m"), text,
           end());
}
