/* SPDX-License-Identifier: MIT */

/*
 * A client as an ordinary stress test, with the real library and real threads:
 * many rounds of it, each begun together.
 */

#include "client.h"
#include "client_fd.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 20000 };

static weft__record *records[CLIENT_THREADS];
static uint32_t arrived, meetings;

weft__record *client_record(unsigned thread)
{
    return records[thread];
}

void client_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not true: %s\n", file, line, text);
    abort();
}

void client_be_a_worker(void)
{
}

void client_let_time_pass(void)
{
    static unsigned calls;
    if (++calls % 64 == 0) /* it takes long */
        weft_sleep(WEFT_MS(1));
}

bool client_is_up(int descriptor)
{
    struct pollfd asked = {.fd = descriptor, .events = POLLIN};
    return poll(&asked, 1, 0) == 1;
}

/* All threads leave at once, hence no sleeping: a wake-up takes longer than
 * what they are about to do together. */
static void meet(void)
{
    uint32_t before = weft__load(&meetings);
    if (weft__fetch_add(&arrived, 1) + 1 == CLIENT_THREADS) {
        weft__store_relaxed(&arrived, 0);
        weft__store(&meetings, before + 1);
    }
    client_await(weft__load(&meetings) != before);
}

static void *run(void *arg)
{
    unsigned self = *(unsigned *)arg;
    records[self] = weft__self();
    meet();
    for (int round = 0; round < ROUNDS; round++) {
        weft__record_unstop(weft__self());
        if (self == 0)
            the_client.begin();
        meet();
        the_client.threads[self]();
        meet();
        if (self == 0)
            the_client.end();
    }
    return NULL;
}

int main(void)
{
    unsigned selves[CLIENT_THREADS];
    pthread_t threads[CLIENT_THREADS];
    for (unsigned i = 0; i < CLIENT_THREADS; i++) {
        selves[i] = i;
        if (pthread_create(&threads[i], NULL, run, &selves[i]) != 0)
            return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < CLIENT_THREADS; i++)
        pthread_join(threads[i], NULL);
    return EXIT_SUCCESS;
}
