/* SPDX-License-Identifier: MIT */

/*
 * Background tasks. A text is typed; meanwhile a repeating timer saves it when
 * it has changed, and a daemon writes the log, so that nobody who has something
 * to say waits for the terminal.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* ---- The log ---- */

struct line {
    char text[80];
};

static weft_queue *lines;

/* Says something in the log, and does not wait until it is written. */
static void say(const char *format, ...)
{
    struct line line;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line.text, sizeof line.text, format, arguments);
    va_end(arguments);
    must(weft_queue_put(lines, &line));
}

static void *write_log(void *arg)
{
    struct line line;
    while (weft_queue_get(lines, &line) == WEFT_OK) {
        puts(line.text);
        weft_queue_task_done(lines);
    }
    return arg;
}

static void start_log(void)
{
    /* A daemon: the program may end while it waits for more. Static, as it
     * lives on while main returns. */
    static weft_thread writer =
        WEFT_THREAD(write_log, .name = "log", .daemon = true);
    lines = weft_queue_create(sizeof(struct line));
    if (lines == NULL)
        must(WEFT_NO_MEMORY);
    must(weft_thread_start(&writer));
}

/* ---- The text ---- */

static weft_lock lock;
static weft_condition saved;
static int letters, letters_saved;

static bool is_saved(void *arg)
{
    (void)arg;
    return letters_saved == letters;
}

/* Called by the timer, again and again. */
static void *save(void *arg)
{
    WEFT_WITH(&lock) {
        if (letters_saved != letters) {
            letters_saved = letters;
            say("%s: %d letters", weft_thread_name(weft_current_thread()),
                letters);
            weft_condition_notify_all(&saved);
        }
    }
    return arg;
}

static void type(const char *word)
{
    WEFT_WITH(&lock) {
        for (const char *letter = word; *letter != '\0'; letter++)
            letters++;
        say("typed: %s", word);
    }
}

int main(void)
{
    static const char *const words[] = {"warp", "and", "weft"};
    weft_timer autosave =
        WEFT_TIMER(WEFT_MS(100), save, .repeat = true, .name = "autosave");
    start_log();
    must(weft_timer_start(&autosave));

    for (int i = 0; i < 3; i++) {
        type(words[i]);
        WEFT_WITH(&lock) {
            must(weft_condition_wait_until(&saved, &lock, is_saved, NULL));
        }
    }

    /* No more beats, and none that is still running. */
    must(weft_timer_cancel(&autosave));
    must(weft_timer_join(&autosave));
    must(weft_queue_join(lines)); /* all that was said is written */
    return EXIT_SUCCESS;
}
