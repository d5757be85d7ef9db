// SPDX-License-Identifier: MIT

//! The channels of Rust, under the names that the templates of the race ask
//! for: crossbeam's, and those of the standard library, which have one getter.
//! Each function is one call for the measured loop, as weft's are; what the
//! libraries inline is inlined into it.

use std::sync::mpsc;

/// To C, a queue; to Rust, both of its ends.
pub struct Ends<P, G> {
    put: P,
    get: G,
    _other: Option<P>,
}

// That one thread alone gets from mpsc's is the race's business. Of its ends
// without a limit several threads may put to one once it was cloned: only the
// first clone changes what is behind it.
unsafe impl<P, G> Sync for Ends<P, G> {}

fn open<P, G>((put, get): (P, G)) -> Ends<P, G> {
    Ends { put, get, _other: None }
}

fn open_for_many<P: Clone, G>((put, get): (P, G)) -> Ends<P, G> {
    Ends { _other: Some(put.clone()), put, get }
}

macro_rules! queue {
    ($ends:ty, $open:ident = $new:expr, $close:ident, $put:ident, $get:ident) => {
        #[no_mangle]
        pub extern "C" fn $open(capacity: u32) -> *mut $ends {
            Box::into_raw(Box::new($new(capacity as usize)))
        }

        /// # Safety
        /// Once, when all threads are done with it.
        #[no_mangle]
        pub unsafe extern "C" fn $close(queue: *mut $ends) {
            drop(Box::from_raw(queue));
        }

        #[no_mangle]
        pub extern "C" fn $put(queue: &$ends, item: u64) {
            queue.put.send(item).unwrap();
        }

        #[no_mangle]
        pub extern "C" fn $get(queue: &$ends) -> u64 {
            queue.get.recv().unwrap()
        }
    };
}

type Crossbeam = Ends<crossbeam_channel::Sender<u64>, crossbeam_channel::Receiver<u64>>;
type Bounded = Ends<mpsc::SyncSender<u64>, mpsc::Receiver<u64>>;
type Unbounded = Ends<mpsc::Sender<u64>, mpsc::Receiver<u64>>;

fn crossbeam(capacity: usize) -> Crossbeam {
    open(match capacity {
        0 => crossbeam_channel::unbounded(),
        _ => crossbeam_channel::bounded(capacity),
    })
}

queue!(Crossbeam, open_queue_crossbeam = crossbeam,
       close_queue_crossbeam, put_crossbeam, get_crossbeam);
queue!(Bounded, open_queue_bounded = |capacity| open(mpsc::sync_channel(capacity)),
       close_queue_bounded, put_bounded, get_bounded);
queue!(Unbounded, open_queue_unbounded = |_| open(mpsc::channel()),
       close_queue_unbounded, put_unbounded, get_unbounded);
queue!(Unbounded, open_queue_for_many = |_| open_for_many(mpsc::channel()),
       close_queue_for_many, put_for_many, get_for_many);
