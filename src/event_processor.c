/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdio.h>

#define PAUSE_STEP_NS INT64_C(1000000)
#define ERRNO_MAX 4096

/* The processor whose thread this is. */
static _Thread_local struct disruptor_processor *current;

bool disruptor_processor_is_caller(const struct disruptor *d)
{
	return current != NULL && current->disruptor == d;
}

/* --- one batch -------------------------------------------------------------- */

int disruptor_release(int64_t sequence)
{
	struct disruptor_processor *p = current;

	if (p == NULL || sequence < p->first || sequence >= p->end)
		return disruptor_fail(EINVAL, "only a handler releases events, "
					      "those of its batch");
	if (sequence < p->released)
		return 0;
	p->released = sequence + 1;
	disruptor_poller_release(p->poller, p->released);
	return 0;
}

static int call(const struct disruptor_processor *p, int64_t sequence)
{
	const struct disruptor_processor_options *o = &p->options;
	void *event = disruptor_ring_buffer_event(&p->poller->barrier.ring,
						  sequence);
	bool end_of_batch = sequence == p->end - 1;

	if (o->on_event_or_error != NULL)
		return o->on_event_or_error(p->state, event, sequence,
					    end_of_batch);
	o->on_event(p->state, event, sequence, end_of_batch);
	return 0;
}

static void call_batch(struct disruptor_processor *p)
{
	struct disruptor_batch batch = {
		.ring = p->poller->barrier.ring,
		.first = p->first,
		.count = p->end - p->first,
	};

	p->options.on_batch(p->state, &batch);
}

static enum disruptor_on_error decide(const struct disruptor_processor *p,
				      int error, int64_t sequence,
				      uint32_t attempts)
{
	const struct disruptor_processor_options *o = &p->options;
	enum disruptor_on_error what = o->on_error;

	if (what == DISRUPTOR_ON_ERROR_CALL)
		what = o->error_handler(
			p->state, error,
			disruptor_ring_buffer_event(&p->poller->barrier.ring,
						    sequence),
			sequence, attempts);
	if (what == DISRUPTOR_ON_ERROR_RETRY && o->retry_max != 0 &&
	    attempts >= o->retry_max)
		what = DISRUPTOR_ON_ERROR_STOP;
	return what;
}

/* False: halted meanwhile. */
static bool pause_before_retry(const struct disruptor_processor *p)
{
	int64_t end = disruptor_deadline(p->options.retry_pause_ns);

	do {
		int64_t left = end - disruptor_os_now();

		if (disruptor_load_relaxed_u32(&p->poller->halted))
			return false;
		if (left <= 0)
			return true;
		disruptor_os_nap(left < PAUSE_STEP_NS ? left : PAUSE_STEP_NS);
	} while (true);
}

/* A callback's own number: whatever it is, an errno comes of it. */
static int honest_error(int error)
{
	return error > -ERRNO_MAX ? error : -EINVAL;
}

static int fail_event(struct disruptor_processor *p, int error,
		      int64_t sequence)
{
	p->failed = true;
	return disruptor_fail(-error, "a handler failed at sequence %lld (%d)",
			      (long long)sequence, error);
}

/* How one attempt at a batch went. */
struct attempt {
	int64_t sequence;	/* the first that is not done with */
	uint64_t skipped;
	uint32_t number;	/* attempts before this one */
	bool again;
};

/* 0: go on with the next event. */
static int handle_error(struct disruptor_processor *p, struct attempt *a,
			int error)
{
	switch (decide(p, error, a->sequence, a->number)) {
	case DISRUPTOR_ON_ERROR_SKIP:
		a->skipped++;
		return 0;
	case DISRUPTOR_ON_ERROR_RETRY:
		a->sequence = p->released;
		a->again = pause_before_retry(p);
		return -ECANCELED;
	default:
		return fail_event(p, error, a->sequence);
	}
}

static int attempt(struct disruptor_processor *p, struct attempt *a)
{
	int error = 0;

	for (; a->sequence < p->end; a->sequence++) {
		error = call(p, a->sequence);
		if (error < 0)
			error = handle_error(p, a, honest_error(error));
		if (error < 0)
			break;
	}
	/* What is handled again is counted by the attempt that is the last. */
	if (!a->again)
		disruptor_fetch_add_u64(&p->errors, a->skipped);
	return error < 0 ? error : 0;
}

/* *done: one past the last event that is done with, also when it fails. */
static int handle_events(struct disruptor_processor *p, int64_t *done)
{
	struct attempt a = { .again = true };
	int error = 0;

	while (a.again) {
		a.again = false;
		a.skipped = 0;
		a.sequence = p->released;
		error = attempt(p, &a);
		a.number++;
	}
	*done = a.sequence;
	return error;
}

static int handle_batch(struct disruptor_processor *p, int64_t count)
{
	struct disruptor_poller *poller = p->poller;
	int64_t done;
	int error = 0;

	p->first = p->released = disruptor_poller_sequence(poller, 0);
	p->end = done = p->first + count;
	if (p->options.on_batch_start != NULL)
		p->options.on_batch_start(p->state, count,
					  disruptor_published(p->disruptor) -
						  p->first);
	if (p->options.on_batch != NULL)
		call_batch(p);
	else
		error = handle_events(p, &done);
	if (done < p->released)
		done = p->released;
	disruptor_poller_advance(poller, done - p->first);
	p->end = p->first;
	return error;
}

/* --- the thread ------------------------------------------------------------- */

static int64_t wait_for_events(struct disruptor_processor *p)
{
	const struct disruptor_processor_options *o = &p->options;
	int64_t count;

	do {
		count = disruptor_poll_wait(p->poller,
					    o->timeout_ns > 0 ?
						    o->timeout_ns :
						    DISRUPTOR_FOREVER);
		if (count == 0 && o->on_timeout != NULL)
			o->on_timeout(p->state,
				      disruptor_poller_sequence(p->poller, 0));
	} while (count == 0);
	return count;
}

/* Until closed and drained, halted, or an error: which is returned. */
static int handle_all(struct disruptor_processor *p)
{
	int64_t count;
	int error = 0;

	while (error == 0) {
		count = wait_for_events(p);
		error = count < 0 ? (int)count : handle_batch(p, count);
	}
	return error;
}

static int prepare_thread(const struct disruptor_processor *p)
{
	int error = 0;

	if (p->thread_name[0] != '\0')
		error = disruptor_os_thread_name(p->thread_name);
	if (error < 0)
		return disruptor_fail(-error, "cannot name a thread '%s'",
				      p->thread_name);
	if (p->cpus[0] != '\0')
		error = disruptor_os_thread_cpus(p->cpus);
	if (error < 0)
		return disruptor_fail(-error, "a thread cannot run on cpus "
					      "'%s'", p->cpus);
	return 0;
}

static int prepare_state(struct disruptor_processor *p)
{
	const struct disruptor_processor_options *o = &p->options;
	int error;

	p->state = o->context;
	if (o->state_new != NULL) {
		p->state = o->state_new(o->context);
		if (p->state == NULL)
			return disruptor_fail(ENOMEM, "state_new failed");
	}
	error = o->on_start != NULL ? o->on_start(p->state) : 0;
	if (error >= 0)
		return 0;
	error = honest_error(error);
	if (o->state_free != NULL && o->state_new != NULL)
		o->state_free(p->state);
	return disruptor_fail(-error, "on_start failed (%d)", error);
}

static void end_state(struct disruptor_processor *p)
{
	const struct disruptor_processor_options *o = &p->options;

	if (o->on_shutdown != NULL)
		o->on_shutdown(p->state);
	if (o->state_free != NULL && o->state_new != NULL)
		o->state_free(p->state);
}

/* The first failure is the one that is reported. d->mutex is held. */
static void note_failure(struct disruptor *d, int error)
{
	if (d->failure != 0)
		return;
	d->failure = error;
	snprintf(d->failure_reason, sizeof(d->failure_reason), "%s",
		 disruptor_error());
}

/* Tells disruptor_start(), and waits for what it makes of all. */
static bool report_start(struct disruptor *d, int error)
{
	bool running;

	pthread_mutex_lock(&d->mutex);
	if (error < 0)
		note_failure(d, error);
	d->starting--;
	pthread_cond_broadcast(&d->changed);
	while (d->phase == DISRUPTOR_PHASE_STARTING)
		disruptor_wait_for_change(d, INT64_MAX);
	running = d->phase == DISRUPTOR_PHASE_RUNNING;
	pthread_mutex_unlock(&d->mutex);
	return running;
}

/*
 * A processor that fails would leave its producers waiting for ever and those
 * behind it too: it stops the ring here, and shutdown reports why.
 */
static void end(struct disruptor *d, int result, bool failed)
{
	pthread_mutex_lock(&d->mutex);
	if (failed || (result != -ESHUTDOWN && result != -ECANCELED)) {
		note_failure(d, result);
		disruptor_halt_handles(d);
	}
	d->running--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
}

static void *run(void *argument)
{
	struct disruptor_processor *p = argument;
	int error, result = -ECANCELED;

	current = p;
	p->failed = false;
	error = prepare_thread(p);
	if (error == 0)
		error = prepare_state(p);
	if (report_start(p->disruptor, error))
		result = handle_all(p);
	if (error == 0)
		end_state(p);
	end(p->disruptor, result, p->failed);
	return NULL;
}

int disruptor_processor_start(struct disruptor_processor *p)
{
	int error = pthread_create(&p->thread, NULL, run, p);

	if (error != 0)
		return disruptor_fail(error, "cannot start a thread for a "
					     "handler");
	p->joinable = true;
	p->disruptor->starting++;
	p->disruptor->running++;
	return 0;
}

uint64_t disruptor_processor_errors(const struct disruptor_processor *processor)
{
	return disruptor_load_relaxed_u64(&processor->errors);
}
