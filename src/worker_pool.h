/* SPDX-License-Identifier: MIT */
/* What worker_pool.c, worker_change.c and worker_share.c share. */
#ifndef DISRUPTOR_SRC_WORKER_POOL_H
#define DISRUPTOR_SRC_WORKER_POOL_H

#include "internal.h"

/* Keys fall into slots, slots belong to workers. */
#define WORKER_SLOTS 1024

struct disruptor_worker_pool {
	struct disruptor *disruptor;
	struct disruptor_worker_pool *following;
	disruptor_event_key key; /* NULL: whoever is free */
	int64_t begin;		 /* the first event that is the pool's */
	struct disruptor_processor *workers[DISRUPTOR_WORKERS_MAX + 1];
	uint32_t count;
	uint32_t last_id;
	/*
	 * By key: how the workers share the slots. owner changes only while
	 * each of them is between two events at or behind boundary.
	 */
	pthread_mutex_t mutex; /* workers, boundary, owners; d->mutex first */
	pthread_cond_t settled;
	int64_t boundary; /* from here next_owner; INT64_MAX: no change */
	uint32_t owner[WORKER_SLOTS];
	uint32_t next_owner[WORKER_SLOTS];
	/* Without a key: the first event that nobody took. */
	char before[DISRUPTOR_LINE];
	int64_t next;
	char after[DISRUPTOR_LINE];
};

/* One more, with the options of that one; it follows and is followed alike. */
struct disruptor_processor *
disruptor_worker_pool_join(struct disruptor_worker_pool *pool,
			   const struct disruptor_processor *like);

/*
 * Shares the slots anew, without this one (NULL: among all). It counts when the
 * pool has settled; one change at a time.
 */
void disruptor_worker_pool_share(struct disruptor_worker_pool *pool,
				 const struct disruptor_processor *without);
bool disruptor_worker_pool_settled(struct disruptor_worker_pool *pool);
/* The change is to be another; false: it has settled meanwhile. */
bool disruptor_worker_pool_reshare(struct disruptor_worker_pool *pool,
				   const struct disruptor_processor *without);

#endif
