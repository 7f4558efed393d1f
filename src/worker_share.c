/* SPDX-License-Identifier: MIT */
/*
 * Which events are whose. Each worker of a pool is a consumer of its own, that
 * passes every event and handles its share.
 */
#include "worker_pool.h"

#include <string.h>

#define SETTLE_PAUSE_NS INT64_C(1000000)

/* --- whoever is free ------------------------------------------------------ */

/*
 * All below pool->next are taken. What a worker has passed is below it, gaps
 * aside, so what it takes nobody has passed, and its own sequence guards it.
 */
static void take_next(struct disruptor_processor *p)
{
	struct disruptor_worker_pool *pool = p->pool;
	int64_t most = p->options.batch_max > 0 ? p->options.batch_max : 1;
	int64_t next = disruptor_load_relaxed_i64(&pool->next);
	int64_t first, end;

	do {
		/* Behind what was ready to this one there are only gaps. */
		first = next > p->first ? next : p->first;
		if (first >= p->end) {
			p->first = p->end;
			return;
		}
		end = p->end - first > most ? first + most : p->end;
	} while (!disruptor_cas_release_i64(&pool->next, &next, end));
	p->first = p->worker.taken = first;
	p->end = p->worker.taken_end = end;
}

static void take_free(struct disruptor_processor *p)
{
	if (p->worker.taken == p->worker.taken_end) {
		take_next(p);
		return;
	}
	/* Taken before the ring was stopped, and not done. */
	p->first = p->worker.taken;
	if (p->end > p->worker.taken_end)
		p->end = p->worker.taken_end;
}

/*
 * Past what it did, what others took needs no guard of this one's.
 * E12: whoever sees that this one passed an event sees the worker that took it
 * among the consumers, however new that is: it joined, then took, then this
 * reads that it is taken, then this passes.
 */
static int64_t done_free(struct disruptor_processor *p, int64_t ready,
			 int64_t done)
{
	int64_t next = disruptor_load_acquire_i64(&p->pool->next);

	if (p->worker.taken < p->worker.taken_end)
		p->worker.taken = done;
	if (p->worker.taken < p->worker.taken_end || next < done)
		return done;
	return next < ready ? next : ready;
}

/* --- by key --------------------------------------------------------------- */

/* The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/*
 * The worker of most weight has the slot (rendezvous hashing, Thaler and
 * Ravishankar 1998): a worker that comes or goes moves only its own slots.
 */
static uint32_t heaviest(const struct disruptor_worker_pool *pool,
			 const struct disruptor_processor *without,
			 uint32_t slot)
{
	uint64_t weight, most = 0;
	uint32_t id = 0;
	uint32_t i;

	for (i = 0; i < pool->count; i++) {
		if (pool->workers[i] == without ||
		    pool->workers[i]->worker.left)
			continue;
		weight = mix(((uint64_t)pool->workers[i]->worker.id << 32) +
			     slot + 1);
		if (id != 0 && weight <= most)
			continue;
		most = weight;
		id = pool->workers[i]->worker.id;
	}
	return id;
}

static bool has_come(const struct disruptor_worker *w, int64_t boundary)
{
	return w->left || disruptor_load_acquire_i64(&w->passed) >= boundary;
}

/* Nobody is to wait any more. pool->mutex is held. */
static void end_change(struct disruptor_worker_pool *pool)
{
	disruptor_store_relaxed_i64(&pool->boundary, INT64_MAX);
	pthread_cond_broadcast(&pool->settled);
}

/* Whether each worker has come to the boundary. pool->mutex is held. */
static bool settle(struct disruptor_worker_pool *pool)
{
	uint32_t i;

	for (i = 0; i < pool->count; i++)
		if (!has_come(&pool->workers[i]->worker, pool->boundary))
			return false;
	memcpy(pool->owner, pool->next_owner, sizeof(pool->owner));
	end_change(pool);
	return true;
}

/* pool->mutex is held, and given up meanwhile. */
static void pause_for_settling(struct disruptor_worker_pool *pool)
{
	struct timespec t =
		disruptor_absolute(disruptor_deadline(SETTLE_PAUSE_NS));

	pthread_cond_timedwait(&pool->settled, &pool->mutex, &t);
}

/*
 * What all have seen, or are about to: nobody handled anything behind it. Where
 * somebody joined is not enough: behind a gap the others come there only with
 * the next event.
 */
static int64_t boundary_now(const struct disruptor_worker_pool *pool)
{
	int64_t boundary = INT64_MIN;
	uint32_t i;

	for (i = 0; i < pool->count; i++)
		if (pool->workers[i]->worker.looked > boundary)
			boundary = pool->workers[i]->worker.looked;
	return boundary;
}

static void share_slots(struct disruptor_worker_pool *pool,
			const struct disruptor_processor *without)
{
	uint32_t i;

	for (i = 0; i < WORKER_SLOTS; i++)
		pool->next_owner[i] = heaviest(pool, without, i);
}

void disruptor_worker_pool_share(struct disruptor_worker_pool *pool,
				 const struct disruptor_processor *without)
{
	pthread_mutex_lock(&pool->mutex);
	share_slots(pool, without);
	disruptor_store_relaxed_i64(&pool->boundary, boundary_now(pool));
	settle(pool);
	pthread_mutex_unlock(&pool->mutex);
}

bool disruptor_worker_pool_reshare(struct disruptor_worker_pool *pool,
				   const struct disruptor_processor *without)
{
	bool under_way;

	pthread_mutex_lock(&pool->mutex);
	under_way = pool->boundary != INT64_MAX;
	if (under_way)
		share_slots(pool, without);
	if (under_way && memcmp(pool->owner, pool->next_owner,
				sizeof(pool->owner)) == 0)
		end_change(pool);
	pthread_mutex_unlock(&pool->mutex);
	return under_way;
}

/* All that it handles from here on is behind the boundary, or it waits there. */
static int take_keyed(struct disruptor_processor *p)
{
	struct disruptor_worker_pool *pool = p->pool;
	int error = 0;

	pthread_mutex_lock(&pool->mutex);
	disruptor_store_relaxed_i64(&p->worker.passed, p->first);
	while (p->first >= pool->boundary && !settle(pool) && error == 0) {
		pause_for_settling(pool);
		if (disruptor_poller_halted(p->poller))
			error = -ECANCELED;
	}
	if (p->end > pool->boundary)
		p->end = pool->boundary;
	if (error == 0)
		p->worker.looked = p->end;
	pthread_mutex_unlock(&pool->mutex);
	if (error == 0)
		p->first = disruptor_worker_next(p, p->first);
	return error;
}

static int64_t done_keyed(struct disruptor_processor *p, int64_t done)
{
	struct disruptor_worker_pool *pool = p->pool;

	/* Whoever owns its keys next has what it did with the last events. */
	disruptor_store_release_i64(&p->worker.passed, done);
	if (DISRUPTOR_LIKELY(disruptor_load_relaxed_i64(&pool->boundary) >
			     done))
		return done;
	pthread_mutex_lock(&pool->mutex);
	settle(pool);
	pthread_mutex_unlock(&pool->mutex);
	return done;
}

int64_t disruptor_worker_next(const struct disruptor_processor *p,
			      int64_t sequence)
{
	const struct disruptor_worker_pool *pool = p->pool;
	const struct disruptor_ring_buffer *ring = &p->poller->barrier.ring;
	uint64_t key;

	if (pool->key == NULL)
		return sequence;
	if (sequence < pool->begin)
		sequence = pool->begin;
	for (; sequence < p->end; sequence++) {
		key = pool->key(p->options.context,
				disruptor_ring_buffer_event(ring, sequence));
		if (pool->owner[mix(key) % WORKER_SLOTS] == p->worker.id)
			return sequence;
	}
	return p->end;
}

bool disruptor_worker_pool_settled(struct disruptor_worker_pool *pool)
{
	bool settled;

	pthread_mutex_lock(&pool->mutex);
	settled = pool->boundary == INT64_MAX || settle(pool);
	pthread_mutex_unlock(&pool->mutex);
	return settled;
}

/* --- either --------------------------------------------------------------- */

int disruptor_worker_take(struct disruptor_processor *p)
{
	if (p->pool->key != NULL)
		return take_keyed(p);
	take_free(p);
	return 0;
}

int64_t disruptor_worker_done(struct disruptor_processor *p, int64_t ready,
			      int64_t done)
{
	if (p->pool->key != NULL)
		return done_keyed(p, done);
	return done_free(p, ready, done);
}
