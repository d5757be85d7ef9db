/* SPDX-License-Identifier: MIT */

/*
 * foreign read|mutex|sleep|compute|stuck: a thread stays away, in a call that
 * is not weft's, until another has gone on; or by itself for a while; or for
 * ever. For check-schedules, as no schedule can be held up by that.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <weft.h>

enum { READ, MUTEX, SLEEP, COMPUTE, STUCK, KINDS };

static const char *const names[KINDS] = {"read", "mutex", "sleep", "compute",
                                         "stuck"};
static int kind, ends[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static weft_lock lock;
static weft_event gone;
static int came_back;

static void compute_for(weft_duration duration)
{
    struct timespec now;
    weft_duration end = -1;
    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        weft_duration used = now.tv_sec * WEFT_SECONDS(1) + now.tv_nsec;
        end = end < 0 ? used + duration : end;
        duration = end - used;
    } while (duration > 0);
}

static void stay_away(void)
{
    char byte;
    ssize_t got = 1;
    if (kind == READ || kind == STUCK)
        got = read(ends[0], &byte, 1);
    else if (kind == MUTEX)
        pthread_mutex_lock(&mutex);
    else if (kind == SLEEP)
        usleep(150000);
    else
        compute_for(WEFT_MS(1500));
    if (got != 1)
        abort();
}

static void *be_away(void *arg)
{
    weft_event_set(&gone);
    stay_away();
    WEFT_WITH(&lock) {
        came_back++;
    }
    return arg;
}

/* What it may wait for. */
static bool let_it_come(void)
{
    pthread_mutex_unlock(&mutex);
    return kind == STUCK || write(ends[1], "", 1) == 1;
}

int main(int argc, char **argv)
{
    weft_thread away = WEFT_THREAD(be_away, NULL, .name = "Away");
    while (argc > 1 && kind < KINDS && strcmp(argv[1], names[kind]) != 0)
        kind++;
    if (argc < 2 || kind == KINDS || pipe(ends) != 0)
        return EXIT_FAILURE;
    pthread_mutex_lock(&mutex);
    if (weft_thread_start(&away) != WEFT_OK ||
        weft_event_wait(&gone) != WEFT_OK)
        return EXIT_FAILURE;
    bool may_come = let_it_come();
    weft_thread_join(&away);
    return may_come && came_back == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
