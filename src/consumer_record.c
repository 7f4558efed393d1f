/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

/*
 * Consumers join, resume, leave and are evicted while events flow, in any
 * process. The set changes under the registry lock, one change at a time; the
 * data path never takes it. Readers of the set (producers that scan, followers)
 * notice by the epoch. Each step may be the last of a killed process. Then the
 * next holder of the lock finds a record that is dead in JOINING or, without a
 * place to hold, in ACTIVE, and takes it away; or it is free already and only
 * the epoch did not move, which those notice who are held up by it (suspect()
 * in producer.c and event_poller.c).
 */

#define SET_WORDS (DISRUPTOR_CONSUMERS_LIMIT / 64)
#define READINGS_MAX 100
#define JOIN_PATIENCE_NS INT64_C(5000000000)

static uint32_t state_of(const struct disruptor_consumer_record *r)
{
	return disruptor_consumer_state(disruptor_load_relaxed_u64(&r->status));
}

bool disruptor_consumer_is_active(const struct disruptor *d, uint32_t index)
{
	return disruptor_consumer_gates(
		disruptor_load_relaxed_u64(&d->consumers[index].status));
}

static void read_upstream(const struct disruptor_consumer_record *r,
			  struct disruptor_consumer_set *set)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		set->bits[w] = disruptor_load_acquire_u64(&r->upstream[w]);
}

/*
 * One relink_follower() first adds and then takes away, so what two readings
 * agree on was there at one instant. More than one meanwhile moves the epoch,
 * and then the caller learns anew.
 */
bool disruptor_consumer_upstream(const struct disruptor_consumer_record *r,
				 struct disruptor_consumer_set *set)
{
	struct disruptor_consumer_set again;
	int tries;

	read_upstream(r, set);
	for (tries = 0; tries < READINGS_MAX; tries++) {
		read_upstream(r, &again);
		if (memcmp(set, &again, sizeof(again)) == 0)
			return true;
		*set = again;
	}
	return false;
}

/* Whether its owner may have written behind what its gate allows. */
static bool gate_counts(struct disruptor *d, uint32_t index)
{
	/* See note_gate() in gate.c. */
	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return true;
	/* With an owner that left comes the cursor that it moved. */
	return disruptor_load_acquire_u64(&d->producers[index].owner) != 0 &&
	       disruptor_liveness_alive(d, DISRUPTOR_LOCK_PRODUCER(index));
}

/*
 * What no producer can overwrite any more: after E9's fence each either relies
 * on a gate that is read here, or scans again and sees the joiner.
 */
static int64_t highest_gate(struct disruptor *d)
{
	int64_t highest = d->header.first_sequence;
	uint32_t i;

	for (i = 0; i < d->header.producers_max; i++) {
		const struct disruptor_producer_record *r = &d->producers[i];
		/*
		 * With what the gate relies on: who overwrites because this one
		 * has passed must come after who wrote there.
		 */
		int64_t gate = disruptor_sequence_load_acquire(&r->gate);

		if (gate > highest && gate_counts(d, i))
			highest = gate;
	}
	return highest;
}

/*
 * The next to be published: in a multi producer ring the oldest claim that is
 * not published yet, so that no event is missed that is published from now on.
 */
static int64_t start_sequence(struct disruptor *d, enum disruptor_start_at start)
{
	/* In this order: no gate is ahead of a cursor that is read later. */
	int64_t oldest = highest_gate(d);
	int64_t cursor = disruptor_cursor(d);

	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		cursor = disruptor_published(d);
	if (oldest > cursor)
		oldest = cursor;
	if (oldest < cursor - disruptor_capacity(d))
		oldest = cursor - disruptor_capacity(d);
	if (start == DISRUPTOR_START_OLDEST)
		return oldest;
	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return cursor;
	return disruptor_first_unresolved(&d->ring, oldest, cursor);
}

/*
 * E9, the joiner's half. The first sequence is lower than any that can come
 * out: it gates too much for an instant, never too little.
 */
static void activate(struct disruptor_poller_private *p,
		     enum disruptor_start_at start)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int64_t low = disruptor_cursor(d) - disruptor_capacity(d);

	if (low < d->header.first_sequence)
		low = d->header.first_sequence;
	/* E9: behind join_new()'s fence, for who follows the last one here. */
	disruptor_sequence_store_relaxed(&r->sequence, low);
	p->status = (disruptor_incarnation() << 8) | DISRUPTOR_CONSUMER_ACTIVE;
	/* Behind its name, for who looks without the registry's lock. */
	disruptor_store_release_u64(&r->status, p->status);
	disruptor_fetch_add_release_u64(&d->words->control.epoch, 1);
	disruptor_fence_seq_cst();
	disruptor_sequence_store_release(&r->sequence,
					 start_sequence(d, start));
	disruptor_wake(&r->signal, d->shared);
}

/* Whose it is, for people. */
static void sign(struct disruptor_consumer_record *r)
{
	disruptor_store_relaxed_u32(&r->pid, disruptor_os_process_id());
	disruptor_store_relaxed_u32(&r->tid, disruptor_os_thread_id());
}

static uint32_t policy_of(const struct disruptor_poller_options *o)
{
	uint32_t policy = o->name != NULL ? DISRUPTOR_CONSUMER_HOLD :
					    DISRUPTOR_CONSUMER_EVICT;

	if (o->on_upstream_lost == DISRUPTOR_UPSTREAM_HOLD)
		policy |= DISRUPTOR_CONSUMER_UPSTREAM_HOLD;
	else if (o->on_upstream_lost == DISRUPTOR_UPSTREAM_PASS)
		policy |= DISRUPTOR_CONSUMER_UPSTREAM_PASS;
	else if (o->on_upstream_lost == DISRUPTOR_UPSTREAM_FAIL)
		policy |= DISRUPTOR_CONSUMER_UPSTREAM_FAIL;
	return policy;
}

static void set_stall_limit(struct disruptor_consumer_record *r,
			    const struct disruptor_poller_options *o)
{
	disruptor_store_relaxed_u32(&r->stall_limit_us,
				    (uint32_t)((o->stall_limit_ns + 999) /
					       1000));
}

static void describe(struct disruptor_consumer_record *r,
		     const struct disruptor_poller_options *o,
		     const struct disruptor_consumer_set *upstream)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		disruptor_store_relaxed_u64(&r->upstream[w], upstream->bits[w]);
	disruptor_store_relaxed_u32(&r->policy,
				    policy_of(o) & ~DISRUPTOR_CONSUMER_HOLD);
	set_stall_limit(r, o);
	sign(r);
	disruptor_store_relaxed_u64(&r->gaps, 0);
	disruptor_consumer_set_name(r, o->name);
}

/*
 * Whether the record is free, or is now: its owner died and holds no place.
 * Before its lock is taken: with that, the dead would look alive, and gate.
 */
static bool free_record(struct disruptor *d, uint32_t index)
{
	if (state_of(&d->consumers[index]) == DISRUPTOR_CONSUMER_FREE)
		return true;
	if (!disruptor_consumer_is_lost(d, index))
		return false;
	disruptor_consumer_lose(d, index);
	return true;
}

static int take_record(struct disruptor_poller_private *p)
{
	struct disruptor *d = p->disruptor;
	uint32_t i;
	int error;

	for (i = 0; i < d->header.consumers_max; i++) {
		/* Evicted, and still in its owner's hands. */
		if (!d->shared && disruptor_poller_is_here(d, i))
			continue;
		if (!free_record(d, i))
			continue;
		error = disruptor_liveness_take(d, &p->pin,
						DISRUPTOR_LOCK_CONSUMER(i));
		if (error == -EAGAIN)
			continue;
		if (error < 0)
			return disruptor_fail(-error, "cannot lock a consumer "
						      "record");
		p->index = i;
		return 0;
	}
	return disruptor_fail(EUSERS, "all %u consumers of the ring are taken",
			      d->header.consumers_max);
}

static int join_new(struct disruptor_poller_private *p,
		    const struct disruptor_poller_options *o,
		    const struct disruptor_consumer_set *upstream)
{
	struct disruptor_consumer_record *r;
	int error = take_record(p);

	if (error < 0)
		return error;
	r = &p->disruptor->consumers[p->index];
	/* E2: who finds this does not find that the last one left. */
	disruptor_store_release_u64(&r->status, DISRUPTOR_CONSUMER_JOINING);
	/* E9: who sees anything of the next one sees that the last one went. */
	disruptor_fence_release();
	describe(r, o, upstream);
	activate(p, o->start);
	/* Not before its place is known: nobody may hold an unknown place. */
	disruptor_store_relaxed_u32(&r->policy, policy_of(o));
	return 0;
}

/* Whether a place that was held can be gone on from. */
static bool is_in_ring(const struct disruptor *d, int64_t sequence)
{
	int64_t cursor = disruptor_cursor(d);

	/* With stamped slots a consumer may be ahead of a slow cursor. */
	return sequence >= d->header.first_sequence &&
	       sequence >= cursor - disruptor_capacity(d) &&
	       sequence <= cursor + disruptor_capacity(d);
}

/* Takes a named place over; the sequence stays what it was. */
static int resume(struct disruptor_poller_private *p,
		  const struct disruptor_poller_options *o,
		  const struct disruptor_consumer_set *upstream)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int error = disruptor_liveness_take(d, &p->pin,
					    DISRUPTOR_LOCK_CONSUMER(p->index));
	uint32_t w;

	if (error == -EAGAIN ||
	    (!d->shared && disruptor_poller_is_here(d, p->index)))
		return disruptor_fail(EBUSY,
				      "consumer '%.*s' is in use (process %u)",
				      DISRUPTOR_CONSUMER_NAME_SIZE, r->name,
				      r->pid);
	if (error < 0)
		return disruptor_fail(-error, "cannot lock a consumer record");
	if (!is_in_ring(d, disruptor_sequence_load_relaxed(&r->sequence))) {
		disruptor_os_pin_drop(&p->pin);
		return disruptor_fail(EUCLEAN,
				      "the place of consumer '%.*s' is damaged",
				      DISRUPTOR_CONSUMER_NAME_SIZE, r->name);
	}
	for (w = 0; upstream != NULL && w < SET_WORDS; w++)
		disruptor_store_relaxed_u64(&r->upstream[w], upstream->bits[w]);
	disruptor_store_relaxed_u32(&r->policy, policy_of(o));
	set_stall_limit(r, o);
	sign(r);
	p->status = (disruptor_incarnation() << 8) | DISRUPTOR_CONSUMER_ACTIVE;
	/* As in activate(): the name is one that somebody else gave it. */
	disruptor_store_release_u64(&r->status, p->status);
	disruptor_fetch_add_relaxed_u64(&d->words->control.epoch, 1);
	return 0;
}

/* All that the set's consumers follow, directly or not. */
static void add_transitive(const struct disruptor *d,
			   struct disruptor_consumer_set *set)
{
	bool more = true;
	uint32_t i, w;

	while (more) {
		more = false;
		for (i = 0; i < d->header.consumers_max; i++)
			for (w = 0; disruptor_set_has(set->bits, i) &&
				    w < SET_WORDS;
			     w++) {
				uint64_t bits = d->consumers[i].upstream[w];

				more |= (bits & ~set->bits[w]) != 0;
				set->bits[w] |= bits;
			}
	}
}

static bool would_follow_itself(const struct disruptor *d,
				const struct disruptor_consumer_set *upstream,
				uint32_t index)
{
	struct disruptor_consumer_set all = *upstream;

	add_transitive(d, &all);
	return disruptor_set_has(all.bits, index);
}

/* Names to records; the registry is locked, so they stay what they are. */
static int add_names(const struct disruptor *d, const char *const *names,
		     struct disruptor_consumer_set *set)
{
	uint32_t index;

	for (; names != NULL && *names != NULL; names++) {
		if (disruptor_consumer_find(d, *names, &index) < 0)
			return disruptor_fail(ENOENT,
					      "there is no consumer '%s' to "
					      "follow", *names);
		disruptor_set_add(set, index);
	}
	return 0;
}

/* A name whose owner was killed before its place was known has no place. */
static bool find_place(struct disruptor *d, const char *name, uint32_t *index)
{
	if (name == NULL || disruptor_consumer_find(d, name, index) < 0)
		return false;
	if (disruptor_consumer_holds_place(&d->consumers[*index]))
		return true;
	disruptor_consumer_remove(d, *index);
	return false;
}

static int join_locked(struct disruptor_poller_private *p,
		       const struct disruptor_poller_options *o,
		       const struct disruptor_consumer_set *upstream)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_set set = { { 0 } };

	if (upstream != NULL)
		set = *upstream;
	if (add_names(d, o->upstream, &set) < 0)
		return -ENOENT;
	if (!find_place(d, o->name, &p->index))
		return join_new(p, o, &set);
	if (would_follow_itself(d, &set, p->index))
		return disruptor_fail(EINVAL,
				      "consumer '%s' would follow itself",
				      o->name);
	/* Nobody named: it goes on following whom it followed. */
	return resume(p, o,
		      upstream != NULL || o->upstream != NULL ? &set : NULL);
}

int disruptor_consumer_join(struct disruptor_poller_private *p,
			    const struct disruptor_poller_options *options,
			    const struct disruptor_consumer_set *upstream)
{
	struct disruptor *d = p->disruptor;
	int lock = disruptor_registry_lock(d, JOIN_PATIENCE_NS);
	int error;

	if (lock < 0)
		return lock;
	error = join_locked(p, options, upstream);
	disruptor_registry_unlock(d, lock);
	return error;
}

static bool follows_any(const struct disruptor_consumer_record *r,
			const struct disruptor_consumer_set *members)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		if ((disruptor_load_relaxed_u64(&r->upstream[w]) &
		     members->bits[w]) != 0)
			return true;
	return false;
}

/* Registry locked: nobody whom that one follows can leave meanwhile. */
static void follow_as(struct disruptor *d, uint32_t index, uint32_t member)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		disruptor_store_relaxed_u64(
			&d->consumers[index].upstream[w],
			disruptor_load_relaxed_u64(
				&d->consumers[member].upstream[w]));
}

int disruptor_consumer_join_members(struct disruptor *d, uint32_t index,
				    uint32_t member,
				    const struct disruptor_consumer_set *members)
{
	int lock = disruptor_registry_lock(d, JOIN_PATIENCE_NS);
	uint32_t i;

	if (lock < 0)
		return lock;
	follow_as(d, index, member);
	for (i = 0; i < d->header.consumers_max; i++) {
		struct disruptor_consumer_record *r = &d->consumers[i];

		if (state_of(r) != DISRUPTOR_CONSUMER_FREE &&
		    follows_any(r, members))
			disruptor_fetch_or_relaxed_u64(&r->upstream[index / 64],
						       UINT64_C(1)
							       << (index % 64));
	}
	/* E9, E12: before index passes anything. */
	disruptor_fetch_add_release_u64(&d->words->control.epoch, 1);
	disruptor_registry_unlock(d, lock);
	return 0;
}
