/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Whom a consumer follows, and what it does when one of them is lost, or it is
 * lost itself.
 */

/*
 * What producers may have overwritten since does not count as read. 1 while
 * that is not known yet: who began the eviction may have been killed.
 */
static int note_eviction(struct disruptor_poller_private *p)
{
	struct disruptor_poller *poller = &p->handle;
	uint64_t status;
	int64_t at;

	disruptor_consumer_evict_if_dead(p->disruptor, p->index);
	/* Who freed the record, or has it now, wrote evicted_at before. */
	status = disruptor_load_acquire_u64(&poller->record->status);
	if (disruptor_consumer_gates(status) && status >> 8 == p->status >> 8)
		return 1;
	if (disruptor_check_cut(poller->record) < 0)
		return -EIO;
	at = disruptor_sequence_load_relaxed(&poller->record->evicted_at);
	if (!p->evicted && at <= poller->next &&
	    at >= poller->next - disruptor_capacity(p->disruptor))
		poller->next = poller->ready = at;
	p->evicted = true;
	return disruptor_fail(ESTALE,
			      "this consumer was evicted at sequence %lld",
			      (long long)poller->next);
}

static void follow(struct disruptor_poller_private *p,
		   const struct disruptor_consumer_set *set)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_sequence_barrier *b = &p->handle.barrier;
	uint32_t i;

	b->upstream_count = 0;
	for (i = 0; i < d->header.consumers_max; i++) {
		if (!disruptor_set_has(set->bits, i) || i == p->index)
			continue;
		p->upstream_index[b->upstream_count] = (uint16_t)i;
		p->upstream[b->upstream_count++] = &d->consumers[i].sequence;
	}
}

/* Instead of one that died and keeps its place: those whom it follows. */
static bool pass_one(struct disruptor_poller_private *p,
		     struct disruptor_consumer_set *set,
		     struct disruptor_consumer_set *passed, uint32_t i)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_set its;
	uint32_t w;

	if (!disruptor_set_has(set->bits, i) ||
	    disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(i)) ||
	    !disruptor_consumer_upstream(&d->consumers[i], &its))
		return false;
	disruptor_set_add(passed, i);
	for (w = 0; w < DISRUPTOR_CONSUMERS_LIMIT / 64; w++)
		set->bits[w] = (set->bits[w] | its.bits[w]) & ~passed->bits[w];
	return true;
}

/* Each at most once, so that a circle of a hostile peer's ends too. */
static void pass_the_dead(struct disruptor_poller_private *p,
			  struct disruptor_consumer_set *set)
{
	struct disruptor_consumer_set passed = { { 0 } };
	uint32_t i = 0;

	while (i < p->disruptor->header.consumers_max)
		i = pass_one(p, set, &passed, i) ? 0 : i + 1;
}

int disruptor_fail_upstream(void)
{
	return disruptor_fail(EOWNERDEAD, "a consumer that this one follows "
					  "died or was evicted");
}

/*
 * Somebody joined, left or was evicted: learn anew whom to follow. The epoch is
 * read first, so what is missed now is seen as another change.
 */
int disruptor_poller_revalidate(struct disruptor_poller_private *p)
{
	struct disruptor *d = p->disruptor;
	uint64_t epoch = disruptor_load_acquire_u64(&d->words->control.epoch);
	struct disruptor_consumer_set set;

	if (disruptor_load_relaxed_u64(&p->handle.record->status) != p->status)
		return note_eviction(p);
	if (!disruptor_consumer_upstream(p->handle.record, &set))
		return 0;
	/* Behind the set: who takes a lost one out of it has said so before. */
	if (disruptor_load_relaxed_u32(&p->handle.record->policy) &
	    DISRUPTOR_CONSUMER_UPSTREAM_LOST)
		return disruptor_fail_upstream();
	if (p->on_upstream_lost == DISRUPTOR_UPSTREAM_PASS)
		pass_the_dead(p, &set);
	follow(p, &set);
	p->handle.epoch = epoch;
	return 0;
}

int32_t
disruptor_poller_slowest_upstream(const struct disruptor_poller_private *p)
{
	int64_t minimum = INT64_MAX;
	int32_t index = -1;
	uint32_t i;

	for (i = 0; i < p->handle.barrier.upstream_count; i++) {
		int64_t s = disruptor_sequence_load_relaxed(p->upstream[i]);

		if (s >= minimum)
			continue;
		minimum = s;
		index = p->upstream_index[i];
	}
	return index;
}

/* Of one whose place is kept: nothing in the region moves when it dies. */
static void mind_death(struct disruptor_poller_private *p, uint32_t upstream)
{
	if (disruptor_liveness_alive(p->disruptor,
				     DISRUPTOR_LOCK_CONSUMER(upstream)))
		return;
	if (p->on_upstream_lost == DISRUPTOR_UPSTREAM_FAIL)
		p->upstream_died = true;
	p->handle.epoch--;
}

void disruptor_poller_suspect(struct disruptor_poller_private *p)
{
	int32_t index = disruptor_poller_slowest_upstream(p);

	if (index < 0) {
		disruptor_recover(p->disruptor, p->handle.next);
		return;
	}
	disruptor_consumer_evict_if_dead(p->disruptor, (uint32_t)index);
	/* Who took it away may have been killed before the epoch moved. */
	if (!disruptor_consumer_is_active(p->disruptor, (uint32_t)index))
		p->handle.epoch--;
	else if (p->on_upstream_lost == DISRUPTOR_UPSTREAM_PASS ||
		 p->on_upstream_lost == DISRUPTOR_UPSTREAM_FAIL)
		mind_death(p, (uint32_t)index);
}

bool disruptor_poller_is_evicted(const struct disruptor_poller *poller)
{
	const struct disruptor_poller_private *p = poller->hidden;

	/*
	 * E9: what was read of the events was read before this. Who overwrites
	 * them has fenced since it read the status that makes it free to.
	 */
	disruptor_fence_acquire();
	return disruptor_load_relaxed_u64(&poller->record->status) != p->status;
}

int64_t disruptor_poller_missed(const struct disruptor_poller *poller)
{
	const struct disruptor_poller_private *p = poller->hidden;
	int64_t published;

	if (!p->evicted)
		return 0;
	published = disruptor_published(p->disruptor);
	return published > poller->next ? published - poller->next : 0;
}
