/* SPDX-License-Identifier: MIT */

/*
 * The same two locks, in the same order everywhere.
 */

#include <stdlib.h>
#include <weft.h>

static weft_lock savings, salary;
static int saved = 100, earned = 100;

static void *save(void *arg)
{
    WEFT_WITH(&salary) {
        WEFT_WITH(&savings) {
            earned -= 10;
            saved += 10;
        }
    }
    return arg;
}

static void *spend(void *arg)
{
    WEFT_WITH(&salary) {
        WEFT_WITH(&savings) {
            saved -= 10;
            earned += 10;
        }
    }
    return arg;
}

int main(void)
{
    weft_thread thrifty = WEFT_THREAD(save, NULL, .name = "Thrifty");
    weft_thread greedy = WEFT_THREAD(spend, NULL, .name = "Greedy");
    if (weft_thread_start(&thrifty) != WEFT_OK ||
        weft_thread_start(&greedy) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&thrifty);
    weft_thread_join(&greedy);
    return saved + earned == 200 ? EXIT_SUCCESS : EXIT_FAILURE;
}
