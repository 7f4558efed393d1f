/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

/*
 * Consumers join, resume, leave and are evicted while events flow, in any
 * process. The set changes under the registry lock, one change at a time; the
 * data path never takes it. Readers of the set (producers that scan, followers)
 * notice by the epoch. Each step may be the last of a killed process: the next
 * holder of the lock finds a record that is free, dead in JOINING (reclaimed)
 * or ACTIVE (evicted or held), and does the step again.
 */

#define SET_WORDS (DISRUPTOR_CONSUMERS_LIMIT / 64)

uint64_t *disruptor_commit_word(const struct disruptor *d, int64_t sequence)
{
	return disruptor_ring_buffer_word(&d->ring, sequence);
}

static uint32_t state_of(const struct disruptor_consumer_record *r)
{
	return disruptor_consumer_state(disruptor_load_acquire_u64(&r->status));
}

/* The bounded copy of a name from shared memory is what is compared. */
static bool has_name(const struct disruptor_consumer_record *r,
		     const char *name)
{
	return *name != '\0' &&
	       strncmp(r->name, name, DISRUPTOR_CONSUMER_NAME_SIZE) == 0;
}

int disruptor_consumer_find(struct disruptor *d, const char *name,
			    uint32_t *index)
{
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++) {
		if (state_of(&d->consumers[i]) == DISRUPTOR_CONSUMER_ACTIVE &&
		    has_name(&d->consumers[i], name)) {
			*index = i;
			return 0;
		}
	}
	return -ENOENT;
}

/* --- leaving ---------------------------------------------------------------- */

/*
 * Those who follow the one that goes follow those whom it followed. First more
 * to wait for, then less: at no instant may a follower get ahead.
 */
static void relink_follower(struct disruptor_consumer_record *follower,
			    const struct disruptor_consumer_record *gone,
			    uint32_t index)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		disruptor_fetch_or_u64(
			&follower->upstream[w],
			disruptor_load_relaxed_u64(&gone->upstream[w]));
	disruptor_fetch_and_u64(&follower->upstream[index / 64],
				~(UINT64_C(1) << (index % 64)));
}

static void relink_followers(struct disruptor *d, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++) {
		struct disruptor_consumer_record *r = &d->consumers[i];

		if (i != index &&
		    state_of(r) != DISRUPTOR_CONSUMER_FREE &&
		    disruptor_set_has(r->upstream, index))
			relink_follower(r, &d->consumers[index], index);
	}
}

/* The registry is locked. */
static void remove_record(struct disruptor *d, uint32_t index)
{
	struct disruptor_consumer_record *r = &d->consumers[index];
	uint64_t status = disruptor_load_relaxed_u64(&r->status);

	relink_followers(d, index);
	disruptor_cas_u64(&r->status, &status,
			  (status & ~UINT64_C(0xff)) | DISRUPTOR_CONSUMER_FREE);
	/* E9: the epoch moves before this record gets another sequence. */
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
	disruptor_wake(&r->signal, d->shared);
	disruptor_wake(&d->words->control.signal, d->shared);
}

static bool holds_place(const struct disruptor_consumer_record *r)
{
	return state_of(r) == DISRUPTOR_CONSUMER_ACTIVE &&
	       disruptor_load_relaxed_u32(&r->policy) ==
		       DISRUPTOR_CONSUMER_HOLD;
}

void disruptor_consumer_leave(struct disruptor_poller_private *p)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int lock;

	if (disruptor_load_acquire_u64(&r->status) == p->status &&
	    !holds_place(r)) {
		/* No lock: the pin falls, and whoever is held up evicts us. */
		lock = disruptor_registry_lock(d);
		if (lock >= 0) {
			remove_record(d, p->index);
			disruptor_registry_unlock(d, lock);
		}
	}
	disruptor_os_pin_drop(&p->pin);
}

static bool dead_and_not_held(struct disruptor *d, uint32_t index)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];

	return d->shared && state_of(r) != DISRUPTOR_CONSUMER_FREE &&
	       !holds_place(r) &&
	       !disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(index));
}

void disruptor_consumer_evict_if_dead(struct disruptor *d, uint32_t index)
{
	int lock;

	if (!dead_and_not_held(d, index) ||
	    pthread_mutex_trylock(&d->mutex) != 0)
		return;
	lock = disruptor_registry_try_lock(d);
	if (lock >= 0) {
		/* Nobody can take the record while we look again. */
		if (dead_and_not_held(d, index)) {
			remove_record(d, index);
			disruptor_fetch_add_u64(&d->words->control.evicted, 1);
		}
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
}

/* --- joining ---------------------------------------------------------------- */

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
		int64_t gate = disruptor_sequence_load_acquire(&r->gate);

		if (gate > highest &&
		    disruptor_load_acquire_u64(&r->owner) != 0 &&
		    disruptor_liveness_alive(d, DISRUPTOR_LOCK_PRODUCER(i)))
			highest = gate;
	}
	return highest;
}

/*
 * The next to be published: in a multi producer ring the oldest claim that is
 * not published yet, so that no event is missed that is published from now on.
 */
static int64_t start_sequence(struct disruptor *d, enum disruptor_start start)
{
	/* In this order: no gate is ahead of a cursor that is read later. */
	int64_t oldest = highest_gate(d);
	int64_t cursor = disruptor_cursor(d);

	if (oldest > cursor)
		oldest = cursor;
	if (oldest < cursor - disruptor_capacity(d))
		oldest = cursor - disruptor_capacity(d);
	if (start == DISRUPTOR_START_OLDEST)
		return oldest;
	if (d->ring.words == NULL)
		return cursor;
	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return disruptor_published(d);
	return disruptor_first_unresolved(&d->ring, oldest, cursor);
}

/*
 * E9, the joiner's half. The first sequence is lower than any that can come
 * out: it gates too much for an instant, never too little.
 */
static void activate(struct disruptor_poller_private *p,
		     enum disruptor_start start)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int64_t low = disruptor_cursor(d) - disruptor_capacity(d);

	if (low < d->header.first_sequence)
		low = d->header.first_sequence;
	disruptor_sequence_store_release(&r->sequence, low);
	p->status = (disruptor_incarnation() << 8) | DISRUPTOR_CONSUMER_ACTIVE;
	disruptor_store_seq_cst_u64(&r->status, p->status);
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
	disruptor_fence_seq_cst();
	disruptor_sequence_store_release(&r->sequence,
					 start_sequence(d, start));
	disruptor_wake(&r->signal, d->shared);
}

static void describe(struct disruptor_consumer_record *r, const char *name,
		     const struct disruptor_consumer_set *upstream)
{
	uint32_t w;

	for (w = 0; w < SET_WORDS; w++)
		disruptor_store_relaxed_u64(&r->upstream[w], upstream->bits[w]);
	r->policy = DISRUPTOR_CONSUMER_EVICT;
	r->pid = disruptor_os_process_id();
	r->tid = disruptor_os_thread_id();
	disruptor_store_relaxed_u64(&r->gaps, 0);
	memset(r->name, 0, sizeof(r->name));
	if (name != NULL)
		memcpy(r->name, name, strlen(name));
}

/* Takes a record that is free, or whose owner died and holds no place. */
static int take_record(struct disruptor_poller_private *p)
{
	struct disruptor *d = p->disruptor;
	uint32_t i;
	int error;

	for (i = 0; i < d->header.consumers_max; i++) {
		if (state_of(&d->consumers[i]) != DISRUPTOR_CONSUMER_FREE &&
		    !dead_and_not_held(d, i))
			continue;
		error = disruptor_liveness_take(d, &p->pin,
						DISRUPTOR_LOCK_CONSUMER(i));
		if (error == -EAGAIN)
			continue;
		if (error < 0)
			return disruptor_fail(-error, "cannot lock a consumer "
						      "record");
		if (state_of(&d->consumers[i]) != DISRUPTOR_CONSUMER_FREE)
			remove_record(d, i);
		p->index = i;
		return 0;
	}
	return disruptor_fail(EUSERS, "all %u consumers of the ring are taken",
			      d->header.consumers_max);
}

static int join_new(struct disruptor_poller_private *p, const char *name,
		    const struct disruptor_consumer_set *upstream,
		    enum disruptor_start start)
{
	struct disruptor_consumer_record *r;
	int error = take_record(p);

	if (error < 0)
		return error;
	r = &p->disruptor->consumers[p->index];
	disruptor_store_release_u64(&r->status, DISRUPTOR_CONSUMER_JOINING);
	describe(r, name, upstream);
	activate(p, start);
	/* Not before its place is known: nobody may hold an unknown place. */
	if (name != NULL)
		disruptor_store_release_u32(&r->policy,
					    DISRUPTOR_CONSUMER_HOLD);
	return 0;
}

/* A private ring knows its consumers by their handles. */
static bool in_use_here(const struct disruptor *d, uint32_t index)
{
	const struct disruptor_poller_private *p;

	for (p = d->poller_handles; p != NULL; p = p->following)
		if (p->index == index)
			return true;
	return false;
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
		  const struct disruptor_consumer_set *upstream)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int error = disruptor_liveness_take(d, &p->pin,
					    DISRUPTOR_LOCK_CONSUMER(p->index));
	uint32_t w;

	if (error == -EAGAIN || (!d->shared && in_use_here(d, p->index)))
		return disruptor_fail(EBUSY,
				      "consumer '%.*s' is in use (process %u)",
				      DISRUPTOR_CONSUMER_NAME_SIZE, r->name,
				      r->pid);
	if (error < 0)
		return disruptor_fail(-error, "cannot lock a consumer record");
	if (!is_in_ring(d, disruptor_sequence_load_acquire(&r->sequence))) {
		disruptor_os_pin_drop(&p->pin);
		return disruptor_fail(EUCLEAN,
				      "the place of consumer '%.*s' is damaged",
				      DISRUPTOR_CONSUMER_NAME_SIZE, r->name);
	}
	for (w = 0; upstream != NULL && w < SET_WORDS; w++)
		disruptor_store_relaxed_u64(&r->upstream[w], upstream->bits[w]);
	r->pid = disruptor_os_process_id();
	r->tid = disruptor_os_thread_id();
	p->status = (disruptor_incarnation() << 8) | DISRUPTOR_CONSUMER_ACTIVE;
	disruptor_store_seq_cst_u64(&r->status, p->status);
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
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
	struct disruptor_consumer_set all;

	if (upstream == NULL)
		return false;
	all = *upstream;
	add_transitive(d, &all);
	return disruptor_set_has(all.bits, index);
}

int disruptor_consumer_join(struct disruptor_poller_private *p,
			    const char *name,
			    const struct disruptor_consumer_set *upstream,
			    enum disruptor_start start)
{
	static const struct disruptor_consumer_set nobody;
	struct disruptor *d = p->disruptor;
	int lock = disruptor_registry_lock(d);
	int error;

	if (lock < 0)
		return lock;
	if (name == NULL || disruptor_consumer_find(d, name, &p->index) < 0)
		error = join_new(p, name, upstream ? upstream : &nobody, start);
	else if (would_follow_itself(d, upstream, p->index))
		error = disruptor_fail(EINVAL,
				       "consumer '%s' would follow itself",
				       name);
	else
		error = resume(p, upstream);
	disruptor_registry_unlock(d, lock);
	return error;
}

static int remove_named(struct disruptor *d, const char *name)
{
	struct disruptor_os_pin pin;
	uint32_t index;
	int error;

	if (disruptor_consumer_find(d, name, &index) < 0)
		return disruptor_fail(ENOENT, "there is no consumer '%s'",
				      name);
	error = disruptor_liveness_take(d, &pin,
					DISRUPTOR_LOCK_CONSUMER(index));
	if (error == -EAGAIN || (!d->shared && in_use_here(d, index)))
		return disruptor_fail(EBUSY, "consumer '%s' is in use", name);
	if (error < 0)
		return disruptor_fail(-error, "cannot lock a consumer record");
	remove_record(d, index);
	disruptor_os_pin_drop(&pin);
	return 0;
}

int disruptor_remove_consumer(struct disruptor *d, const char *name)
{
	int lock, error;

	if (d == NULL || name == NULL || *name == '\0')
		return disruptor_fail(EINVAL, "which consumer?");
	error = disruptor_check_process(d);
	if (error < 0)
		return error;
	pthread_mutex_lock(&d->mutex);
	lock = disruptor_registry_lock(d);
	error = lock;
	if (lock >= 0) {
		error = remove_named(d, name);
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
	return error;
}
