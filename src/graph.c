/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* graph.c defines the functions; the macros choose between them. */
#undef disruptor_handle_events_with
#undef disruptor_handle_events_after

#define NS_PER_S INT64_C(1000000000)
#define DRAIN_NAP_NS INT64_C(200000)

/* --- building --------------------------------------------------------------- */

static int find_after(struct disruptor *d,
		      struct disruptor_processor *const *after,
		      struct disruptor_consumer_set *set)
{
	if (*after == NULL)
		return disruptor_fail(EINVAL,
				      "a handler has nothing to come after");
	for (; *after != NULL; after++) {
		uint32_t index;

		if ((*after)->disruptor != d)
			return disruptor_fail(EINVAL,
					      "a handler cannot come after one "
					      "of another ring");
		index = ((struct disruptor_poller_private *)(*after)->poller)
				->index;
		set->bits[index / 64] |= UINT64_C(1) << (index % 64);
	}
	return 0;
}

/* d->mutex is held. */
static int add_processor(struct disruptor *d,
			 struct disruptor_processor *const *after,
			 struct disruptor_processor *processor)
{
	struct disruptor_poller_options options = { .size = sizeof(options) };
	struct disruptor_consumer_set set = { { 0 } };

	if (processor->on_event == NULL && processor->on_batch == NULL)
		return disruptor_fail(EINVAL, "no handler");
	if (d->started)
		return disruptor_fail(EBUSY, "handlers are named before "
					     "disruptor_start()");
	if (after != NULL && find_after(d, after, &set) < 0)
		return -errno;
	processor->poller = disruptor_poller_make(d, &options, &set);
	if (processor->poller == NULL)
		return -errno;
	processor->following = d->processors;
	d->processors = processor;
	return 0;
}

static void remember_error(struct disruptor *d, int error)
{
	/* What is refused while it runs does no harm to what runs. */
	if (d->graph_error != 0 || d->started)
		return;
	d->graph_error = error;
	snprintf(d->graph_reason, sizeof(d->graph_reason), "%s",
		 disruptor_error());
}

static struct disruptor_processor *
make_processor(struct disruptor *d, struct disruptor_processor *const *after,
	       struct disruptor_processor wanted)
{
	struct disruptor_processor *processor = NULL;
	int error;

	if (d == NULL || disruptor_check_process(d) < 0)
		return NULL;
	pthread_mutex_lock(&d->mutex);
	error = d->graph_error;
	if (error == 0) {
		processor = disruptor_allocate(sizeof(*processor));
		error = -ENOMEM;
	}
	if (processor != NULL) {
		*processor = wanted;
		error = add_processor(d, after, processor);
	}
	if (error < 0) {
		free(processor);
		processor = NULL;
		remember_error(d, error);
		errno = -error;
	}
	pthread_mutex_unlock(&d->mutex);
	return processor;
}

struct disruptor_processor *
disruptor_handle_events_with(struct disruptor *d,
			     disruptor_event_handler handler, void *context)
{
	return make_processor(d, NULL,
			      (struct disruptor_processor){
				      .disruptor = d,
				      .on_event = handler,
				      .context = context });
}

static struct disruptor_processor *const nobody[] = { NULL };

struct disruptor_processor *
disruptor_handle_events_after(struct disruptor *d,
			      struct disruptor_processor *const *after,
			      disruptor_event_handler handler, void *context)
{
	return make_processor(d, after != NULL ? after : nobody,
			      (struct disruptor_processor){
				      .disruptor = d,
				      .on_event = handler,
				      .context = context });
}

struct disruptor_processor *
disruptor_handle_batches_with(struct disruptor *d,
			      disruptor_batch_handler handler, void *context)
{
	return make_processor(d, NULL,
			      (struct disruptor_processor){
				      .disruptor = d,
				      .on_batch = handler,
				      .context = context });
}

struct disruptor_processor *
disruptor_handle_batches_after(struct disruptor *d,
			       struct disruptor_processor *const *after,
			       disruptor_batch_handler handler, void *context)
{
	return make_processor(d, after != NULL ? after : nobody,
			      (struct disruptor_processor){
				      .disruptor = d,
				      .on_batch = handler,
				      .context = context });
}

/* --- life cycle ------------------------------------------------------------- */

static struct timespec absolute(int64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / NS_PER_S),
			      .tv_nsec = (long)(ns % NS_PER_S) };

	return t;
}

/* d->mutex is held. False: the deadline has passed. */
static bool wait_for_change(struct disruptor *d, int64_t deadline)
{
	struct timespec t = absolute(deadline);

	if (deadline == INT64_MAX)
		return pthread_cond_wait(&d->changed, &d->mutex) == 0;
	return pthread_cond_timedwait(&d->changed, &d->mutex, &t) !=
	       ETIMEDOUT;
}

/* One start, shutdown or join at a time. Returns with d->mutex held. */
static bool begin_change(struct disruptor *d, int64_t deadline)
{
	pthread_mutex_lock(&d->mutex);
	while (d->changing)
		if (!wait_for_change(d, deadline))
			break;
	if (d->changing) {
		pthread_mutex_unlock(&d->mutex);
		return false;
	}
	d->changing = true;
	return true;
}

/* d->mutex is held, and released. */
static void end_change(struct disruptor *d)
{
	d->changing = false;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
}

static void set_processors_halted(struct disruptor *d, uint32_t halted)
{
	const struct disruptor_processor *p;

	for (p = d->processors; p != NULL; p = p->following)
		disruptor_store_relaxed_u32(&p->poller->halted, halted);
}

static void set_halted(struct disruptor *d, uint32_t halted)
{
	struct disruptor_producer_private *producer;
	struct disruptor_poller_private *poller;

	d->halted = halted != 0;
	for (producer = d->producer_handles; producer != NULL;
	     producer = producer->following)
		disruptor_store_relaxed_u32(&producer->handle.sequencer.halted,
					    halted);
	for (poller = d->poller_handles; poller != NULL;
	     poller = poller->following)
		disruptor_store_relaxed_u32(&poller->handle.halted, halted);
}

void disruptor_halt_handles(struct disruptor *d)
{
	set_halted(d, 1);
	/*
	 * E7, as E5: the flag, a fence, then each word; the sleeper announces
	 * itself in the word, has its barrier, then reads the flag.
	 */
	disruptor_wake_everybody(d);
}

/* Leaves the program's own producers and pollers alone. d->mutex is held. */
static void halt_processors(struct disruptor *d)
{
	set_processors_halted(d, 1);
	disruptor_wake_everybody(d);
}

/* A change is under way. d->mutex is held, but not while joining. */
static void join_all(struct disruptor *d)
{
	struct disruptor_processor *p;

	pthread_mutex_unlock(&d->mutex);
	for (p = d->processors; p != NULL; p = p->following) {
		if (!p->joinable)
			continue;
		pthread_join(p->thread, NULL);
		p->joinable = false;
	}
	pthread_mutex_lock(&d->mutex);
	d->started = false;
}

/* A change is under way; d->mutex is held. */
static int start_all(struct disruptor *d)
{
	struct disruptor_processor *p;
	int error = 0;

	if (d->graph_error < 0)
		return disruptor_fail(-d->graph_error,
				      "the graph has an error: %s",
				      d->graph_reason);
	/* Halted from a handler: those threads have ended or are about to. */
	if (d->started && d->halted)
		join_all(d);
	if (d->started)
		return disruptor_fail(EALREADY, "it runs already");
	set_halted(d, 0);
	d->failure = 0;
	d->started = true;
	for (p = d->processors; p != NULL && error == 0; p = p->following)
		error = disruptor_processor_start(p);
	if (error < 0) {
		halt_processors(d);
		join_all(d);
	}
	return error;
}

static int check_caller(const struct disruptor *d)
{
	if (d == NULL)
		return disruptor_fail(EINVAL, "no disruptor");
	if (disruptor_processor_is_caller(d))
		return disruptor_fail(EDEADLK, "not from a handler");
	return disruptor_check_process(d);
}

int disruptor_start(struct disruptor *d)
{
	int error = check_caller(d);

	if (error < 0)
		return error;
	begin_change(d, INT64_MAX);
	error = start_all(d);
	end_change(d);
	if (error < 0)
		errno = -error;
	return error;
}

int disruptor_halt(struct disruptor *d)
{
	int error;

	if (d == NULL)
		return disruptor_fail(EINVAL, "no disruptor");
	error = disruptor_check_process(d);
	if (error < 0)
		return error;
	pthread_mutex_lock(&d->mutex);
	disruptor_halt_handles(d);
	pthread_mutex_unlock(&d->mutex);
	if (disruptor_processor_is_caller(d))
		return 0;
	begin_change(d, INT64_MAX);
	/* Unless it was started again meanwhile: that is not ours to end. */
	if (d->halted)
		join_all(d);
	end_change(d);
	return 0;
}

/* A closed ring: the threads end by themselves. d->mutex is held. */
static bool wait_ended(struct disruptor *d, int64_t deadline)
{
	while (d->running > 0)
		if (!wait_for_change(d, deadline))
			return d->running == 0;
	return true;
}

static bool reached(const struct disruptor *d, int64_t target)
{
	const struct disruptor_processor *p;

	for (p = d->processors; p != NULL; p = p->following)
		if (disruptor_sequence_load_acquire(
			    &p->poller->record->sequence) < target)
			return false;
	return true;
}

/*
 * A shared ring goes on: up to what is published now, then stop. Nobody signals
 * a sequence to this thread, so it looks now and then. d->mutex is held.
 */
static bool wait_reached(struct disruptor *d, int64_t deadline)
{
	int64_t target = disruptor_published(d);

	while (d->running > 0 && !d->halted && !reached(d, target)) {
		if (disruptor_os_now() >= deadline)
			return false;
		pthread_mutex_unlock(&d->mutex);
		disruptor_os_nap(DRAIN_NAP_NS);
		pthread_mutex_lock(&d->mutex);
	}
	halt_processors(d);
	return true;
}

/* A change is under way; d->mutex is held. */
static int drain_and_join(struct disruptor *d, int64_t deadline)
{
	bool drained = d->shared ? wait_reached(d, deadline) :
				   wait_ended(d, deadline);

	if (!drained)
		return disruptor_fail(ETIMEDOUT, "the processors are not done "
						 "yet");
	join_all(d);
	if (d->failure < 0)
		return disruptor_fail(-d->failure, "a processor failed");
	return 0;
}

int disruptor_shutdown(struct disruptor *d, int64_t timeout_ns)
{
	int64_t deadline = disruptor_deadline(timeout_ns);
	int error = check_caller(d);

	if (error < 0)
		return error;
	if (!d->shared)
		disruptor_close(d);
	if (!begin_change(d, deadline))
		return disruptor_fail(ETIMEDOUT, "another thread starts or "
						 "stops it");
	if (d->started)
		error = drain_and_join(d, deadline);
	end_change(d);
	if (error < 0)
		errno = -error;
	return error;
}

void disruptor_graph_free(struct disruptor *d)
{
	struct disruptor_processor *p;

	if (d->shared)
		disruptor_halt(d);
	else
		disruptor_shutdown(d, DISRUPTOR_FOREVER);
	while ((p = d->processors) != NULL) {
		d->processors = p->following;
		free(p);
	}
}
