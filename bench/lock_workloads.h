/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: lock, prepare, acquire, release.
 */

static struct {
    BENCH_APART MY(lock) lock;
    BENCH_APART uint64_t sections, number; /* guarded by it */
} MY(shared);

WORKLOAD(uncontended)
{
    MY(lock) *lock = &MY(shared).lock;
    uint64_t operations = sample->operations;
    MY(prepare)(lock);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(acquire)(lock);
        MY(release)(lock);
    }
    bench_end(sample);
}

static void MY(section)(const bench_sample *sample)
{
    MY(shared).sections++;
    MY(shared).number = bench_work(sample->inside, MY(shared).number);
}

static void MY(contend)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations++) {
        MY(acquire)(&MY(shared).lock);
        MY(section)(sample);
        MY(release)(&MY(shared).lock);
        number = bench_work(sample->outside, number);
    }
    bench_done(index, operations, NULL);
}

/* With two looks at the clock for each wait, so not for the other numbers. */
static void MY(contend_on_the_clock)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    bench_waits waits = {{0}, 0};
    for (; !bench_stopped(); operations++) {
        weft_duration before = weft_monotonic();
        MY(acquire)(&MY(shared).lock);
        weft_duration waited = weft_monotonic() - before;
        MY(section)(sample);
        MY(release)(&MY(shared).lock);
        bench_note_wait(&waits, waited);
        number = bench_work(sample->outside, number);
    }
    bench_done(index, operations, &waits);
}

static void MY(run_contest)(bench_sample *sample, unsigned threads,
                            bench_body *body)
{
    MY(prepare)(&MY(shared).lock);
    MY(shared).sections = 0;
    bench_threads_until(sample, threads, body);
    if (MY(shared).sections != sample->operations)
        sample->wrong = true;
}

WORKLOAD(contended)
{
    bench_sample timed = *sample;
    MY(run_contest)(sample, sample->contest->threads, MY(contend));
    MY(run_contest)
    (&timed, timed.contest->threads, MY(contend_on_the_clock));
    sample->p999_wait = timed.p999_wait;
    sample->worst_wait = timed.worst_wait;
    sample->wrong = sample->wrong || timed.wrong;
}

#undef PEER
