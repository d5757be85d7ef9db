/* SPDX-License-Identifier: MIT */

/* Items of any size, from one byte to four KiB, come out as they went in, and
 * stand where an item of that size may: `compare` and `destroy` read them in
 * place. */

#include "queue.h"

#include <stdatomic.h>
#include <stddef.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, ITEMS = 23, LARGEST = 4096 };

static size_t item_size;
static int destroyed;

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

/* The size of a type is a multiple of its alignment, so that no type of this
 * size needs more. */
static bool is_aligned(const void *item)
{
    size_t most = item_size & (~item_size + 1);
    size_t alignment =
        most < _Alignof(max_align_t) ? most : _Alignof(max_align_t);
    return (uintptr_t)item % alignment == 0;
}

static int compare(const void *one, const void *other)
{
    must(is_aligned(one) && is_aligned(other));
    return memcmp(one, other, item_size);
}

/* The first byte says which it is, the others follow from it. */
static void fill(unsigned char *item, int number)
{
    for (size_t i = 0; i < item_size; i++)
        item[i] = (unsigned char)(number + (int)(i * i % 251));
}

static void check(const unsigned char *item, int number)
{
    for (size_t i = 0; i < item_size; i++)
        must(item[i] == (unsigned char)(number + (int)(i * i % 251)));
}

static void destroy(void *item)
{
    must(is_aligned(item));
    check(item, *(unsigned char *)item);
    destroyed++;
}

static int number_of(weft_queue_kind kind, int i)
{
    return kind == WEFT_LIFO ? ITEMS - 1 - i : i;
}

/* The byte behind each item is not touched. */
static void move_one_by_one(weft_queue_kind kind)
{
    unsigned char item[LARGEST + 1];
    for (int i = 0; i < ITEMS; i++) {
        fill(item, i);
        must(weft_queue_put(queue, item) == WEFT_OK);
    }
    for (int i = 0; i < ITEMS; i++) {
        item[item_size] = 99;
        must(weft_queue_try_peek(queue, item) == WEFT_OK);
        check(item, number_of(kind, i));
        memset(item, 0, item_size);
        must(weft_queue_get(queue, item) == WEFT_OK);
        check(item, number_of(kind, i));
        must(item[item_size] == 99);
    }
}

static void move_many(weft_queue_kind kind)
{
    static unsigned char items[ITEMS * LARGEST + 1];
    size_t n;
    for (int i = 0; i < ITEMS; i++)
        fill(items + (size_t)i * item_size, i);
    must(weft_queue_put_many(queue, items, ITEMS, NULL) == WEFT_OK);
    memset(items, 0, ITEMS * item_size);
    items[ITEMS * item_size] = 99;
    must(weft_queue_get_many(queue, items, ITEMS, &n) == WEFT_OK);
    must(n == ITEMS && items[ITEMS * item_size] == 99);
    for (int i = 0; i < ITEMS; i++)
        check(items + (size_t)i * item_size, number_of(kind, i));
}

static void leave_some(void)
{
    unsigned char item[LARGEST];
    for (int i = 0; i < ITEMS; i++) {
        fill(item, i);
        must(weft_queue_put(queue, item) == WEFT_OK);
        if (i == ITEMS / 2)
            must(weft_queue_clear(queue, NULL) == WEFT_OK);
    }
}

static void use(weft_queue_kind kind, size_t size)
{
    item_size = size;
    destroyed = 0;
    queue = weft_queue_create(size, .kind = kind, .compare = compare,
                              .destroy = destroy);
    must(queue != NULL);
    for (int round = 0; round < 3; round++) {
        move_one_by_one(kind);
        move_many(kind);
    }
    leave_some();
    must(weft_queue_destroy(queue) == WEFT_OK);
    must(destroyed == ITEMS);
}

START_TEST(small_items_of_each_size)
{
    for (int k = 0; k < KINDS; k++)
        for (size_t size = 1; size <= 130; size++)
            use(kinds[k], size);
}
END_TEST

/* Powers of two and what is beside them, and others. */
START_TEST(larger_items_of_many_sizes)
{
    for (int k = 0; k < KINDS; k++) {
        for (size_t size = 256; size <= LARGEST; size *= 2) {
            use(kinds[k], size - 1);
            use(kinds[k], size);
            if (size < LARGEST)
                use(kinds[k], size + 1);
        }
        for (size_t size = 131; size <= LARGEST; size += 251)
            use(kinds[k], size);
    }
}
END_TEST

/* ---- As they are used: typed ---- */

struct widest {
    char letter;
    max_align_t widest;
    long double fraction;
};

static int by_fraction(const void *one, const void *other)
{
    const struct widest *a = one, *b = other;
    return (a->fraction > b->fraction) - (a->fraction < b->fraction);
}

static void destroy_widest(void *item)
{
    struct widest *left = item;
    must(left->letter == 'w');
    left->fraction += 1;
    destroyed++;
}

START_TEST(the_widest_types_are_read_in_place)
{
    for (int k = 0; k < KINDS; k++) {
        destroyed = 0;
        queue = weft_queue_create(sizeof(struct widest), .kind = kinds[k],
                                  .compare = by_fraction,
                                  .destroy = destroy_widest);
        for (int i = 0; i < 4000; i++) {
            struct widest item = {.letter = 'w', .fraction = i % 17};
            assert_ok(weft_queue_put(queue, &item));
        }
        assert_ok(weft_queue_destroy(queue));
        ck_assert_int_eq(destroyed, 4000);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        small_items_of_each_size,
        larger_items_of_many_sizes,
        the_widest_types_are_read_in_place,
    };
    return RUN_TESTS("queue sizes", tests);
}
