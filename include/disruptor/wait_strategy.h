/* SPDX-License-Identifier: MIT */
/* Room R2: wait strategy. Includes R0. */
#ifndef DISRUPTOR_WAIT_STRATEGY_H
#define DISRUPTOR_WAIT_STRATEGY_H

#include <disruptor/atomic.h>

/*
 * How a handle waits: a consumer for events, a consumer for the consumers that
 * it follows, a producer for room. A strategy belongs to a handle; the ring's
 * is only what handles get that name none. Every strategy notices close, halt
 * and time-out, and looks after dead peers.
 */
enum disruptor_wait_strategy {
	/* _PHASED: spin 2 µs, yield 50 µs, then block */
	DISRUPTOR_WAIT_DEFAULT = 0,
	DISRUPTOR_WAIT_BUSY_SPIN = 1,	/* a core for the lowest latency */
	DISRUPTOR_WAIT_BUSY_SPIN_HINT = 2, /* the same with a pause */
	DISRUPTOR_WAIT_YIELDING = 3,	/* spin wait_spin_ns, then yield */
	DISRUPTOR_WAIT_SLEEPING = 4,	/* spin, yield, nap wait_sleep_ns */
	DISRUPTOR_WAIT_PHASED = 5,	/* spin, yield, then wait_fallback */
	DISRUPTOR_WAIT_BLOCKING = 6	/* spin wait_spin_ns (0), then futex */
};

/*
 * A signal word, one per wait point: the cursor, and each consumer for those
 * who follow it and for producers without room. A futex. The bits above these
 * two count the wakes, so that a sleeper which is late for one does not sleep
 * on a word that another sleeper has made look the same again.
 */
#define DISRUPTOR_SIGNAL_SLEEPERS 1u	/* somebody may be asleep */
#define DISRUPTOR_SIGNAL_FENCE 2u	/* a sleeper has no membarrier: fence */
#define DISRUPTOR_SIGNAL_WAKE 4u	/* one wake */

/*
 * Publisher's half of edge E5, after the store that somebody may wait for.
 * True: wake. Nobody asleep costs one load, no fence and no system call: the
 * sleeper pays for the store-load order by membarrier(2). A process that could
 * not register for that has set FENCE in every word.
 */
DISRUPTOR_INLINE bool disruptor_signal_wanted(const uint32_t *signal)
{
	disruptor_compiler_barrier();
	return DISRUPTOR_UNLIKELY(
		(disruptor_load_relaxed_u32(signal) &
		 (DISRUPTOR_SIGNAL_SLEEPERS | DISRUPTOR_SIGNAL_FENCE)) != 0);
}

#endif
