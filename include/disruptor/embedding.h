/* SPDX-License-Identifier: MIT */
/* Room R5: embedding. Includes R0 and R4. */
#ifndef DISRUPTOR_EMBEDDING_H
#define DISRUPTOR_EMBEDDING_H

#include <disruptor/event_poller.h>
#include <disruptor/producer.h>

/*
 * What a binding to another language and a program with an event loop of its
 * own need: where the events lie, and how one thread sleeps for any number of
 * handles that others poll.
 *
 *	n = disruptor_poll(poller);		in the handle's thread
 *	if (n == 0) {
 *		disruptor_poller_announce(poller, &point);
 *		n = disruptor_poll(poller);	once more: it must be after
 *	}
 *	if (n == 0)
 *		disruptor_wait_any(&point, 1, timeout);	in any thread
 *
 * The handle's thread then polls again. Each sleep is to be bounded, 50 ms at
 * most, and followed by a poll: polls look after dead peers, and a waker may be
 * killed just before its wake.
 */

struct disruptor;

/* Nothing is ready while *word is expected. */
struct disruptor_wait_point {
	const uint32_t *word;
	uint32_t expected;
	uint32_t shared;	/* 1: other processes change the word */
};

#define DISRUPTOR_WAIT_POINTS_MAX 128

/* The array of events: the one of sequence s begins (s & (capacity - 1)) *
 * stride bytes behind base. It stays until disruptor_free(). */
struct disruptor_memory_info {
	void *base;
	uint64_t length;	/* bytes */
	uint64_t stride;
};

DISRUPTOR_BEGIN_DECLS

/*
 * The sleeper's half of edge E5; the handle's thread. Poll again after it. The
 * point is that of the slowest that is waited for; while that becomes another
 * again and again, it is one at which disruptor_wait_any() returns at once.
 */
DISRUPTOR_API void
disruptor_poller_announce(struct disruptor_poller *poller,
			  struct disruptor_wait_point *point);

/* The same for room: after it, try to claim again. */
DISRUPTOR_API void
disruptor_producer_announce(struct disruptor_producer *producer,
			    struct disruptor_wait_point *point);

/*
 * Sleeps until one of the words is not what is expected, or timeout_ns have
 * passed (negative: for ever); or wakes for no reason. 0, or -ETIMEDOUT;
 * -EINVAL, no points or more than DISRUPTOR_WAIT_POINTS_MAX. Any thread. Words
 * of rings stay mapped meanwhile. Before Linux 5.16 more than one point are
 * looked at every millisecond.
 */
DISRUPTOR_API int disruptor_wait_any(const struct disruptor_wait_point *points,
				     int count, int64_t timeout_ns);

/*
 * For a word of the program's own among the points: wakes those who wait for
 * it. Change it before.
 */
DISRUPTOR_API void disruptor_wake_waiters(const uint32_t *word, bool shared);

DISRUPTOR_API void disruptor_memory(const struct disruptor *disruptor,
				    struct disruptor_memory_info *memory);

DISRUPTOR_END_DECLS

#endif
