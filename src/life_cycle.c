/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define DRAIN_NAP_NS INT64_C(200000)

struct timespec disruptor_absolute(int64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / NS_PER_S),
			      .tv_nsec = (long)(ns % NS_PER_S) };

	return t;
}

bool disruptor_wait_for_change(struct disruptor *d, int64_t deadline)
{
	struct timespec t = disruptor_absolute(deadline);

	if (deadline == INT64_MAX)
		return pthread_cond_wait(&d->changed, &d->mutex) == 0;
	return pthread_cond_timedwait(&d->changed, &d->mutex, &t) !=
	       ETIMEDOUT;
}

/* One start, shutdown or join at a time. Returns with d->mutex held. */
bool disruptor_begin_change(struct disruptor *d, int64_t deadline)
{
	pthread_mutex_lock(&d->mutex);
	while (d->changing)
		if (!disruptor_wait_for_change(d, deadline))
			break;
	if (d->changing) {
		pthread_mutex_unlock(&d->mutex);
		return false;
	}
	d->changing = true;
	return true;
}

/* d->mutex is held, and released. */
void disruptor_end_change(struct disruptor *d)
{
	d->changing = false;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
}

static void set_poller_halted(struct disruptor_poller *poller, uint32_t halted)
{
	disruptor_store_release_u32(&poller->halted, halted);
}

static void set_processors_halted(struct disruptor *d, uint32_t halted)
{
	const struct disruptor_processor *p;

	for (p = d->processors; p != NULL; p = p->following)
		set_poller_halted(p->poller, halted);
}

static void set_producer_halted(struct disruptor_sequencer *s, uint32_t halted)
{
	if (halted)
		disruptor_fetch_or_release_u32(&s->halted, DISRUPTOR_HALTED);
	else
		disruptor_fetch_and_relaxed_u32(&s->halted, ~DISRUPTOR_HALTED);
}

static void set_halted(struct disruptor *d, uint32_t halted)
{
	struct disruptor_producer_private *producer;
	struct disruptor_poller_private *poller;

	d->halted = halted != 0;
	for (producer = d->producer_handles; producer != NULL;
	     producer = producer->following)
		set_producer_halted(&producer->handle.sequencer, halted);
	for (poller = d->poller_handles; poller != NULL;
	     poller = poller->following)
		set_poller_halted(&poller->handle, halted);
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
	for (p = d->processors; p != NULL; p = p->following)
		disruptor_processor_join(p);
	pthread_mutex_lock(&d->mutex);
	d->started = false;
}

/* A removal that timed out has to be asked for again. */
static void stay(struct disruptor *d)
{
	struct disruptor_processor *p;

	for (p = d->processors; p != NULL; p = p->following)
		if (!p->gone)
			p->going = p->worker.left = false;
}

/* A change is under way; d->mutex is held. */
static int start_all(struct disruptor *d)
{
	int error;

	if (disruptor_graph_check(d) < 0)
		return -errno;
	/* Halted from a handler: those threads have ended or are about to. */
	if (d->started && d->halted)
		join_all(d);
	if (d->started)
		return disruptor_fail(EALREADY, "it runs already");
	set_halted(d, 0);
	stay(d);
	d->failure.error = 0;
	d->started = d->was_started = true;
	error = disruptor_processors_start(d, d->processors, NULL);
	if (error < 0)
		join_all(d);
	return error;
}

int disruptor_check_caller(const struct disruptor *d)
{
	if (d == NULL)
		return disruptor_fail_no_disruptor();
	if (disruptor_processor_is_caller(d))
		return disruptor_fail(EDEADLK, "not from a handler");
	return disruptor_check_process(d);
}

int disruptor_start(struct disruptor *d)
{
	int error = disruptor_check_caller(d);

	if (error < 0)
		return error;
	disruptor_begin_change(d, INT64_MAX);
	error = start_all(d);
	disruptor_end_change(d);
	if (error < 0)
		errno = -error;
	return error;
}

int disruptor_halt(struct disruptor *d)
{
	int error;

	if (d == NULL)
		return disruptor_fail_no_disruptor();
	error = disruptor_check_process(d);
	if (error < 0)
		return error;
	pthread_mutex_lock(&d->mutex);
	disruptor_halt_handles(d);
	pthread_mutex_unlock(&d->mutex);
	if (disruptor_processor_is_caller(d))
		return 0;
	disruptor_begin_change(d, INT64_MAX);
	/* Unless it was started again meanwhile: that is not ours to end. */
	if (d->halted)
		join_all(d);
	disruptor_end_change(d);
	return 0;
}

/* A closed ring: the threads end by themselves. d->mutex is held. */
static bool wait_ended(struct disruptor *d, int64_t deadline)
{
	while (d->running > 0)
		if (!disruptor_wait_for_change(d, deadline))
			return d->running == 0;
	return true;
}

static bool reached(const struct disruptor *d, int64_t target)
{
	const struct disruptor_processor *p;

	for (p = d->processors; p != NULL; p = p->following)
		if (!p->gone && disruptor_sequence_load_relaxed(
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
	return 0;
}

/* Once: what has been told is no news. d->mutex is held. */
static int report_failure(struct disruptor *d)
{
	int error = d->failure.error;

	d->failure.error = 0;
	return error < 0 ? disruptor_fail(-error, "%s", d->failure.reason) : 0;
}

int disruptor_shutdown(struct disruptor *d, int64_t timeout_ns)
{
	int64_t deadline = disruptor_deadline(timeout_ns);
	int error = disruptor_check_caller(d);

	if (error < 0)
		return error;
	if (!d->shared)
		disruptor_close(d);
	if (!disruptor_begin_change(d, deadline))
		return disruptor_fail(ETIMEDOUT, "another thread starts or "
						 "stops it");
	if (d->started)
		error = drain_and_join(d, deadline);
	if (error == 0)
		error = report_failure(d);
	disruptor_end_change(d);
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
	disruptor_worker_pools_free(d);
}
