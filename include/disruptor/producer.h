/* SPDX-License-Identifier: MIT */
/* Room R4: producer. Includes R0 to R3. */
#ifndef DISRUPTOR_PRODUCER_H
#define DISRUPTOR_PRODUCER_H

#include <disruptor/sequencer.h>

#include <errno.h>

/*
 * A producer: claim, fill, publish. One thread at a time uses a handle; a
 * multi producer ring takes up to producers_max handles, a single producer ring
 * one, in whatever thread or process. At most one claim is in hand: a second
 * one before publish or abandon fails with EBUSY. Calls are for the handle's
 * thread, but for those that say any.
 *
 * Allocated by the library, which only ever appends fields. Read none of them.
 */
struct disruptor_producer {
	struct disruptor_sequencer sequencer;
	int64_t capacity;
	struct disruptor_producer_private *hidden;
};

/* Waits without a time-out. */
#define DISRUPTOR_FOREVER INT64_C(-1)

DISRUPTOR_BEGIN_DECLS

/*
 * The slow half of every claim: rescans the gate, and waits up to timeout_ns
 * (0: not at all, negative: for ever) by the handle's strategy. With up_to,
 * takes between 1 and n. Returns what was claimed, or -EAGAIN (full, no wait
 * asked), -ETIMEDOUT, -ESHUTDOWN (closed), -ECANCELED (halted or canceled),
 * -EBUSY (a claim is in hand), -EINVAL (n), -EDEADLK (full, and a handler of
 * this ring would wait for itself), -EOVERFLOW (sequences are used up). Sets
 * errno when it fails, and disruptor_error(), but for the first two.
 */
DISRUPTOR_API DISRUPTOR_COLD int64_t
disruptor_claim_slow(struct disruptor_producer *producer, int64_t n, bool up_to,
		     int64_t timeout_ns);

/* What disruptor_abandon() does when there is a claim. */
DISRUPTOR_API DISRUPTOR_COLD void
disruptor_abandon_slow(struct disruptor_producer *producer);

/*
 * Claims exactly n events, 1 to the capacity, and waits for room up to
 * timeout_ns (0: not at all, negative: for ever). Returns n or an error as
 * disruptor_claim_slow() does.
 *
 * Thread safety: the handle's thread. Progress: wait-free (single producer) or
 * lock-free (multi producer) while there is room, else it waits.
 */
DISRUPTOR_INLINE_API int64_t
disruptor_claim_n_timeout(struct disruptor_producer *producer, int64_t n,
			  int64_t timeout_ns)
{
	if (DISRUPTOR_LIKELY(n > 0) &&
	    DISRUPTOR_LIKELY(disruptor_sequencer_try_claim(
				     &producer->sequencer, n) ==
			     DISRUPTOR_CLAIM_OK))
		return n;
	return disruptor_claim_slow(producer, n, false, timeout_ns);
}

/* Waits for room; n, or a negative errno. */
DISRUPTOR_INLINE_API int64_t
disruptor_claim_n(struct disruptor_producer *producer, int64_t n)
{
	return disruptor_claim_n_timeout(producer, n, DISRUPTOR_FOREVER);
}

/* Never waits; n, or -EAGAIN and the other errors. */
DISRUPTOR_INLINE_API int64_t
disruptor_try_claim_n(struct disruptor_producer *producer, int64_t n)
{
	return disruptor_claim_n_timeout(producer, n, 0);
}

/*
 * Waits for room for one and takes what fits, at most max and the capacity.
 * Returns how many, or an error as disruptor_claim_slow() does. Progress: as
 * disruptor_claim_n_timeout().
 */
DISRUPTOR_API int64_t
disruptor_claim_up_to(struct disruptor_producer *producer, int64_t max);

/* As disruptor_claim_up_to(), with a time-out (0: never waits). */
DISRUPTOR_API int64_t
disruptor_claim_up_to_timeout(struct disruptor_producer *producer, int64_t max,
			      int64_t timeout_ns);

/*
 * The i-th claimed event, 0 <= i < n, which is not checked. What it holds is
 * left over from an earlier lap. The caller's until publish or abandon.
 */
DISRUPTOR_INLINE_API void *
disruptor_producer_event(struct disruptor_producer *producer, int64_t i)
{
	return disruptor_ring_buffer_event(&producer->sequencer.ring,
					   producer->sequencer.next + i);
}

/* The sequence of the i-th claimed event. */
DISRUPTOR_INLINE_API int64_t
disruptor_producer_sequence(struct disruptor_producer *producer, int64_t i)
{
	return producer->sequencer.next + i;
}

/*
 * The longest array of claimed events that begins with the i-th; *n becomes
 * its length (with stamped slots 1; NULL and 0 past the end of the claim).
 */
DISRUPTOR_INLINE_API void *
disruptor_producer_span(struct disruptor_producer *producer, int64_t i,
			int64_t *n)
{
	struct disruptor_sequencer *s = &producer->sequencer;

	*n = 0;
	if (i < 0 || i >= s->claimed)
		return NULL;
	*n = disruptor_ring_buffer_run(&s->ring, s->next + i,
				       s->claimed - i);
	return disruptor_ring_buffer_event(&s->ring, s->next + i);
}

/*
 * Claims one event and waits for it up to timeout_ns. NULL with errno, as
 * disruptor_claim_slow() has it. Progress: as disruptor_claim_n_timeout().
 */
DISRUPTOR_INLINE_API void *
disruptor_claim_timeout(struct disruptor_producer *producer, int64_t timeout_ns)
{
	if (DISRUPTOR_UNLIKELY(disruptor_claim_n_timeout(producer, 1,
							 timeout_ns) != 1))
		return NULL;
	return disruptor_producer_event(producer, 0);
}

/* Claims one event and waits for room. NULL: errno says why there is none. */
DISRUPTOR_INLINE_API void *
disruptor_claim(struct disruptor_producer *producer)
{
	return disruptor_claim_timeout(producer, DISRUPTOR_FOREVER);
}

/* Claims one event if there is room now; NULL and EAGAIN if not. */
DISRUPTOR_INLINE_API void *
disruptor_try_claim(struct disruptor_producer *producer)
{
	return disruptor_claim_timeout(producer, 0);
}

/*
 * Claims one event if there is room now. If not, the newest event is the one
 * that is dropped: NULL and EAGAIN, and counted.
 */
DISRUPTOR_API void *
disruptor_claim_or_drop(struct disruptor_producer *producer);

/* How many claims disruptor_claim_or_drop() turned away. Any thread. */
DISRUPTOR_API uint64_t
disruptor_producer_dropped(const struct disruptor_producer *producer);

/*
 * From any thread: the claim that this producer waits in, or else its next one,
 * fails once with -ECANCELED. Nothing is claimed then. Takes no lock; calls the
 * system for whoever sleeps on the ring.
 */
DISRUPTOR_API void
disruptor_producer_cancel(struct disruptor_producer *producer);

/*
 * Publishes all that is claimed; nothing claimed: does nothing. Consumers
 * receive it from here on, whatever becomes of this process.
 *
 * Thread safety: the handle's thread. Progress: wait-free, one store or one for
 * each event, but for one system call when a consumer sleeps.
 */
DISRUPTOR_INLINE_API void
disruptor_publish(struct disruptor_producer *producer)
{
	if (DISRUPTOR_LIKELY(producer->sequencer.claimed != 0))
		disruptor_sequencer_publish(&producer->sequencer);
}

/*
 * Gives up all that is claimed. In a multi producer ring the sequences become
 * gaps, which every consumer steps over and counts; in a single producer ring
 * they are claimed again. Nothing claimed: does nothing. Progress: as
 * disruptor_publish().
 */
DISRUPTOR_INLINE_API void
disruptor_abandon(struct disruptor_producer *producer)
{
	if (producer->sequencer.claimed != 0)
		disruptor_abandon_slow(producer);
}

DISRUPTOR_END_DECLS

#endif
