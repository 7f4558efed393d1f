/* SPDX-License-Identifier: MIT */
/* Workers come and go while events flow. */
#include "worker_pool.h"

#define SETTLE_NAP_NS INT64_C(200000)

/* d->mutex is held, but not while napping. */
static bool wait_settled(struct disruptor_worker_pool *pool, int64_t deadline)
{
	struct disruptor *d = pool->disruptor;

	while (!disruptor_worker_pool_settled(pool)) {
		if (!disruptor_graph_runs(d) || disruptor_os_now() >= deadline)
			return false;
		pthread_mutex_unlock(&d->mutex);
		disruptor_os_nap(SETTLE_NAP_NS);
		pthread_mutex_lock(&d->mutex);
	}
	return true;
}

static int fail_change(const struct disruptor_worker_pool *pool, bool running)
{
	if (!running)
		return disruptor_fail(EBUSY, "its workers stand at different "
					     "events: disruptor_start() "
					     "brings them to one");
	if (!disruptor_graph_runs(pool->disruptor))
		return disruptor_fail(ECANCELED, "halted");
	return disruptor_fail(ETIMEDOUT, "a worker's handler has not returned");
}

/*
 * With or without p the keys fall to other workers. Else all is as before,
 * which is with or without p again.
 */
static int reshare(struct disruptor_worker_pool *pool, int64_t deadline,
		   const struct disruptor_processor *without,
		   const struct disruptor_processor *before)
{
	bool running = disruptor_graph_runs(pool->disruptor);

	if (running && !wait_settled(pool, deadline))
		return fail_change(pool, running);
	disruptor_worker_pool_share(pool, without);
	if (wait_settled(pool, deadline) ||
	    !disruptor_worker_pool_reshare(pool, before))
		return 0;
	return fail_change(pool, running);
}

/* Another than this one (NULL: any) that is not about to leave, or NULL. */
static struct disruptor_processor *
heir(const struct disruptor_worker_pool *pool,
     const struct disruptor_processor *without)
{
	uint32_t i;

	for (i = 0; i < pool->count; i++)
		if (pool->workers[i] != without &&
		    !pool->workers[i]->worker.left)
			return pool->workers[i];
	return NULL;
}

static void let_go(struct disruptor_processor *p)
{
	pthread_mutex_lock(&p->pool->mutex);
	p->worker.left = true;
	pthread_mutex_unlock(&p->pool->mutex);
}

static int give_keys_up(struct disruptor_processor *p, int64_t deadline)
{
	if (p->pool->key == NULL || p->pool->count == 1)
		return 0;
	if (heir(p->pool, p) == NULL)
		return disruptor_fail(EBUSY, "all others of its pool are about "
					     "to leave");
	return reshare(p->pool, deadline, p, NULL);
}

/* Once: its thread may have ended by the time that it is asked again. */
int disruptor_worker_leave(struct disruptor_processor *p, int64_t deadline)
{
	int error = p->worker.left ? 0 : give_keys_up(p, deadline);

	if (error == 0)
		let_go(p);
	return error;
}

bool disruptor_worker_has_taken(const struct disruptor_processor *p)
{
	return p->worker.taken < p->worker.taken_end;
}

int disruptor_worker_check_left(const struct disruptor_processor *p)
{
	/* Whose else should it be, when nobody is left. */
	if (!disruptor_worker_has_taken(p) || p->pool->count == 1)
		return 0;
	return disruptor_fail(EBUSY,
			      "the worker is not done with event %lld: "
			      "disruptor_start() goes on with it",
			      (long long)p->worker.taken);
}

/* On a ring that is stopped they share anew when it runs again. */
static int give_share(struct disruptor_worker_pool *pool,
		      const struct disruptor_processor *p, int64_t deadline)
{
	if (pool->key == NULL)
		return 0;
	if (disruptor_graph_runs(pool->disruptor))
		return reshare(pool, deadline, NULL, p);
	disruptor_worker_pool_share(pool, NULL);
	return 0;
}

static struct disruptor_processor *add(struct disruptor_worker_pool *pool,
				       int64_t deadline)
{
	struct disruptor *d = pool->disruptor;
	const struct disruptor_processor *end = d->processors;
	const struct disruptor_processor *like = heir(pool, NULL);
	struct disruptor_processor *p;
	int error;

	if (pool->count == DISRUPTOR_WORKERS_MAX) {
		disruptor_fail(EUSERS, "the pool has %u workers", pool->count);
		return NULL;
	}
	if (like == NULL) {
		disruptor_fail(ENOENT, "the pool's last worker has left");
		return NULL;
	}
	p = disruptor_worker_pool_join(pool, like);
	if (p == NULL || disruptor_graph_run(d, end) < 0)
		return NULL;
	error = give_share(pool, p, deadline);
	if (error == 0)
		return p;
	/* It has no keys, so it waits for events or at the boundary. */
	disruptor_graph_stop(p, INT64_MAX);
	disruptor_graph_undo(d, end, error);
	return NULL;
}

struct disruptor_processor *
disruptor_worker_pool_add(struct disruptor_worker_pool *pool,
			  int64_t timeout_ns)
{
	int64_t deadline = disruptor_deadline(timeout_ns);
	struct disruptor_processor *p;

	if (disruptor_graph_begin(pool != NULL ? pool->disruptor : NULL) < 0)
		return NULL;
	p = add(pool, deadline);
	disruptor_end_change(pool->disruptor);
	return p;
}
