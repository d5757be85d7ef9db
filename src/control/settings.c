/* SPDX-License-Identifier: MIT */

/*
 * What WEFT_CHECK asks for: "name=value,name=value", or "1".
 */

#include "search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct weft__settings weft__settings = {.schedules = 1000,
                                        .preemptions = 2,
                                        .most_time = WEFT_FOREVER,
                                        .shrinks = true};

static bool set_number(uint64_t *to, const char *text)
{
    char *end;
    errno = 0;
    *to = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static bool set_scheduler(const char *text)
{
    static const char *const names[] = {
        [WEFT__MIXED] = "mixed",           [WEFT__RANDOM] = "random",
        [WEFT__PRIORITIES] = "priorities", [WEFT__REPLAY] = "replay",
        [WEFT__EXHAUSTIVE] = "exhaustive",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            weft__session->scheduler = (enum weft__scheduler)i;
            return true;
        }
    return false;
}

static bool set_script(const char *text)
{
    struct weft__session *session = weft__session;
    session->scheduler = WEFT__REPLAY;
    session->script_size = 0;
    while (*text != '\0' && session->script_size < WEFT__DEVIATIONS) {
        char *end;
        struct weft__deviation *next = &session->script[session->script_size++];
        next->decision = (uint32_t)strtoul(text, &end, 10);
        if (end == text || *end != ':')
            return false;
        text = end + 1;
        if (*text == 't') {
            next->player = WEFT__TIME;
            end = (char *)(uintptr_t)text + 1;
        } else {
            next->player = (uint32_t)strtoul(text, &end, 10);
        }
        if (end == text || (*end != '/' && *end != '\0'))
            return false;
        text = *end == '/' ? end + 1 : end;
    }
    return true;
}

/* So that weft check knows that we are here. */
static void say_hello(int fd)
{
    ssize_t written = write(fd, "", 1);
    (void)written;
    close(fd);
}

static bool set(const char *name, const char *value)
{
    struct weft__session *session = weft__session;
    uint64_t number = 0;
    if (strcmp(name, "scheduler") == 0)
        return set_scheduler(value);
    if (strcmp(name, "schedule") == 0)
        return set_script(value);
    if (!set_number(&number, value))
        return false;
    if (strcmp(name, "schedules") == 0)
        weft__settings.schedules = number;
    else if (strcmp(name, "seed") == 0)
        session->seed = number;
    else if (strcmp(name, "depth") == 0)
        session->depth = (uint32_t)number;
    else if (strcmp(name, "preemptions") == 0)
        weft__settings.preemptions = number;
    else if (strcmp(name, "steps") == 0)
        session->most_steps = number;
    else if (strcmp(name, "seconds") == 0)
        session->most_time = (weft_duration)number * WEFT_MS(1000);
    else if (strcmp(name, "for") == 0)
        weft__settings.most_time = (weft_duration)number * WEFT_MS(1000);
    else if (strcmp(name, "stall") == 0)
        session->stall = (weft_duration)number * WEFT_MS(1);
    else if (strcmp(name, "shrink") == 0)
        weft__settings.shrinks = number != 0;
    else if (strcmp(name, "output") == 0)
        weft__settings.shows_output = number != 0;
    else if (strcmp(name, "misuse") == 0)
        session->bears_misuse = number != 0;
    else if (strcmp(name, "met") == 0)
        say_hello((int)number);
    else
        return false;
    return true;
}

bool weft__control_parse(char *wish)
{
    char *rest = wish;
    for (char *word; (word = strsep(&rest, ",")) != NULL;) {
        char *value = strchr(word, '=');
        if (value == NULL)
            return strcmp(word, "1") == 0;
        *value++ = '\0';
        if (!set(word, value))
            return false;
    }
    return true;
}
