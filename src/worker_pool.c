/* SPDX-License-Identifier: MIT */
#include "worker_pool.h"

#include <stdlib.h>

static int check_options(const struct disruptor_processor_options *o,
			 uint32_t workers, disruptor_event_key key)
{
	if (workers == 0 || workers > DISRUPTOR_WORKERS_MAX)
		return disruptor_fail(EINVAL, "a pool has 1 to %d workers",
				      DISRUPTOR_WORKERS_MAX);
	/* Without a key no poller's limit comes of it. */
	if (o->batch_max < 0)
		return disruptor_fail(EINVAL, "batch_max is negative");
	if (o->name != NULL)
		return disruptor_fail(EINVAL, "a pool has no name: each of its "
					      "workers is a consumer");
	if (o->on_batch != NULL && key != NULL)
		return disruptor_fail(EINVAL, "a pool by key handles events "
					      "one by one, not on_batch");
	return 0;
}

static struct disruptor_worker_pool *make_pool(struct disruptor *d,
					       disruptor_event_key key)
{
	struct disruptor_worker_pool *pool = disruptor_allocate(sizeof(*pool));

	if (pool == NULL)
		return NULL;
	pool->disruptor = d;
	pool->key = key;
	pool->boundary = INT64_MAX;
	pthread_mutex_init(&pool->mutex, NULL);
	disruptor_cond_init(&pool->settled);
	pool->following = d->pools;
	d->pools = pool;
	return pool;
}

static void free_newest_pool(struct disruptor *d)
{
	struct disruptor_worker_pool *pool = d->pools;

	d->pools = pool->following;
	pthread_cond_destroy(&pool->settled);
	pthread_mutex_destroy(&pool->mutex);
	free(pool);
}

void disruptor_worker_pools_free(struct disruptor *d)
{
	while (d->pools != NULL)
		free_newest_pool(d);
}

/* --- workers -------------------------------------------------------------- */

static void enlist(struct disruptor_worker_pool *pool,
		   struct disruptor_processor *p)
{
	int64_t sequence = disruptor_poller_sequence(p->poller, 0);

	p->pool = pool;
	p->worker.id = ++pool->last_id;
	p->worker.passed = sequence;
	p->worker.looked = INT64_MIN;
	pthread_mutex_lock(&pool->mutex);
	pool->workers[pool->count++] = p;
	pthread_mutex_unlock(&pool->mutex);
}

void disruptor_worker_forget(struct disruptor_processor *p)
{
	struct disruptor_worker_pool *pool = p->pool;
	uint32_t i = 0;

	pthread_mutex_lock(&pool->mutex);
	while (pool->workers[i] != p)
		i++;
	pool->count--;
	for (; i <= pool->count; i++)
		pool->workers[i] = pool->workers[i + 1];
	pthread_mutex_unlock(&pool->mutex);
}

static struct disruptor_processor *
first_worker(struct disruptor_worker_pool *pool,
	     const struct disruptor_processor_options *given)
{
	struct disruptor_processor_options options = *given;
	struct disruptor_processor *p;

	/* batch_max is what it takes at once, not what it looks at. */
	if (pool->key == NULL)
		options.batch_max = 0;
	p = disruptor_graph_add(pool->disruptor, &options);
	if (p == NULL)
		return NULL;
	p->options.batch_max = given->batch_max;
	pool->begin = pool->next = disruptor_poller_sequence(p->poller, 0);
	enlist(pool, p);
	return p;
}

/*
 * It begins no later than the others are: so it guards all that they have not
 * taken, and may take it.
 */
static struct disruptor_processor *
join_like(struct disruptor_worker_pool *pool,
	  const struct disruptor_processor *like)
{
	struct disruptor_processor_options options = like->options;
	struct disruptor_processor *p;

	options.start = DISRUPTOR_START_OLDEST;
	options.thread_name = like->thread_name[0] != '\0' ? like->thread_name :
							     NULL;
	options.cpus = like->cpus[0] != '\0' ? like->cpus : NULL;
	options.batch_max = pool->key != NULL ? like->options.batch_max : 0;
	p = disruptor_graph_add(pool->disruptor, &options);
	if (p == NULL)
		return NULL;
	p->options.batch_max = like->options.batch_max;
	return p;
}

static int join_followed(struct disruptor_worker_pool *pool,
			 const struct disruptor_processor *like,
			 const struct disruptor_processor *p)
{
	struct disruptor_consumer_set members = { { 0 } };
	uint32_t i;

	for (i = 0; i < pool->count; i++)
		if (!pool->workers[i]->gone)
			disruptor_set_add(&members,
					  disruptor_poller_index(
						  pool->workers[i]->poller));
	return disruptor_consumer_join_members(
		pool->disruptor, disruptor_poller_index(p->poller),
		disruptor_poller_index(like->poller), &members);
}

/* What came before the pool is for none of its workers: no need to guard it. */
static void skip_to(struct disruptor_poller *poller, int64_t begin)
{
	if (poller->next >= begin)
		return;
	poller->next = poller->ready = begin;
	disruptor_poller_release(poller, begin);
}

struct disruptor_processor *
disruptor_worker_pool_join(struct disruptor_worker_pool *pool,
			   const struct disruptor_processor *like)
{
	struct disruptor_processor *p = join_like(pool, like);

	if (p == NULL)
		return NULL;
	/* Before it polls or takes anything. */
	if (join_followed(pool, like, p) < 0) {
		disruptor_graph_undo(pool->disruptor, p->following, -errno);
		return NULL;
	}
	skip_to(p->poller, pool->begin);
	enlist(pool, p);
	return p;
}

/* --- a pool --------------------------------------------------------------- */

static int fill(struct disruptor_worker_pool *pool,
		const struct disruptor_processor_options *worker,
		uint32_t workers)
{
	struct disruptor *d = pool->disruptor;
	const struct disruptor_processor *end = d->processors;

	if (first_worker(pool, worker) == NULL)
		return -errno;
	while (pool->count < workers)
		if (disruptor_worker_pool_join(pool, pool->workers[0]) == NULL)
			return disruptor_graph_undo(d, end, -errno);
	if (pool->key != NULL)
		disruptor_worker_pool_share(pool, NULL);
	return disruptor_graph_run(d, end);
}

static struct disruptor_worker_pool *
new_pool(struct disruptor *d, const struct disruptor_processor_options *worker,
	 uint32_t workers, disruptor_event_key key)
{
	struct disruptor_worker_pool *pool;

	if (check_options(worker, workers, key) < 0)
		return NULL;
	pool = make_pool(d, key);
	if (pool == NULL || fill(pool, worker, workers) == 0)
		return pool;
	/* Nobody has seen it. */
	free_newest_pool(d);
	return NULL;
}

static struct disruptor_worker_pool *
copy_and_new_pool(struct disruptor *d,
		  const struct disruptor_processor_options *given,
		  uint32_t workers, disruptor_event_key key)
{
	struct disruptor_processor_options worker;

	if (disruptor_options_copy(&worker, sizeof(worker), sizeof(worker),
				   given) < 0)
		return NULL;
	worker.size = sizeof(worker);
	return new_pool(d, &worker, workers, key);
}

struct disruptor_worker_pool *disruptor_handle_events_with_workers(
	struct disruptor *d, const struct disruptor_processor_options *given,
	uint32_t workers, disruptor_event_key key)
{
	struct disruptor_worker_pool *pool;
	int error;

	if (disruptor_graph_begin(d) < 0)
		return NULL;
	pool = copy_and_new_pool(d, given, workers, key);
	error = errno;
	if (pool == NULL)
		disruptor_graph_remember(d, -error);
	disruptor_end_change(d);
	errno = error;
	return pool;
}

struct disruptor_processor *const *
disruptor_worker_pool_workers(const struct disruptor_worker_pool *pool)
{
	static struct disruptor_processor *const nobody[] = { NULL };

	return pool != NULL ? pool->workers : nobody;
}
