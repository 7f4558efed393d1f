/* SPDX-License-Identifier: MIT */
/* Room R4: event poller. Includes R0 to R3. */
#ifndef DISRUPTOR_EVENT_POLLER_H
#define DISRUPTOR_EVENT_POLLER_H

#include <disruptor/sequence_barrier.h>
#include <disruptor/wait_strategy.h>

#include <errno.h>

/* So many polls in a row find something before slip is tried. */
#define DISRUPTOR_SLIP_AFTER 32

/* So many polls in a row find nothing before a dead peer is thought of. */
#define DISRUPTOR_IDLE_LOOKS 4

/*
 * A consumer that the caller drives: poll, read, advance. One thread at a time
 * uses a handle. It gates the producers from its creation on, so poll it or
 * free it.
 *
 * Allocated by the library, which only ever appends fields. Read none of them.
 */
struct disruptor_poller {
	int64_t next;		/* first sequence not advanced over */
	int64_t ready;		/* one past the last known to be readable */
	struct disruptor_sequence_barrier barrier;
	struct disruptor_consumer_record *record;
	int64_t batch_max;	/* events that one poll returns */
	uint64_t epoch;		/* of control, when barrier was made */
	uint32_t shared;
	/* Slip, see disruptor_poll_slip(). */
	uint32_t slip_in;	/* polls in a row until it is tried */
	int64_t slip_below;	/* it waits for so many events; 0: off */
	uint32_t halted;	/* not 0: by disruptor_halt(), or removed */
	struct disruptor_poller_private *hidden;
	int64_t idle_at;	/* where polls found nothing */
	uint32_t idle_looks;	/* how many of them, in a row */
};

DISRUPTOR_BEGIN_DECLS

/* disruptor_poll() when the fast path has no answer: gaps, close, errors. */
DISRUPTOR_API DISRUPTOR_COLD int64_t
disruptor_poll_slow(struct disruptor_poller *poller);

/*
 * Something is ready, up to ready, and more comes so fast that a short wait
 * serves both sides: see src/slip.c.
 */
DISRUPTOR_API DISRUPTOR_COLD int64_t
disruptor_poll_slip(struct disruptor_poller *poller, int64_t ready);

/* Nothing is ready, and a claim that a dead peer may have made is why. */
DISRUPTOR_API DISRUPTOR_COLD bool
disruptor_poll_is_held_up(struct disruptor_poller *poller);

/* disruptor_poll_wait() when it has to wait. */
DISRUPTOR_API DISRUPTOR_COLD int64_t
disruptor_poll_wait_slow(struct disruptor_poller *poller, int64_t timeout_ns);

/* Cold half of E5: somebody may sleep until this consumer advances. */
DISRUPTOR_API DISRUPTOR_COLD void
disruptor_poller_wake(struct disruptor_poller *poller);

/*
 * True when ready, just read from the region, may be used as it is:
 * something is ready, not more than the ring holds, no gap can be in it, and
 * nobody joined, left or halted.
 *
 * E9: the epoch is read after the sequences. A record that was given to
 * somebody else has a new epoch before it has a new sequence.
 */
DISRUPTOR_INLINE bool disruptor_poll_is_plain(struct disruptor_poller *poller,
					      int64_t ready)
{
	const struct disruptor_sequence_barrier *b = &poller->barrier;

	if (DISRUPTOR_UNLIKELY((uint64_t)ready - (uint64_t)poller->next - 1 >
			       b->ring.mask))
		return false;
	if (DISRUPTOR_UNLIKELY(disruptor_load_relaxed_u32(&poller->halted)))
		return false;
	if (DISRUPTOR_UNLIKELY(disruptor_load_relaxed_u64(&b->control->epoch) !=
			       poller->epoch))
		return false;
	if (b->upstream_count == 0 || b->ring.words == NULL)
		return true;
	return DISRUPTOR_LIKELY(disruptor_sequence_load_relaxed(
					&b->control->gap_end) <= poller->next);
}

/*
 * True when there is nothing to do but to ask again later: nothing is ready,
 * nobody joined, left, closed or halted, and no dead peer may be in the way.
 */
DISRUPTOR_INLINE bool disruptor_poll_is_idle(struct disruptor_poller *poller,
					     int64_t ready)
{
	const struct disruptor_sequence_barrier *b = &poller->barrier;

	if (ready != poller->next ||
	    disruptor_load_relaxed_u32(&poller->halted) ||
	    (disruptor_load_relaxed_u32(&b->control->state) &
	     DISRUPTOR_STATE_CLOSED) ||
	    disruptor_load_relaxed_u64(&b->control->epoch) != poller->epoch)
		return false;
	if (b->upstream_count == 0 && b->ring.words != NULL &&
	    disruptor_load_relaxed_u64(disruptor_ring_buffer_word(
		    &b->ring, ready)) >= disruptor_word_published(ready))
		return false;
	if (poller->shared && disruptor_poll_is_held_up(poller))
		return false;
	/* What comes one by one is never waited for. */
	poller->slip_below = 0;
	return true;
}

/*
 * How many events are ready, without waiting: a count; 0, nothing yet;
 * -ESHUTDOWN, the ring is closed and drained; -ECANCELED, halted; -ESTALE, this
 * consumer was evicted, see disruptor_poller_missed(); -EOWNERDEAD, one that it
 * follows was lost, see DISRUPTOR_UPSTREAM_FAIL; -EUCLEAN, the region is
 * damaged. Events that were ready before and not advanced over are counted
 * again. errno and disruptor_error() are set by the last three only: the others
 * are ends, not failures. While looking for events is what slows the producer
 * down, it lets some hundreds come before it returns, for at most some
 * microseconds: both sides are faster for it (src/slip.c).
 *
 * Thread safety: the handle's thread. Progress: wait-free, but for gaps and
 * joins, which are bounded; once a millisecond, when something is in the way in
 * a shared ring for more than four polls, one look whether its owner lives.
 */
DISRUPTOR_INLINE_API int64_t disruptor_poll(struct disruptor_poller *poller)
{
	int64_t ready = disruptor_sequence_barrier_ready(
		&poller->barrier, poller->ready,
		poller->next + poller->batch_max);

	if (DISRUPTOR_UNLIKELY(!disruptor_poll_is_plain(poller, ready)))
		return disruptor_poll_is_idle(poller, ready) ?
			       0 :
			       disruptor_poll_slow(poller);
	if (DISRUPTOR_UNLIKELY(ready - poller->next > poller->batch_max))
		ready = poller->next + poller->batch_max;
	poller->ready = ready;
	if (DISRUPTOR_UNLIKELY(ready - poller->next < poller->slip_below) ||
	    DISRUPTOR_UNLIKELY(--poller->slip_in == 0))
		return disruptor_poll_slip(poller, ready);
	return ready - poller->next;
}

/*
 * As disruptor_poll(), but waits by the handle's strategy until something is
 * ready, the end, or timeout_ns have passed (then 0). Negative: for ever.
 */
DISRUPTOR_INLINE_API int64_t
disruptor_poll_wait(struct disruptor_poller *poller, int64_t timeout_ns)
{
	int64_t n = disruptor_poll(poller);

	if (DISRUPTOR_LIKELY(n != 0) || timeout_ns == 0)
		return n;
	return disruptor_poll_wait_slow(poller, timeout_ns);
}

/*
 * Whether this consumer was evicted by now: then producers may have overwritten
 * any event that it was reading. For one with a stall_limit_ns: read, copy, ask
 * this, and trust the copy if the answer is no.
 *
 * Thread safety: the handle's thread. Progress: wait-free.
 */
DISRUPTOR_API bool
disruptor_poller_is_evicted(const struct disruptor_poller *poller);

/*
 * After -ESTALE: how many sequences were published so far from the first on
 * that this consumer had not finished when it was evicted, which now is
 * disruptor_poller_sequence(poller, 0). What it advanced over after that does
 * not count as received. Before -ESTALE: 0. A new consumer that begins at
 * sequence s leaves out exactly those from there up to s.
 *
 * Thread safety: the handle's thread. Progress: looks at commit words.
 */
DISRUPTOR_API int64_t
disruptor_poller_missed(const struct disruptor_poller *poller);

/*
 * The i-th ready event, 0 <= i < n, which is not checked; until it is advanced
 * over. What is written into it is seen by those that follow this consumer.
 */
DISRUPTOR_INLINE_API void *
disruptor_poller_event(struct disruptor_poller *poller, int64_t i)
{
	return disruptor_ring_buffer_event(&poller->barrier.ring,
					   poller->next + i);
}

/* The sequence of the i-th ready event. */
DISRUPTOR_INLINE_API int64_t
disruptor_poller_sequence(struct disruptor_poller *poller, int64_t i)
{
	return poller->next + i;
}

/*
 * The longest array of ready events that begins with the i-th; *n becomes its
 * length (with stamped slots 1; NULL and 0 past what is ready).
 */
DISRUPTOR_INLINE_API void *
disruptor_poller_span(struct disruptor_poller *poller, int64_t i, int64_t *n)
{
	*n = 0;
	if (i < 0 || i >= poller->ready - poller->next)
		return NULL;
	*n = disruptor_ring_buffer_run(&poller->barrier.ring, poller->next + i,
				       poller->ready - poller->next - i);
	return disruptor_ring_buffer_event(&poller->barrier.ring,
					   poller->next + i);
}

/* The store that ends an advance: everything before next is done with. */
DISRUPTOR_INLINE void disruptor_poller_release(struct disruptor_poller *poller,
					       int64_t next)
{
	/*
	 * E2, E3: a producer's licence to overwrite and a follower's to read;
	 * all that was done with the events comes before it.
	 */
	disruptor_sequence_store_release(&poller->record->sequence, next);
	if (disruptor_signal_wanted(&poller->record->signal))
		disruptor_poller_wake(poller);
}

/*
 * Done with the first n ready events: producers may overwrite them, and those
 * that follow this consumer receive them. More than is ready counts as all.
 *
 * Thread safety: the handle's thread. Progress: wait-free, but for one system
 * call when a follower or a producer sleeps.
 */
DISRUPTOR_INLINE_API void
disruptor_poller_advance(struct disruptor_poller *poller, int64_t n)
{
	if (DISRUPTOR_UNLIKELY(n <= 0))
		return;
	if (DISRUPTOR_UNLIKELY(n > poller->ready - poller->next))
		n = poller->ready - poller->next;
	poller->next += n;
	disruptor_poller_release(poller, poller->next);
}

DISRUPTOR_END_DECLS

#endif
