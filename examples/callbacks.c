/* SPDX-License-Identifier: MIT */

/* A callback is called once when a future is done, however that came about. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_event gate;

static void *square(void *arg)
{
    intptr_t n = (intptr_t)arg;
    weft_event_wait(&gate);
    return (void *)(n * n);
}

/* On the thread that ran or cancelled the task. */
static void tell(weft_future *future, void *name)
{
    void *value;
    weft_status status = weft_future_result(future, &value); /* at once */
    if (status == WEFT_OK)
        printf("%s: %d\n", (char *)name, (int)(intptr_t)value);
    else
        printf("%s: %s\n", (char *)name, weft_status_text(status));
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
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future first, second;
    must(weft_submit(pool, &first, square, (void *)7));
    must(weft_submit(pool, &second, square, (void *)8));
    must(weft_future_add_done_callback(&first, tell, "first"));
    must(weft_future_add_done_callback(&first, tell, "first, again"));
    must(weft_future_add_done_callback(&second, tell, "second"));

    must(weft_future_cancel(&second));
    weft_event_set(&gate);
    must(weft_future_result(&first, NULL)); /* the callbacks came before */
    must(weft_future_add_done_callback(&first, tell, "first, late"));
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
