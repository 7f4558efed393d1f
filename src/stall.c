/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * A live consumer that stands still holds up every producer, for as long as it
 * likes: unless it set itself a limit. Then a producer that waits for it may
 * evict it, by itself and with nobody's help.
 *
 * The evicted one goes on reading what may be overwritten, and must learn of it
 * at its next poll, even if the evictor is killed in between. So it is marked
 * first, while it still gates; then the epoch moves, by which a poll knows that
 * it must look; only then it is taken off the gate. Whoever finds the mark
 * finishes what was begun.
 */

static int64_t sequence_of(const struct disruptor *d, uint32_t index)
{
	return disruptor_sequence_load_relaxed(&d->consumers[index].sequence);
}

/* One that it follows and that is no further: it cannot go on before that. */
static int32_t behind(const struct disruptor *d, uint32_t index)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];
	int64_t sequence = sequence_of(d, index);
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++)
		if (i != index && disruptor_consumer_follows(r, i) &&
		    disruptor_consumer_is_active(d, i) &&
		    sequence_of(d, i) <= sequence)
			return (int32_t)i;
	return -1;
}

/* The one that the others wait for. */
static uint32_t cause(const struct disruptor *d, uint32_t index)
{
	uint32_t steps;
	int32_t next;

	for (steps = 0; steps < d->header.consumers_max; steps++) {
		next = behind(d, index);
		if (next < 0)
			break;
		index = (uint32_t)next;
	}
	return index;
}

/* Not while it waits for a producer that has claimed and not yet published. */
static bool could_go_on(const struct disruptor *d, uint32_t index)
{
	int64_t sequence = sequence_of(d, index);

	if (sequence < 0 || sequence >= DISRUPTOR_SEQUENCE_MAX ||
	    behind(d, index) >= 0)
		return false;
	if (d->ring.words == NULL)
		return disruptor_cursor(d) > sequence;
	return disruptor_first_unresolved(&d->ring, sequence, sequence + 1) >
	       sequence;
}

static bool stands_still(const struct disruptor *d,
			 const struct disruptor_stall *stall)
{
	const struct disruptor_consumer_record *r = &d->consumers[stall->index];
	uint64_t status = disruptor_load_relaxed_u64(&r->status);

	return status == stall->status &&
	       disruptor_consumer_state(status) == DISRUPTOR_CONSUMER_ACTIVE &&
	       sequence_of(d, stall->index) == stall->sequence &&
	       could_go_on(d, stall->index);
}

static void begin(struct disruptor_stall *stall, const struct disruptor *d,
		  uint32_t index)
{
	stall->index = index;
	stall->status = disruptor_load_relaxed_u64(&d->consumers[index].status);
	stall->sequence = sequence_of(d, index);
	stall->since = could_go_on(d, index) ? disruptor_os_now() : 0;
}

/* The registry is locked. */
static void evict(struct disruptor *d, const struct disruptor_stall *stall)
{
	struct disruptor_consumer_record *r = &d->consumers[stall->index];
	uint64_t status = stall->status;

	if (stands_still(d, stall) &&
	    disruptor_cas_relaxed_u64(&r->status, &status,
				      (status & ~UINT64_C(0xff)) |
					      DISRUPTOR_CONSUMER_EVICTING))
		disruptor_consumer_lose(d, stall->index);
}

static void try_evict(struct disruptor *d, const struct disruptor_stall *stall)
{
	int lock;

	if (pthread_mutex_trylock(&d->mutex) != 0)
		return;
	lock = disruptor_registry_try_lock(d);
	if (lock >= 0) {
		/* Its name keeps its place no longer than its limit. */
		if (!disruptor_consumer_followers_hold(d, stall->index))
			evict(d, stall);
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
}

void disruptor_consumer_evict_if_stalled(struct disruptor *d,
					 struct disruptor_stall *stall,
					 uint32_t index)
{
	uint32_t limit_us;

	index = cause(d, index);
	limit_us = disruptor_load_relaxed_u32(
		&d->consumers[index].stall_limit_us);
	if (limit_us == 0)
		stall->since = 0;
	else if (stall->since == 0 || stall->index != index ||
		 !stands_still(d, stall))
		begin(stall, d, index);
	else if ((disruptor_os_now() - stall->since) / 1000 >= limit_us)
		try_evict(d, stall);
}
