/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/*
 * Consumers go: they leave, are removed by name, or are evicted. See the top of
 * consumer_record.c for what holds while that happens.
 */

#define SET_WORDS (DISRUPTOR_CONSUMERS_LIMIT / 64)
#define REMOVE_PATIENCE_NS INT64_C(5000000000)
#define LEAVE_PATIENCE_NS INT64_C(1000000000)

static uint32_t state_of(const struct disruptor_consumer_record *r)
{
	return disruptor_consumer_state(disruptor_load_relaxed_u64(&r->status));
}

/* The bounded copy of a name from shared memory is what is compared. */
static bool has_name(const struct disruptor_consumer_record *r,
		     const char *name)
{
	return *name != '\0' &&
	       strncmp(r->name, name, DISRUPTOR_CONSUMER_NAME_SIZE) == 0;
}

/* "#7": the anonymous one in record 7, as reports call it. */
static int find_anonymous(const struct disruptor *d, const char *name,
			  uint32_t *index)
{
	char *end;
	unsigned long i;

	if (name[0] != '#' || name[1] < '0' || name[1] > '9')
		return -ENOENT;
	i = strtoul(name + 1, &end, 10);
	if (*end != '\0' || i >= d->header.consumers_max ||
	    d->consumers[i].name[0] != '\0' ||
	    !disruptor_consumer_is_active(d, (uint32_t)i))
		return -ENOENT;
	*index = (uint32_t)i;
	return 0;
}

int disruptor_consumer_find(const struct disruptor *d, const char *name,
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

bool disruptor_poller_is_here(const struct disruptor *d, uint32_t index)
{
	const struct disruptor_poller_private *p;

	for (p = d->poller_handles; p != NULL; p = p->following)
		if (p->index == index)
			return true;
	return false;
}

/*
 * Those who follow the one that goes follow those whom it followed. First more
 * to wait for, then less: at no instant may a follower get ahead.
 */
static void relink_follower(struct disruptor_consumer_record *follower,
			    const struct disruptor_consumer_record *gone,
			    uint32_t index, bool lost)
{
	uint32_t w;

	/* Before it could get ahead by what follows. */
	if (lost && (disruptor_load_relaxed_u32(&follower->policy) &
		     DISRUPTOR_CONSUMER_UPSTREAM_FAIL))
		disruptor_fetch_or_relaxed_u32(
			&follower->policy, DISRUPTOR_CONSUMER_UPSTREAM_LOST);
	for (w = 0; w < SET_WORDS; w++)
		disruptor_fetch_or_relaxed_u64(
			&follower->upstream[w],
			disruptor_load_relaxed_u64(&gone->upstream[w]));
	disruptor_fetch_and_release_u64(&follower->upstream[index / 64],
					~(UINT64_C(1) << (index % 64)));
}

static void relink_followers(struct disruptor *d, uint32_t index, bool lost)
{
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++) {
		struct disruptor_consumer_record *r = &d->consumers[i];

		if (i != index &&
		    state_of(r) != DISRUPTOR_CONSUMER_FREE &&
		    disruptor_consumer_follows(r, index))
			relink_follower(r, &d->consumers[index], index, lost);
	}
}

static void take_away(struct disruptor *d, uint32_t index, bool lost)
{
	struct disruptor_consumer_record *r = &d->consumers[index];
	uint64_t status = disruptor_load_relaxed_u64(&r->status);

	relink_followers(d, index, lost);
	disruptor_cas_release_u64(&r->status, &status,
				  (status & ~UINT64_C(0xff)) |
					  DISRUPTOR_CONSUMER_FREE);
	/* E9: the epoch moves before this record gets another sequence. */
	disruptor_fetch_add_release_u64(&d->words->control.epoch, 1);
	disruptor_wake(&r->signal, d->shared);
	disruptor_wake(&d->words->control.signal, d->shared);
}

void disruptor_consumer_remove(struct disruptor *d, uint32_t index)
{
	take_away(d, index, false);
}

/*
 * One that lives looks there where it was, see note_eviction(). E9: it learns
 * of it by the epoch, before anybody overwrites: also if who marked it was
 * killed before the epoch moved.
 */
void disruptor_consumer_lose(struct disruptor *d, uint32_t index)
{
	struct disruptor_consumer_record *r = &d->consumers[index];
	struct disruptor_control *control = &d->words->control;
	bool stalled = state_of(r) == DISRUPTOR_CONSUMER_EVICTING;

	disruptor_sequence_store_relaxed(
		&r->evicted_at, disruptor_sequence_load_relaxed(&r->sequence));
	if (stalled)
		disruptor_fetch_add_release_u64(&control->epoch, 1);
	take_away(d, index, true);
	disruptor_fetch_add_relaxed_u64(
		stalled ? &control->stalled : &control->evicted, 1);
}

bool disruptor_consumer_holds_place(const struct disruptor_consumer_record *r)
{
	return state_of(r) == DISRUPTOR_CONSUMER_ACTIVE &&
	       (disruptor_load_relaxed_u32(&r->policy) &
		DISRUPTOR_CONSUMER_HOLD) != 0;
}

/* A dead follower has no say, unless it keeps its own place. */
static bool follower_holds(struct disruptor *d, uint32_t follower)
{
	const struct disruptor_consumer_record *r = &d->consumers[follower];

	return state_of(r) == DISRUPTOR_CONSUMER_ACTIVE &&
	       (disruptor_load_relaxed_u32(&r->policy) &
		DISRUPTOR_CONSUMER_UPSTREAM_HOLD) != 0 &&
	       (disruptor_consumer_holds_place(r) ||
		disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(follower)));
}

bool disruptor_consumer_followers_hold(struct disruptor *d, uint32_t index)
{
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++)
		if (i != index &&
		    disruptor_consumer_follows(&d->consumers[i], index) &&
		    follower_holds(d, i))
			return true;
	return false;
}

/* Its place is kept, whether it lives or not. */
static bool is_held(struct disruptor *d, uint32_t index)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];

	return disruptor_consumer_holds_place(r) ||
	       (state_of(r) == DISRUPTOR_CONSUMER_ACTIVE &&
		disruptor_consumer_followers_hold(d, index));
}

/* Of many that leave one after the other only the first one waits. */
static int64_t leave_patience(const struct disruptor *d)
{
	return disruptor_load_relaxed_u32(&d->registry_is_held) ?
		       0 :
		       LEAVE_PATIENCE_NS;
}

void disruptor_consumer_leave(struct disruptor_poller_private *p)
{
	struct disruptor *d = p->disruptor;
	struct disruptor_consumer_record *r = &d->consumers[p->index];
	int lock;

	if (disruptor_load_relaxed_u64(&r->status) == p->status &&
	    !disruptor_consumer_holds_place(r)) {
		/* No lock: the pin falls; who is held up or joins evicts us. */
		lock = disruptor_registry_lock(d, leave_patience(d));
		disruptor_store_relaxed_u32(&d->registry_is_held, lock < 0);
		if (lock >= 0) {
			disruptor_consumer_remove(d, p->index);
			/* Before others may take the record that looks free. */
			disruptor_os_pin_drop(&p->pin);
			disruptor_registry_unlock(d, lock);
		}
	}
	disruptor_os_pin_drop(&p->pin);
}

bool disruptor_consumer_is_lost(struct disruptor *d, uint32_t index)
{
	const struct disruptor_consumer_record *r = &d->consumers[index];

	if (state_of(r) == DISRUPTOR_CONSUMER_EVICTING)
		return true;
	return d->shared && state_of(r) != DISRUPTOR_CONSUMER_FREE &&
	       !disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(index)) &&
	       !is_held(d, index);
}

void disruptor_consumer_evict_if_dead(struct disruptor *d, uint32_t index)
{
	int lock;

	if (!disruptor_consumer_is_lost(d, index) ||
	    pthread_mutex_trylock(&d->mutex) != 0)
		return;
	lock = disruptor_registry_try_lock(d);
	if (lock >= 0) {
		/* Nobody can take the record while we look again. */
		if (disruptor_consumer_is_lost(d, index))
			disruptor_consumer_lose(d, index);
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
}

static int remove_named(struct disruptor *d, const char *name)
{
	struct disruptor_os_pin pin;
	uint32_t index;
	int error;

	if (disruptor_consumer_find(d, name, &index) < 0 &&
	    find_anonymous(d, name, &index) < 0)
		return disruptor_fail(ENOENT, "there is no consumer '%s'",
				      name);
	error = disruptor_liveness_take(d, &pin,
					DISRUPTOR_LOCK_CONSUMER(index));
	if (error == -EAGAIN ||
	    (!d->shared && disruptor_poller_is_here(d, index)))
		return disruptor_fail(EBUSY, "consumer '%s' is in use", name);
	if (error < 0)
		return disruptor_fail(-error, "cannot lock a consumer record");
	/*
	 * Its followers are about to leave it: nobody may resume that. They do
	 * by releases, so that this is done when we are killed between.
	 */
	disruptor_fetch_and_relaxed_u32(&d->consumers[index].policy,
					~DISRUPTOR_CONSUMER_HOLD);
	disruptor_consumer_remove(d, index);
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
	lock = disruptor_registry_lock(d, REMOVE_PATIENCE_NS);
	error = lock;
	if (lock >= 0) {
		error = remove_named(d, name);
		disruptor_registry_unlock(d, lock);
	}
	pthread_mutex_unlock(&d->mutex);
	return error;
}
