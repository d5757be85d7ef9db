/* SPDX-License-Identifier: MIT */

/*
 * Parallel input: the SHA-256 of every file below a directory, in path order,
 * as sha256sum prints it. A walker feeds a bounded queue, a pool hashes what is
 * in it, main prints what comes out. Arguments: directory, number of threads.
 */

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft.h>

struct file {
    weft_future hashed;
    unsigned char digest[32];
    char path[];
};

static weft_thread walker;
static weft_queue *q; /* of struct file *, in path order */
static weft_pool *pool;
static EVP_MD *sha256;
static weft_event stop; /* set by Ctrl-C */

static void *hash(void *arg)
{
    struct file *file = arg;
    char block[64 * 1024];
    ssize_t n = 0;
    int in = open(file->path, O_RDONLY | O_NOFOLLOW);
    if (in < 0)
        return weft_fail(errno, "%s", strerror(errno));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, sha256, NULL);
    while (!weft_event_is_set(&stop) && (n = read(in, block, sizeof block)) > 0)
        EVP_DigestUpdate(context, block, (size_t)n);
    int error = errno;
    EVP_DigestFinal_ex(context, file->digest, NULL);
    EVP_MD_CTX_free(context);
    close(in);
    return n < 0 ? weft_fail(error, "%s", strerror(error)) : NULL;
}

/* As if directories ended in '/': depth first is then the order of paths. */
static int by_path(const FTSENT **one, const FTSENT **other)
{
    const char *a = (*one)->fts_name, *b = (*other)->fts_name;
    while (*a == *b)
        a++, b++; /* no two names are equal */
    int x = *a == '\0' && (*one)->fts_info == FTS_D ? '/' : (unsigned char)*a;
    int y = *b == '\0' && (*other)->fts_info == FTS_D ? '/' : (unsigned char)*b;
    return x - y;
}

static void *walk(void *tree)
{
    FTSENT *entry = NULL;
    while (!weft_stopping() && (entry = fts_read(tree)) != NULL) {
        if (entry->fts_info != FTS_F && entry->fts_errno == 0)
            continue; /* what cannot be read is not: hashing it says why */
        struct file *file = malloc(sizeof *file + entry->fts_pathlen + 1);
        if (file == NULL)
            break;
        strcpy(file->path, entry->fts_path);
        if (weft_submit(pool, &file->hashed, hash, file) != WEFT_OK ||
            weft_queue_put(q, &file) != WEFT_OK)
            break;
    }
    if ((entry != NULL || errno != 0) && !weft_stopping())
        err(EXIT_FAILURE, "cannot go on");
    fts_close(tree);
    weft_queue_shutdown(q, false);
    return NULL;
}

static void show_progress(int printed)
{
    int all = printed + 1 + (int)weft_queue_size(q);
    fflush(stdout);
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "[%-20.*s] %d of %d%s\r", 20 * printed / all,
                "####################", printed, all,
                weft_thread_is_alive(&walker) ? "+" : "");
    weft_event_wait_timed(&stop, WEFT_MS(10)); /* a moment to look at it */
    if (isatty(STDERR_FILENO))
        fputs("\033[K", stderr);
}

/* A backslash in front says that some were added to the path. */
static void print(const unsigned char *digest, const char *path)
{
    static const char hex[] = "0123456789abcdef", special[] = "\\\n\r";
    fputs(strpbrk(path, special) != NULL ? "\\" : "", stdout);
    for (int i = 0; i < 64; i++)
        putchar_unlocked(hex[digest[i / 2] >> (i % 2 ? 0 : 4) & 15]);
    fputs("  ", stdout);
    for (size_t n; path[n = strcspn(path, special)] != '\0'; path += n + 1)
        printf("%.*s\\%c", (int)n, path,
               "\\nr"[strchr(special, path[n]) - special]);
    puts(path);
}

static void interrupt(int number)
{
    signal(number, SIG_DFL); /* a second one ends it at once */
    weft_event_set(&stop);
    weft_thread_stop(&walker);
}

int main(int argc, char **argv)
{
    char *roots[] = {argc > 1 ? argv[1] : "/usr/share", NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_path);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    q = weft_queue_create(sizeof(struct file *), .maxsize = 50000);
    pool = weft_pool_create(.workers = argc > 2 ? (unsigned)atoi(argv[2]) : 0);
    walker = (weft_thread)WEFT_THREAD(walk, tree);
    if (tree == NULL || sha256 == NULL || q == NULL || pool == NULL ||
        weft_thread_start(&walker) != WEFT_OK)
        err(EXIT_FAILURE, "cannot start");
    signal(SIGINT, interrupt);
    int printed = 0, failed = 0;
    for (struct file *file; weft_queue_get(q, &file) == WEFT_OK; free(file)) {
        while (!weft_future_done(&file->hashed))
            show_progress(printed);
        if (weft_event_is_set(&stop))
            break;
        const weft_error *error = weft_future_error(&file->hashed);
        if (error == NULL)
            print(file->digest, file->path);
        else
            warnx("%s: %s", file->path, error->message);
        failed |= error != NULL;
        printed++;
    }
    weft_thread_join(&walker);
    weft_pool_destroy(pool);
    if (fflush(stdout) == 0 && weft_event_is_set(&stop))
        raise(SIGINT);
    return failed || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
