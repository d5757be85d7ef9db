/* SPDX-License-Identifier: MIT */

/*
 * Livelock. Nobody sleeps: each has one lock and tries the other's again and
 * again. Trying alone does not help two who hold what the other wants.
 */

#include <stdlib.h>
#include <weft.h>

static weft_lock ink, paper;
static int pages;

static void *write_page(weft_lock *first, weft_lock *second)
{
    weft_lock_acquire(first);
    while (weft_lock_try_acquire(second) != WEFT_OK)
        weft_sleep(WEFT_US(10)); /* wrong: with the first one in its hands */
    pages++;
    weft_lock_release(second);
    weft_lock_release(first);
    return NULL;
}

static void *write_left(void *arg)
{
    (void)arg;
    return write_page(&ink, &paper);
}

static void *write_right(void *arg)
{
    (void)arg;
    return write_page(&paper, &ink);
}

int main(void)
{
    weft_thread left = WEFT_THREAD(write_left, NULL, .name = "Left");
    weft_thread right = WEFT_THREAD(write_right, NULL, .name = "Right");
    if (weft_thread_start(&left) != WEFT_OK ||
        weft_thread_start(&right) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&left);
    weft_thread_join(&right);
    return pages == 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
