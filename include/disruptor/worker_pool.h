/* SPDX-License-Identifier: MIT */
/* Room R5: worker pool. Includes R0. */
#ifndef DISRUPTOR_WORKER_POOL_H
#define DISRUPTOR_WORKER_POOL_H

#include <disruptor/compiler.h>

#include <stdint.h>

/*
 * Workers share the events of a ring: each event goes to exactly one of them.
 * To producers and to those that come after all of its workers, a pool is one
 * consumer, which is done with an event when its worker is.
 *
 * Without a key, whoever is free takes the next event (batch_max events, if the
 * worker's options say so; here it is 1 by default). With one, events of equal
 * keys go to one worker, in order; every worker then looks at every event.
 *
 * A worker is a processor: all calls for processors take it. It leaves the pool
 * by disruptor_processor_remove(); the others take over what was to come to it.
 * The last one takes the pool with it. A pool lives in one process, has no name
 * and belongs to its disruptor.
 */

struct disruptor;
struct disruptor_processor;
struct disruptor_processor_options;
struct disruptor_worker_pool;

#define DISRUPTOR_WORKERS_MAX 64

/*
 * What an event belongs to: any number, the same for events that must stay in
 * order. Called by all workers at once, with the context of their options.
 * Handlers must not change what it reads.
 */
typedef uint64_t (*disruptor_event_key)(void *context, const void *event);

DISRUPTOR_BEGIN_DECLS

/*
 * A pool of 1 to DISRUPTOR_WORKERS_MAX workers with these options; key NULL:
 * whoever is free. NULL with errno: EINVAL, also for a name, and for on_batch
 * with a key. As all calls that build the graph; on a ring that runs it runs at
 * once.
 */
DISRUPTOR_API struct disruptor_worker_pool *
disruptor_handle_events_with_workers(
	struct disruptor *disruptor,
	const struct disruptor_processor_options *worker, uint32_t workers,
	disruptor_event_key key);

/*
 * One more worker, with the options of the others, also while events flow. With
 * a key, each key whose worker changes does so between two events, after all
 * workers have come to the same one; that is waited for, timeout_ns at most
 * (negative: without end), else NULL with ETIMEDOUT and the pool is as before.
 * ENOENT: its last worker has left or is about to; EUSERS: it has all that it
 * may; ECANCELED: halted meanwhile. Any thread but a processor's (EDEADLK).
 */
DISRUPTOR_API struct disruptor_processor *
disruptor_worker_pool_add(struct disruptor_worker_pool *pool,
			  int64_t timeout_ns);

/*
 * The workers, as a list for options.after: NULL-terminated, the pool's own,
 * valid until a worker is added or removed, and not to be asked for meanwhile.
 * Empty for NULL. Who comes after them comes after those too that are added
 * later.
 */
DISRUPTOR_API struct disruptor_processor *const *
disruptor_worker_pool_workers(const struct disruptor_worker_pool *pool);

DISRUPTOR_END_DECLS

#endif
