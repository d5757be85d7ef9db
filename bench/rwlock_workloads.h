/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: rwlock, prepare_rwlock, read,
 * end_read, write, end_write.
 */

static struct {
    BENCH_APART MY(rwlock) lock;
    BENCH_APART uint64_t writes, number; /* guarded by it */
} MY(shared);

WORKLOAD(read_alone)
{
    MY(rwlock) *lock = &MY(shared).lock;
    uint64_t operations = sample->operations;
    MY(prepare_rwlock)(lock);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(read)(lock);
        MY(end_read)(lock);
    }
    bench_end(sample);
}

WORKLOAD(write_alone)
{
    MY(rwlock) *lock = &MY(shared).lock;
    uint64_t operations = sample->operations;
    MY(prepare_rwlock)(lock);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(write)(lock);
        MY(end_write)(lock);
    }
    bench_end(sample);
}

static void MY(read_on)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations++) {
        MY(read)(&MY(shared).lock);
        number = bench_work(sample->inside, number);
        MY(end_read)(&MY(shared).lock);
    }
    bench_done(index, operations, 0);
}

WORKLOAD(readers)
{
    MY(prepare_rwlock)(&MY(shared).lock);
    bench_threads_until(sample, sample->contest->threads, MY(read_on));
}

/* Nine times out of ten. */
static void MY(read_mostly)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations += 10) {
        MY(write)(&MY(shared).lock);
        MY(shared).writes++;
        MY(shared).number = bench_work(sample->inside, MY(shared).number);
        MY(end_write)(&MY(shared).lock);
        for (int i = 0; i < 9; i++) {
            MY(read)(&MY(shared).lock);
            number = bench_work(sample->inside, number);
            MY(end_read)(&MY(shared).lock);
        }
    }
    bench_done(index, operations, 0);
}

WORKLOAD(mixed)
{
    MY(prepare_rwlock)(&MY(shared).lock);
    MY(shared).writes = 0;
    bench_threads_until(sample, sample->contest->threads, MY(read_mostly));
    sample->wrong = MY(shared).writes * 10 != sample->operations;
}

#undef PEER
