/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: semaphore, prepare_semaphore(it,
 * n), take, give.
 */

static struct {
    BENCH_APART MY(semaphore) semaphore;
    BENCH_APART uint32_t inside, most;
} MY(shared);

WORKLOAD(uncontended)
{
    MY(semaphore) *semaphore = &MY(shared).semaphore;
    uint64_t operations = sample->operations;
    MY(prepare_semaphore)(semaphore, 1);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(take)(semaphore);
        MY(give)(semaphore);
    }
    bench_end(sample);
}

static void MY(contend)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations++) {
        MY(take)(&MY(shared).semaphore);
        number = bench_work(sample->inside, number);
        MY(give)(&MY(shared).semaphore);
    }
    bench_done(index, operations, NULL);
}

/* On the clock, and looking whether there are ever more inside than may be. */
static void MY(contend_watched)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    bench_waits waits = {{0}, 0};
    for (; !bench_stopped(); operations++) {
        weft_duration before = weft_monotonic();
        MY(take)(&MY(shared).semaphore);
        weft_duration waited = weft_monotonic() - before;
        uint32_t inside = weft__fetch_add(&MY(shared).inside, 1) + 1;
        if (inside > weft__load_relaxed(&MY(shared).most))
            weft__store_relaxed(&MY(shared).most, inside);
        number = bench_work(sample->inside, number);
        weft__fetch_sub(&MY(shared).inside, 1);
        MY(give)(&MY(shared).semaphore);
        bench_note_wait(&waits, waited);
    }
    bench_done(index, operations, &waits);
}

WORKLOAD(contended)
{
    const bench_contest *contest = sample->contest;
    bench_sample timed = *sample;
    MY(prepare_semaphore)(&MY(shared).semaphore, contest->size);
    bench_threads_until(sample, contest->threads, MY(contend));
    MY(shared).inside = MY(shared).most = 0;
    bench_threads_until(&timed, contest->threads, MY(contend_watched));
    sample->p999_wait = timed.p999_wait;
    sample->worst_wait = timed.worst_wait;
    sample->wrong = MY(shared).most > contest->size;
}

#undef PEER
