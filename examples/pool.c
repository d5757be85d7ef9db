/* SPDX-License-Identifier: MIT */

/* A pool's life: workers that are set up, tasks without futures, its end. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_local connection = WEFT_LOCAL(int); /* one for each worker */

static void *connect_worker(void *arg)
{
    int *mine = weft_local_get(&connection);
    if (mine == NULL)
        return weft_fail(1, "no connection");
    *mine = *(int *)arg;
    return NULL;
}

static void *send_text(void *arg)
{
    printf("sent \"%s\" to port %d\n", (const char *)arg,
           *(int *)weft_local_get(&connection));
    return NULL;
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    int port = 8080;
    weft_pool *pool = weft_pool_create(.workers = 2, .name = "sender",
                                       .initializer = connect_worker,
                                       .initializer_arg = &port);
    if (pool == NULL)
        must(WEFT_NO_MEMORY);
    printf("workers: %u\n", weft_pool_workers(pool));

    must(weft_pool_run(pool, send_text, "one")); /* nobody waits for these */
    must(weft_pool_run(pool, send_text, "two"));
    must(weft_pool_shutdown(pool, .wait = true, .cancel_futures = false));

    weft_status status = weft_pool_run(pool, send_text, "three");
    printf("three: %s\n", weft_status_text(status));
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
