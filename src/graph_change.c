/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>

bool disruptor_graph_runs(const struct disruptor *d)
{
	return d->started && !d->halted;
}

int disruptor_graph_check(const struct disruptor *d)
{
	if (d->graph_failure.error == 0)
		return 0;
	return disruptor_fail(-d->graph_failure.error,
			      "the graph has an error: %s",
			      d->graph_failure.reason);
}

int disruptor_graph_begin(struct disruptor *d)
{
	int error = disruptor_check_caller(d);

	if (error < 0)
		return error;
	disruptor_begin_change(d, INT64_MAX);
	error = disruptor_graph_check(d);
	if (error == 0)
		return 0;
	disruptor_end_change(d);
	errno = -error;
	return error;
}

/* Its thread has been joined, or never was. */
static void take_out(struct disruptor_processor *p)
{
	struct disruptor_processor **link = &p->disruptor->processors;

	while (*link != p)
		link = &(*link)->following;
	*link = p->following;
	if (p->pool != NULL)
		disruptor_worker_forget(p);
	disruptor_poller_unmake(p->poller);
	free(p);
}

int disruptor_graph_undo(struct disruptor *d,
			 const struct disruptor_processor *end, int error)
{
	while (d->processors != end)
		take_out(d->processors);
	errno = -error;
	return error;
}

static void join(struct disruptor *d, const struct disruptor_processor *end)
{
	struct disruptor_processor *p;

	/* Its last act takes the mutex. */
	pthread_mutex_unlock(&d->mutex);
	for (p = d->processors; p != end; p = p->following)
		disruptor_processor_join(p);
	pthread_mutex_lock(&d->mutex);
}

int disruptor_graph_run(struct disruptor *d,
			const struct disruptor_processor *end)
{
	int error;

	if (!disruptor_graph_runs(d))
		return 0;
	error = disruptor_processors_start(d, d->processors, end);
	if (error == 0)
		return 0;
	join(d, end);
	return disruptor_graph_undo(d, end, error);
}

int disruptor_graph_stop(struct disruptor_processor *p, int64_t deadline)
{
	struct disruptor *d = p->disruptor;

	if (!p->joinable)
		return 0;
	disruptor_fetch_or_release_u32(&p->poller->halted,
				       p->pool != NULL ? DISRUPTOR_LEAVING :
							 DISRUPTOR_HALTED);
	disruptor_wake_everybody(d);
	while (!p->ended)
		if (!disruptor_wait_for_change(d, deadline) && !p->ended)
			return disruptor_fail(ETIMEDOUT,
					      "its handler has not returned");
	/* It let go of the mutex when it said that it has ended. */
	disruptor_processor_join(p);
	return 0;
}

static int64_t stop_and_take_out(struct disruptor_processor *p,
				 int64_t deadline)
{
	int64_t next;
	int error = p->pool != NULL ? disruptor_worker_leave(p, deadline) : 0;

	if (error == 0) {
		p->going = true;
		error = disruptor_graph_stop(p, deadline);
	}
	if (error == 0 && p->pool != NULL)
		error = disruptor_worker_check_left(p);
	if (error < 0)
		return error;
	next = disruptor_poller_sequence(p->poller, 0);
	take_out(p);
	return next;
}

int64_t disruptor_processor_remove(struct disruptor_processor *p,
				   int64_t timeout_ns)
{
	int64_t deadline = disruptor_deadline(timeout_ns);
	struct disruptor *d = p != NULL ? p->disruptor : NULL;
	int64_t result = disruptor_check_caller(d);

	if (result < 0)
		return result;
	if (!disruptor_begin_change(d, deadline))
		return disruptor_fail(ETIMEDOUT, "another thread starts or "
						 "stops it");
	result = stop_and_take_out(p, deadline);
	disruptor_end_change(d);
	if (result < 0)
		errno = (int)-result;
	return result;
}
