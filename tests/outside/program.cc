/* SPDX-License-Identifier: MIT */

/*
 * The same in C++17, which has no designated initialisers: what the macros with
 * options say in C, assignments to a zeroed structure say here.
 */

#include <cstdio>
#include <weft.h>

namespace
{
weft_lock lock;
long sum WEFT_GUARDED_BY(lock);
weft_queue *numbers;

void *add_up(void *arg)
{
    int number;
    while (weft_queue_get(numbers, &number) == WEFT_OK) {
        weft_lock_acquire(&lock);
        sum += number;
        weft_lock_release(&lock);
    }
    return arg;
}
} // namespace

int main()
{
    weft_queue_options options{};
    options.maxsize = 5;
    numbers = weft_queue_create_with(sizeof(int), &options);
    weft_thread adder{};
    adder.target = add_up;
    if (weft_thread_start(&adder) != WEFT_OK)
        return 1;
    for (int i = 1; i <= 1000; i++)
        if (weft_queue_put(numbers, &i) != WEFT_OK)
            return 1;
    weft_queue_shutdown(numbers, false);
    weft_thread_join(&adder);
    weft_queue_destroy(numbers);
    weft_lock_acquire(&lock);
    long total = sum;
    weft_lock_release(&lock);
    std::printf("weft %s: %ld\n", weft_version(), total);
    return total != 500500;
}
