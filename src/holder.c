/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * A live producer's claim is never taken, however long it stalls; who waits for
 * it can at least learn whose it is. For people: nothing depends on it.
 */

/* Its owner; what is copied counts if that has the record still. */
static uint64_t describe(struct disruptor_holder *holder,
			 const struct disruptor *d, uint32_t index)
{
	const struct disruptor_producer_record *r = &d->producers[index];
	uint64_t owner = disruptor_load_acquire_u64(&r->owner);

	holder->index = index;
	holder->pid = disruptor_load_relaxed_u32(&r->pid);
	holder->tid = disruptor_load_relaxed_u32(&r->tid);
	holder->low = disruptor_sequence_load_relaxed(&r->intent_low);
	holder->high = disruptor_sequence_load_relaxed(&r->intent_high);
	return owner;
}

bool disruptor_producer_is_still(const struct disruptor_producer_record *r,
				 uint64_t owner)
{
	/* E10: who wrote what was read had taken the old owner away before. */
	disruptor_fence_acquire();
	return disruptor_load_relaxed_u64(&r->owner) == owner;
}

static bool has_it_still(struct disruptor *d, uint32_t index, uint64_t owner)
{
	return owner != 0 &&
	       disruptor_liveness_alive(d, DISRUPTOR_LOCK_PRODUCER(index)) &&
	       disruptor_producer_is_still(&d->producers[index], owner);
}

/* Claims of a single producer do not show: it is whoever has the role. */
static bool holds_role(struct disruptor *d, int64_t sequence,
		       struct disruptor_holder *holder)
{
	uint64_t owner = describe(holder, d, 0);

	/* Behind that: what was published before it came is not its own. */
	holder->low = disruptor_published(d);
	holder->high = holder->low + disruptor_capacity(d);
	return sequence >= holder->low && has_it_still(d, 0, owner);
}

static bool has_intent(struct disruptor *d, uint32_t index, int64_t sequence,
		       struct disruptor_holder *holder)
{
	uint64_t owner = describe(holder, d, index);

	return sequence >= holder->low && sequence < holder->high &&
	       has_it_still(d, index, owner);
}

static bool is_claimed(const struct disruptor *d, int64_t sequence)
{
	int64_t cursor = disruptor_cursor(d);

	return sequence >= d->header.first_sequence && sequence < cursor &&
	       sequence >= cursor - disruptor_capacity(d) &&
	       disruptor_first_unresolved(&d->ring, sequence, sequence + 1) ==
		       sequence;
}

static bool find(struct disruptor *d, int64_t sequence,
		 struct disruptor_holder *holder)
{
	uint32_t i;

	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return holds_role(d, sequence, holder);
	if (!is_claimed(d, sequence))
		return false;
	for (i = 0; i < d->header.producers_max; i++)
		if (has_intent(d, i, sequence, holder))
			return true;
	return false;
}

int disruptor_find_holder(struct disruptor *d, int64_t sequence,
			  struct disruptor_holder *holder)
{
	if (d == NULL || holder == NULL)
		return disruptor_fail(EINVAL, "which ring, which sequence?");
	if (disruptor_check_process(d) < 0)
		return -ECHILD;
	if (!d->shared)
		return disruptor_fail(EOPNOTSUPP, "a private ring does not "
						  "note who claims what");
	return disruptor_find_holder_in_view(d, sequence, holder);
}

int disruptor_find_holder_in_view(struct disruptor *d, int64_t sequence,
				  struct disruptor_holder *holder)
{
	if (find(d, sequence, holder))
		return 0;
	*holder = (struct disruptor_holder){ 0 };
	return disruptor_fail(ENOENT, "nobody alive holds sequence %lld",
			      (long long)sequence);
}
