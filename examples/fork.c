/* SPDX-License-Identifier: MIT */

/* fork: in the child the other threads are gone, but what they held is not. */

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_event held, end;

static void *hold_all(void *arg)
{
    weft_rwlock_acquire_write(&rwlock);
    WEFT_WITH(&lock) {
        WEFT_WITH(&rlock) {
            weft_event_set(&held);
            weft_event_wait(&end);
        }
    }
    weft_rwlock_release_write(&rwlock);
    return arg;
}

static void child(weft_thread *other)
{
    printf("child: the other thread is %s, the lock %s\n",
           weft_thread_is_alive(other) ? "alive" : "gone",
           weft_lock_locked(&lock) ? "held" : "free");
    weft_lock_reinit(&lock); /* and what it guards must be set right */
    weft_rlock_reinit(&rlock);
    weft_rwlock_reinit(&rwlock);
    WEFT_WITH(&lock)
        puts("child: the lock is ours");
    fflush(stdout);
    _exit(EXIT_SUCCESS); /* what main's exit would do is the parent's */
}

int main(void)
{
    weft_thread thread = WEFT_THREAD(hold_all);
    if (weft_thread_start(&thread) != WEFT_OK)
        return EXIT_FAILURE;
    weft_event_wait(&held);

    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        child(&thread);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        exit(EXIT_FAILURE);
    weft_event_set(&end);
    weft_thread_join(&thread);
    return WEXITSTATUS(status);
}
