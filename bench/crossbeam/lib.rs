/* SPDX-License-Identifier: MIT */
/*
 * crossbeam's bounded channel and ArrayQueue, and std::sync::mpsc. Producers and
 * the consumer do not block: the harness's way to wait is the caller's.
 */
use crossbeam_channel as channel;
use crossbeam_queue::ArrayQueue;
use std::sync::mpsc;

const PRODUCERS_MAX: usize = 4;
const PRODUCER_SHIFT: u32 = 56;

trait Queue {
    fn put(&self, producer: usize, value: u64) -> bool;
    fn get(&self) -> Option<u64>;
}

pub struct Channel(channel::Sender<u64>, channel::Receiver<u64>);

impl Queue for Channel {
    fn put(&self, _: usize, value: u64) -> bool {
        self.0.try_send(value).is_ok()
    }
    fn get(&self) -> Option<u64> {
        self.1.try_recv().ok()
    }
}

pub struct Array(ArrayQueue<u64>);

impl Queue for Array {
    fn put(&self, _: usize, value: u64) -> bool {
        self.0.push(value).is_ok()
    }
    fn get(&self) -> Option<u64> {
        self.0.pop()
    }
}

/* A sender for each producer, since they cannot share one. */
pub struct Mpsc(Vec<mpsc::SyncSender<u64>>, mpsc::Receiver<u64>);

impl Queue for Mpsc {
    fn put(&self, producer: usize, value: u64) -> bool {
        self.0[producer].try_send(value).is_ok()
    }
    fn get(&self) -> Option<u64> {
        self.1.try_recv().ok()
    }
}

#[inline(always)]
fn wait(crowded: bool) {
    if crowded {
        std::thread::yield_now()
    } else {
        std::hint::spin_loop()
    }
}

fn produce<Q: Queue>(q: &Q, producer: usize, from: u64, count: u64, crowded: bool) {
    for value in from..from + count {
        while !q.put(producer, value) {
            wait(crowded);
        }
    }
}

fn take<Q: Queue>(q: &Q, crowded: bool) -> u64 {
    loop {
        if let Some(value) = q.get() {
            return value;
        }
        wait(crowded);
    }
}

/* What was not as it had to be; next: of each producer. */
fn consume<Q: Queue>(q: &Q, next: &mut [u64], count: u64, crowded: bool) -> u64 {
    let mut wrong = 0;

    for _ in 0..count {
        let value = take(q, crowded);
        let producer = (value >> PRODUCER_SHIFT) as usize % PRODUCERS_MAX;

        wrong |= value ^ next[producer];
        next[producer] += 1;
    }
    wrong
}

fn new_channel(capacity: usize) -> Channel {
    let (sender, receiver) = channel::bounded(capacity);

    Channel(sender, receiver)
}

fn new_mpsc(capacity: usize) -> Mpsc {
    let (sender, receiver) = mpsc::sync_channel(capacity);

    Mpsc(vec![sender; PRODUCERS_MAX], receiver)
}

/* The C half sees pointers; which type is in the function's name. */
macro_rules! export {
    ($kind:ty, $make:expr, $new:ident, $free:ident, $produce:ident, $consume:ident,
     $put:ident, $get:ident) => {
        #[no_mangle]
        pub extern "C" fn $new(capacity: usize) -> *mut $kind {
            Box::into_raw(Box::new($make(capacity)))
        }
        #[no_mangle]
        pub unsafe extern "C" fn $free(q: *mut $kind) {
            drop(Box::from_raw(q))
        }
        #[no_mangle]
        pub unsafe extern "C" fn $produce(
            q: *const $kind, producer: usize, from: u64, count: u64, crowded: bool,
        ) {
            produce(&*q, producer, from, count, crowded)
        }
        #[no_mangle]
        pub unsafe extern "C" fn $consume(
            q: *const $kind, next: *mut u64, count: u64, crowded: bool,
        ) -> u64 {
            consume(&*q, std::slice::from_raw_parts_mut(next, PRODUCERS_MAX), count, crowded)
        }
        #[no_mangle]
        pub unsafe extern "C" fn $put(q: *const $kind, value: u64) {
            produce(&*q, 0, value, 1, false)
        }
        #[no_mangle]
        pub unsafe extern "C" fn $get(q: *const $kind) -> u64 {
            take(&*q, false)
        }
    };
}

export!(Channel, new_channel, channel_new, channel_free, channel_produce, channel_consume,
        channel_put, channel_get);
export!(Array, |n| Array(ArrayQueue::new(n)), array_new, array_free, array_produce,
        array_consume, array_put, array_get);
export!(Mpsc, new_mpsc, mpsc_new, mpsc_free, mpsc_produce, mpsc_consume, mpsc_put, mpsc_get);
