/* SPDX-License-Identifier: MIT */
#include "internal.h"

#define ERRNO_MAX 4096

int disruptor_honest_error(int error)
{
	return error > -ERRNO_MAX ? error : -EINVAL;
}

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
		error = count < 0 ? (int)count : disruptor_handle_batch(p, count);
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
	error = disruptor_honest_error(error);
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

/* Tells who starts it, and waits for what that makes of it. */
static bool report_start(const struct disruptor_processor *p, int error)
{
	struct disruptor *d = p->disruptor;
	bool running;

	pthread_mutex_lock(&d->mutex);
	if (error < 0)
		disruptor_note_failure(&d->start_failure, error);
	d->starting--;
	pthread_cond_broadcast(&d->changed);
	while (p->phase == DISRUPTOR_PHASE_STARTING)
		disruptor_wait_for_change(d, INT64_MAX);
	running = p->phase == DISRUPTOR_PHASE_RUNNING;
	pthread_mutex_unlock(&d->mutex);
	return running;
}

/*
 * A processor that fails would leave its producers waiting for ever and those
 * behind it too: it stops the ring here, and shutdown reports why.
 */
static void end(struct disruptor_processor *p, int result)
{
	struct disruptor *d = p->disruptor;

	pthread_mutex_lock(&d->mutex);
	if (p->failed || (result != -ESHUTDOWN && result != -ECANCELED)) {
		disruptor_note_failure(&d->failure, result);
		disruptor_halt_handles(d);
	}
	/* Nobody may wait for one that was asked to go, and went. */
	if (p->going && !disruptor_worker_has_taken(p)) {
		disruptor_poller_leave(p->poller);
		p->gone = true;
	}
	p->ended = true;
	d->running--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
}

static void *run(void *argument)
{
	struct disruptor_processor *p = argument;
	int error, result = -ECANCELED;

	disruptor_processor_enter(p);
	p->failed = false;
	error = prepare_thread(p);
	if (error == 0)
		error = prepare_state(p);
	if (report_start(p, error))
		result = handle_all(p);
	if (error == 0)
		end_state(p);
	end(p, result);
	return NULL;
}

static int make_thread(struct disruptor_processor *p)
{
	int error;

	p->phase = DISRUPTOR_PHASE_STARTING;
	p->ended = false;
	error = pthread_create(&p->thread, NULL, run, p);
	if (error != 0)
		return disruptor_fail(error, "cannot start a thread for a "
					     "handler");
	p->joinable = true;
	p->disruptor->starting++;
	p->disruptor->running++;
	return 0;
}

int disruptor_processors_start(struct disruptor *d,
			       struct disruptor_processor *first,
			       const struct disruptor_processor *end)
{
	struct disruptor_failure *failure = &d->start_failure;
	struct disruptor_processor *p;
	int error = 0;

	failure->error = 0;
	for (p = first; p != end && error == 0; p = p->following)
		if (!p->gone)
			error = make_thread(p);
	while (d->starting > 0)
		disruptor_wait_for_change(d, INT64_MAX);
	if (error == 0 && failure->error < 0)
		error = disruptor_fail(-failure->error, "%s", failure->reason);
	for (p = first; p != end; p = p->following)
		p->phase = error < 0 ? DISRUPTOR_PHASE_FAILED :
				       DISRUPTOR_PHASE_RUNNING;
	pthread_cond_broadcast(&d->changed);
	return error;
}

void disruptor_processor_join(struct disruptor_processor *p)
{
	if (!p->joinable)
		return;
	pthread_join(p->thread, NULL);
	p->joinable = false;
}

uint64_t disruptor_processor_errors(const struct disruptor_processor *processor)
{
	return disruptor_load_relaxed_u64(&processor->errors);
}
