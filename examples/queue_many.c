/* SPDX-License-Identifier: MIT */

/* Many items at once, and a queue whose items own memory. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft.h>

static void free_word(void *item)
{
    char *word = *(char **)item;
    printf("\"%s\" is freed\n", word);
    free(word);
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* Takes up to three, as many as there are. */
static void take(weft_queue *q)
{
    char *words[3];
    size_t n;
    must(weft_queue_get_many(q, words, 3, &n));
    printf("got %zu:", n);
    for (size_t i = 0; i < n; i++) {
        printf(" %s", words[i]);
        free(words[i]); /* what was taken out is ours */
    }
    puts("");
}

int main(void)
{
    weft_queue *q = weft_queue_create(sizeof(char *), .destroy = free_word);
    if (q == NULL)
        must(WEFT_NO_MEMORY);
    char *words[] = {strdup("warp"), strdup("weft"), strdup("loom"),
                     strdup("yarn")};
    size_t done;
    must(weft_queue_put_many(q, words, 4, &done));
    printf("put %zu\n", done);
    take(q);

    /* At once: what is left is destroyed, and nothing more goes in or out. */
    must(weft_queue_shutdown(q, true));
    char *word;
    printf("then: %s\n", weft_status_text(weft_queue_get(q, &word)));
    weft_queue_destroy(q);
    return EXIT_SUCCESS;
}
