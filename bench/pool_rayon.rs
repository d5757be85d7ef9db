// SPDX-License-Identifier: MIT

//! The tasks of rayon, for pool_rayon.c. It has no futures: who submits tasks
//! waits for all of them, as the end of a scope.

use std::os::raw::c_ulong;

extern "C" {
    fn bench_rayon_task(number: *mut u64);
}

/// To C, a pool.
pub struct Pool(rayon_core::ThreadPool);

#[no_mangle]
pub extern "C" fn bench_rayon_open(threads: u32) -> *mut Pool {
    let builder = rayon_core::ThreadPoolBuilder::new();
    let pool = builder.num_threads(threads as usize).build().unwrap();
    Box::into_raw(Box::new(Pool(pool)))
}

/// # Safety
/// Once, when all threads are done with it.
#[no_mangle]
pub unsafe extern "C" fn bench_rayon_close(pool: *mut Pool) {
    drop(Box::from_raw(pool));
}

fn run(number: &mut u64) {
    unsafe { bench_rayon_task(number) }
}

/// Submits one for each number, from the calling thread, and waits for all.
#[no_mangle]
pub unsafe extern "C" fn bench_rayon_burst(pool: &Pool, numbers: *mut u64, count: usize) {
    let numbers = std::slice::from_raw_parts_mut(numbers, count);
    pool.0.in_place_scope(|scope| {
        for number in numbers {
            scope.spawn(move |_| run(number));
        }
    });
}

/// The same, and each of them submits the one that counts, and waits for it.
#[no_mangle]
pub unsafe extern "C" fn bench_rayon_pairs(pool: &Pool, numbers: *mut u64, count: usize) {
    let numbers = std::slice::from_raw_parts_mut(numbers, count);
    pool.0.in_place_scope(|scope| {
        for number in numbers {
            scope.spawn(move |_| rayon_core::scope(|own| own.spawn(move |_| run(number))));
        }
    });
}

fn fib(n: c_ulong) -> c_ulong {
    if n < 2 {
        return n;
    }
    let (one, other) = rayon_core::join(|| fib(n - 1), || fib(n - 2));
    one + other
}

#[no_mangle]
pub extern "C" fn bench_rayon_fib(pool: &Pool, n: c_ulong) -> c_ulong {
    pool.0.install(|| fib(n))
}
