/* SPDX-License-Identifier: MIT */

/* The tour's own tests: a promise that is not kept must be noticed. */

#include "expectation.h"
#include "support.h"
#include "tour.h"
#include "verify.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- What is expected ---- */

static char first[] = "one starts", second[] = "two starts";
static char third[] = "one ends", fourth[] = "two ends";

static struct line lines[] = {{.thread = "one", .text = first},
                              {.thread = "two", .text = second},
                              {.thread = "one", .text = third},
                              {.thread = "two", .text = fourth}};

static bool kept(struct expectation expected)
{
    const struct run run = {.lines = lines, .count = 4};
    char seen[SEEN_SIZE];
    bool is = is_kept(&expected, &run, seen);
    ck_assert_str_ne(seen, "");
    return is;
}

#define EXPECTED(macro, ...) ((struct expectation)macro("", __VA_ARGS__))

START_TEST(how_often_a_line_is_said)
{
    ck_assert(kept(EXPECTED(ONCE, "one ends")));
    ck_assert(kept(EXPECTED(TIMES, "* ends", 2)));
    ck_assert(kept(EXPECTED(TIMES, "three", 0)));
    ck_assert(kept(EXPECTED(SAID, "*", 1, 5)));
    ck_assert(!kept(EXPECTED(ONCE, "one end")));
    ck_assert(!kept(EXPECTED(TIMES, "* ends", 1)));
    ck_assert(!kept(EXPECTED(SAID, "*", 5, 6)));
}
END_TEST

START_TEST(one_line_for_each_number)
{
    char texts[4][8] = {"item 3", "item 1", "item 2", "item 2"};
    struct line numbered[4] = {{.text = texts[0]},
                               {.text = texts[1]},
                               {.text = texts[2]},
                               {.text = texts[3]}};
    struct run run = {.lines = numbered, .count = 3};
    char seen[SEEN_SIZE];
    struct expectation each = EXPECTED(EACH, "item #", 1, 3);
    struct expectation ordered = EXPECTED(IN_ORDER, "item #", 1, 3);
    struct expectation last = EXPECTED(IN_ORDER, "item #", 1, 2);
    ck_assert(is_kept(&each, &run, seen));
    ck_assert(is_kept(&last, &run, seen));
    ck_assert(!is_kept(&ordered, &run, seen));
    ck_assert_str_eq(seen, "\"item 3\" comes too early");
    run.count = 2;
    ck_assert(!is_kept(&each, &run, seen));
    ck_assert_str_eq(seen, "\"item 2\" is missing");
    run.count = 4;
    ck_assert(!is_kept(&each, &run, seen));
    ck_assert_str_eq(seen, "\"item 2\" comes more than once");
}
END_TEST

START_TEST(what_is_said_before_what)
{
    ck_assert(kept(EXPECTED(BEFORE, "one starts", "one ends")));
    ck_assert(!kept(EXPECTED(BEFORE, "one ends", "one starts")));
    ck_assert(!kept(EXPECTED(BEFORE, "one starts", "three starts")));
    ck_assert(!kept(EXPECTED(BEFORE, "three starts", "one starts")));
}
END_TEST

START_TEST(how_far_ahead_one_is_of_the_other)
{
    ck_assert(kept(EXPECTED(AHEAD, "* starts", "* ends", 2)));
    ck_assert(!kept(EXPECTED(AHEAD, "* starts", "* ends", 1)));
}
END_TEST

START_TEST(which_threads_say_it)
{
    ck_assert(kept(EXPECTED(BY, "one *", "one")));
    ck_assert(!kept(EXPECTED(BY, "*", "one")));
    ck_assert(!kept(EXPECTED(BY, "three *", "one")));
    ck_assert(kept(EXPECTED(THREADS, "*", 2, 2)));
    ck_assert(kept(EXPECTED(THREADS, "one *", 1, 1)));
    ck_assert(!kept(EXPECTED(THREADS, "one *", 2, 2)));
    ck_assert(!kept(EXPECTED(THREADS, "*", 1, 1)));
}
END_TEST

START_TEST(lines_that_nobody_expects)
{
    const struct run run = {.lines = lines, .count = 4};
    const struct expectation most[] = {
        ONCE("", "one starts"), EACH("", "one ends#", 1, 1),
        TIMES("", "two *", 2), BEFORE("", "one starts", "one ends")};
    const struct expectation all[] = {SAID("", "*", 0, 9)};
    ck_assert_ptr_eq(unexpected_line(most, 4, &run), &lines[2]);
    ck_assert_ptr_null(unexpected_line(all, 1, &run));
}
END_TEST

/* ---- Running ---- */

static size_t heard_lines;

static void count_heard(const struct line *line)
{
    ck_assert_int_ge(line->time, 0);
    heard_lines++;
}

static void *greet(void *arg)
{
    printf("hello from %s\n", (const char *)arg);
    return NULL;
}

static void *print_for_ever(void *arg)
{
    while (weft_sleep(WEFT_MS(1)) == WEFT_OK)
        puts("still here");
    return arg;
}

static int greets(void)
{
    weft_thread thread = WEFT_THREAD(greet, "afar", .name = "far");
    static weft_thread daemon = WEFT_THREAD(print_for_ever, .daemon = true);
    if (weft_thread_start(&thread) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&thread);
    printf("one\ntwo\nthree");
    return weft_thread_start(&daemon) == WEFT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int prints_much(void)
{
    for (int i = 0; i < 10000; i++)
        putchar('x');
    putchar('\n');
    return 3;
}

static int crashes(void)
{
    puts("before");
    return raise(SIGKILL);
}

static int hangs(void)
{
    puts("before");
    weft_sleep(WEFT_FOREVER);
    return EXIT_SUCCESS;
}

START_TEST(a_run_hears_every_thread)
{
    struct run run;
    char text[SEEN_SIZE];
    heard_lines = 0;
    ck_assert(run_program(greets, WEFT_SECONDS(50), count_heard, &run));
    ck_assert(run_succeeded(&run, text, sizeof text));
    ck_assert_uint_ge(run.count, 4);
    ck_assert_uint_eq(heard_lines, run.count);
    ck_assert_str_eq(run.lines[0].text, "hello from afar");
    ck_assert_str_eq(run.lines[0].thread, "far");
    ck_assert_str_eq(run.lines[1].text, "one");
    ck_assert_str_eq(run.lines[1].thread, "MainThread");
    ck_assert_str_eq(run.lines[2].text, "two");
    run_free(&run);
}
END_TEST

START_TEST(long_lines_come_in_pieces_and_a_status_is_kept)
{
    struct run run;
    char text[SEEN_SIZE];
    size_t size = 0;
    ck_assert(run_program(prints_much, WEFT_SECONDS(50), count_heard, &run));
    for (size_t i = 0; i < run.count; i++)
        size += strlen(run.lines[i].text);
    ck_assert_uint_eq(size, 10000);
    ck_assert(!run_succeeded(&run, text, sizeof text));
    ck_assert_str_eq(text, "exit status 3");
    run_free(&run);
}
END_TEST

START_TEST(a_crash_and_a_hang_are_told)
{
    struct run run;
    char text[SEEN_SIZE];
    ck_assert(run_program(crashes, WEFT_SECONDS(50), count_heard, &run));
    ck_assert(!run_succeeded(&run, text, sizeof text));
    ck_assert_str_eq(text, "killed: Killed");
    ck_assert_uint_eq(run.count, 1);
    run_free(&run);
    ck_assert(run_program(hangs, WEFT_MS(300), count_heard, &run));
    ck_assert(!run_succeeded(&run, text, sizeof text));
    ck_assert_str_eq(text, "stopped as it took too long");
    run_free(&run);
}
END_TEST

static int greets_once(void)
{
    puts("hello you");
    return EXIT_SUCCESS;
}

static int fails(void)
{
    puts("hello you");
    return EXIT_FAILURE;
}

START_TEST(the_tour_counts_sections_that_differ)
{
    static const struct expectation right[] = {ONCE("it greets", "hello *")};
    static const struct expectation wrong[] = {ONCE("it greets", "hello *"),
                                               ONCE("it goes", "goodbye *")};
    static const struct expectation none[] = {BY("by it", "*", "MainThread")};
    const struct section tour[] = {
        {"right", "", greets_once, right, 1},
        {"a promise is not kept", "", greets_once, wrong, 2},
        {"nobody expects it", "", greets_once, none, 1},
        {"it fails", "", fails, right, 1},
        {"it crashes", "", crashes, right, 1}};
    ck_assert_uint_eq(tour_sections(&tour[0], 1), 0);
    for (size_t i = 1; i < 5; i++)
        ck_assert_uint_eq(tour_sections(&tour[i], 1), 1);
    ck_assert_uint_eq(tour_sections(tour, 5), 4);
}
END_TEST

/* ---- Against sha256sum ---- */

/* The first line that differs from what sha256sum says about a directory with
 * an empty file in it. */
static size_t difference_of(const char *directory, const char *rest)
{
    FILE *ours = tmpfile();
    ck_assert_ptr_nonnull(ours);
    fprintf(ours, "e3b0c44298fc1c149afbf4c8996fb924"
                  "27ae41e4649b934ca495991b7852b855  ");
    fprintf(ours, "%s/%s", directory, rest);
    struct verification sum = verify(directory, ours, SIZE_MAX);
    fclose(ours);
    ck_assert(sum.possible);
    return sum.difference;
}

START_TEST(a_difference_from_sha256sum_is_found)
{
    char directory[] = "/tmp/weft-XXXXXX", file[64];
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/empty", directory);
    FILE *empty = fopen(file, "w");
    ck_assert_ptr_nonnull(empty);
    fclose(empty);
    ck_assert_uint_eq(difference_of(directory, "empty\n"), 0);
    ck_assert_uint_eq(difference_of(directory, "Empty\n"), 1);
    ck_assert_uint_eq(difference_of(directory, "empty\nmore\n"), 2);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_uint_eq(difference_of(directory, "empty\n"), 1);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        how_often_a_line_is_said,
        one_line_for_each_number,
        what_is_said_before_what,
        how_far_ahead_one_is_of_the_other,
        which_threads_say_it,
        lines_that_nobody_expects,
        a_run_hears_every_thread,
        long_lines_come_in_pieces_and_a_status_is_kept,
        a_crash_and_a_hang_are_told,
        the_tour_counts_sections_that_differ,
        a_difference_from_sha256sum_is_found,
    };
    return RUN_TESTS("tour", tests);
}
