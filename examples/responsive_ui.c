/* SPDX-License-Identifier: MIT */

/*
 * A terminal that stays responsive while workers are busy. They report through
 * a queue; its descriptor and the keyboard are watched by one poll, so a key is
 * answered at once, and q stops the workers in the middle of what they do. So
 * does Ctrl-C: a thread that waits for signals reports them like the others.
 * Without a terminal it runs through and prints plain progress.
 */

#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <weft.h>

enum { WORKERS = 4, PARTS = 50, TOTAL = WORKERS * PARTS, WIDTH = 30 };

struct report {
    int parts;  /* done by a worker */
    int signal; /* or a signal that came */
};

static weft_queue *reports;
static sigset_t signals;
static struct termios before, raw;
static int done, interrupted;
static unsigned char key;

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void *work(void *arg)
{
    const struct report part = {.parts = 1};
    for (int i = 0; i < PARTS; i++)
        if (weft_sleep(WEFT_MS(50)) != WEFT_OK || /* asked to stop */
            weft_queue_put(reports, &part) != WEFT_OK)
            break;
    return arg;
}

static void *watch_signals(void *arg)
{
    struct report report = {0};
    while (sigwait(&signals, &report.signal) == 0)
        must(weft_queue_put(reports, &report));
    return arg;
}

static void restore_terminal(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    printf("\033[?25h"); /* shows the cursor */
    fflush(stdout);
}

/* Keys one by one, without echo; put right on every way out. */
static bool set_up_terminal(void)
{
    if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    atexit(restore_terminal);
    printf("\033[?25l"); /* hides the cursor */
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void draw(bool terminal)
{
    static int quarters;
    if (!terminal) {
        for (; quarters < done * 4 / TOTAL; quarters++)
            printf("%d %%\n", (quarters + 1) * 25);
        return;
    }
    char bar[WIDTH + 1] = "";
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < done * WIDTH / TOTAL ? '#' : '.';
    printf("\r[%s] %3d %%  q stops; last key: %c\033[K", bar,
           done * 100 / TOTAL, isprint(key) ? key : ' ');
    fflush(stdout);
}

/* Until all is done, or q or a signal stops it. */
static void attend(bool terminal)
{
    struct pollfd sources[] = {
        {.fd = weft_queue_fd(reports), .events = POLLIN},
        {.fd = terminal ? STDIN_FILENO : -1, .events = POLLIN}};
    struct report report;
    while (done < TOTAL && interrupted == 0 && key != 'q') {
        draw(terminal);
        if (poll(sources, 2, -1) < 0)
            continue;
        if (weft_queue_try_get(reports, &report) == WEFT_OK) {
            done += report.parts;
            if (report.signal != SIGCONT)
                interrupted = report.signal;
            else if (terminal) /* fg after Ctrl-Z: the shell set it right */
                tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        }
        if (sources[1].revents != 0 && read(STDIN_FILENO, &key, 1) < 1)
            key = 'q'; /* the terminal is gone */
    }
    draw(terminal);
}

int main(void)
{
    /* Blocked here and so in all threads: only sigwait takes them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCONT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    reports = weft_queue_create(sizeof(struct report));
    if (reports == NULL || weft_queue_fd(reports) < 0)
        must(WEFT_NO_MEMORY);
    must(weft_spawn(watch_signals, NULL, .name = "signals", .daemon = true));
    weft_thread workers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (weft_thread)WEFT_THREAD(work);
        must(weft_thread_start(&workers[i]));
    }

    bool terminal = set_up_terminal();
    attend(terminal);

    for (int i = 0; i < WORKERS; i++)
        must(weft_thread_stop(&workers[i])); /* those that have ended, too */
    for (int i = 0; i < WORKERS; i++)
        must(weft_thread_join(&workers[i]));
    printf("%s%s\n", terminal ? "\n" : "", done < TOTAL ? "stopped" : "done");
    return interrupted != 0 ? 128 + interrupted : EXIT_SUCCESS;
}
