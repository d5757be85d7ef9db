/* SPDX-License-Identifier: MIT */

/*
 * The child's stdout is a stream whose write function runs on the thread that
 * prints. It sends one packet for each line through a pipe; packets are at most
 * PIPE_BUF long, which the kernel keeps whole, and the stream's own lock keeps
 * them in the order of printing.
 */

#include "run.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct packet {
    weft_duration time; /* on the monotonic clock */
    char thread[WEFT_NAME_SIZE];
    size_t size; /* of the text */
};

enum { MOST_TEXT = PIPE_BUF - sizeof(struct packet) };

/* ---- In the child ---- */

static int pipe_to_parent;

static bool send_line(const char *text, size_t size)
{
    struct {
        struct packet packet;
        char text[MOST_TEXT];
    } message = {.packet = {.time = weft_monotonic(), .size = size}};
    strcpy(message.packet.thread, weft_thread_name(weft_current_thread()));
    memcpy(message.text, text, size);
    size_t length = sizeof message.packet + size;
    return write(pipe_to_parent, &message, length) == (ssize_t)length;
}

static ssize_t send_text(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    const char *end = text + size;
    for (const char *next; text < end; text = next) {
        size_t rest = (size_t)(end - text);
        size_t most = rest < MOST_TEXT ? rest : MOST_TEXT;
        const char *newline = memchr(text, '\n', most);
        next = newline != NULL ? newline + 1 : text + most;
        if (!send_line(text, (size_t)(next - text)))
            return 0;
    }
    return (ssize_t)size;
}

/* The buffer is ours, as ThreadSanitizer does not know the stream's lock: one
 * that the first thread to print allocated would seem to be shared without. */
static _Noreturn void be_child(int (*program)(void), const int ends[2])
{
    static char buffer[BUFSIZ];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[0]);
    pipe_to_parent = ends[1];
    stdout =
        fopencookie(NULL, "w", (cookie_io_functions_t){.write = send_text});
    if (stdout == NULL || setvbuf(stdout, buffer, _IOLBF, sizeof buffer) != 0)
        _exit(EXIT_FAILURE);
    exit(program());
}

/* ---- In the parent ---- */

/* Reads exactly `size` bytes, until `deadline`: WEFT_OK, WEFT_TIMED_OUT, or
 * WEFT_EMPTY at the end. */
static weft_status read_whole(int from, void *to, size_t size,
                              weft_duration deadline)
{
    for (size_t done = 0; done < size;) {
        weft_duration left = deadline - weft_monotonic();
        struct pollfd readable = {.fd = from, .events = POLLIN};
        if (left <= 0)
            return WEFT_TIMED_OUT;
        if (poll(&readable, 1, (int)(left / WEFT_MS(1)) + 1) <= 0)
            continue; /* a signal, or the deadline */
        ssize_t got = read(from, (char *)to + done, size - done);
        if (got == 0 || (got < 0 && errno != EINTR))
            return WEFT_EMPTY;
        done += got > 0 ? (size_t)got : 0;
    }
    return WEFT_OK;
}

/* Room for one more line; NULL: no memory. */
static struct line *add_line(struct run *run, size_t size)
{
    struct line *lines =
        realloc(run->lines, (run->count + 1) * sizeof *run->lines);
    if (lines == NULL)
        return NULL;
    run->lines = lines;
    lines += run->count;
    lines->text = malloc(size + 1);
    if (lines->text == NULL)
        return NULL;
    run->count++;
    return lines;
}

static weft_status read_line(int from, weft_duration began,
                             weft_duration deadline, struct run *run)
{
    struct packet packet;
    weft_status status = read_whole(from, &packet, sizeof packet, deadline);
    if (status != WEFT_OK)
        return status;
    struct line *line = add_line(run, packet.size);
    if (line == NULL)
        return WEFT_NO_MEMORY;
    line->time = packet.time - began;
    memcpy(line->thread, packet.thread, sizeof line->thread);
    status = read_whole(from, line->text, packet.size, deadline);
    line->text[status == WEFT_OK ? packet.size : 0] = '\0';
    line->text[strcspn(line->text, "\n")] = '\0';
    return status;
}

/* Until the child's end of the pipe is closed, which its end does. */
static weft_status hear(int from, weft_duration began, weft_duration limit,
                        void (*heard)(const struct line *), struct run *run)
{
    weft_status status;
    do {
        status = read_line(from, began, began + limit, run);
        if (status == WEFT_OK)
            heard(&run->lines[run->count - 1]);
    } while (status == WEFT_OK);
    return status;
}

bool run_program(int (*program)(void), weft_duration limit,
                 void (*heard)(const struct line *), struct run *run)
{
    int ends[2];
    *run = (struct run){.count = 0};
    if (fflush(stdout) != 0 || pipe(ends) != 0)
        return false;
    weft_duration began = weft_monotonic();
    pid_t child = fork();
    if (child == 0)
        be_child(program, ends);
    close(ends[1]);
    weft_status status =
        child > 0 ? hear(ends[0], began, limit, heard, run) : WEFT_NO_THREADS;
    close(ends[0]);
    if (child > 0 && status != WEFT_EMPTY)
        kill(child, SIGKILL);
    while (child > 0 && waitpid(child, &run->status, 0) < 0 && errno == EINTR)
        ;
    run->timed_out = status == WEFT_TIMED_OUT;
    run->duration = weft_monotonic() - began;
    return child > 0 && status != WEFT_NO_MEMORY;
}

void run_free(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        free(run->lines[i].text);
    free(run->lines);
    *run = (struct run){.count = 0};
}

bool run_succeeded(const struct run *run, char *text, size_t size)
{
    if (run->timed_out)
        snprintf(text, size, "stopped as it took too long");
    else if (WIFSIGNALED(run->status))
        snprintf(text, size, "killed: %s", strsignal(WTERMSIG(run->status)));
    else
        snprintf(text, size, "exit status %d", WEXITSTATUS(run->status));
    return !run->timed_out && WIFEXITED(run->status) &&
           WEXITSTATUS(run->status) == EXIT_SUCCESS;
}
