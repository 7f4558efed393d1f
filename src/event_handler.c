/* SPDX-License-Identifier: MIT */
#include "internal.h"

#define PAUSE_STEP_NS INT64_C(1000000)

/* The processor whose thread this is. */
static _Thread_local struct disruptor_processor *current;

void disruptor_processor_enter(struct disruptor_processor *p)
{
	current = p;
}

bool disruptor_processor_is_caller(const struct disruptor *d)
{
	return current != NULL && current->disruptor == d;
}

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

static int call(const struct disruptor_processor *p, int64_t sequence,
		bool end_of_batch)
{
	const struct disruptor_processor_options *o = &p->options;
	void *event =
		disruptor_ring_buffer_event(&p->poller->barrier.ring, sequence);

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

/* False: halted meanwhile. A worker that leaves retries: it took the event. */
static bool pause_before_retry(const struct disruptor_processor *p)
{
	int64_t end = disruptor_deadline(p->options.retry_pause_ns);

	do {
		int64_t left = end - disruptor_os_now();

		if (disruptor_poller_halted(p->poller) & DISRUPTOR_HALTED)
			return false;
		if (left <= 0)
			return true;
		disruptor_os_nap(left < PAUSE_STEP_NS ? left : PAUSE_STEP_NS);
	} while (true);
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
	int64_t sequence; /* the first that is not done with */
	uint64_t skipped;
	uint32_t number; /* attempts before this one */
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

/* The first event from sequence on that is for this processor, or p->end. */
static int64_t next_own(const struct disruptor_processor *p, int64_t sequence)
{
	if (DISRUPTOR_LIKELY(p->pool == NULL))
		return sequence;
	return disruptor_worker_next(p, sequence);
}

static int attempt(struct disruptor_processor *p, struct attempt *a)
{
	int64_t following;
	int error = 0;

	for (; a->sequence < p->end; a->sequence = following) {
		following = next_own(p, a->sequence + 1);
		error = call(p, a->sequence, following == p->end);
		if (error < 0)
			error = handle_error(p, a,
					     disruptor_honest_error(error));
		if (error < 0)
			break;
	}
	/* What is handled again is counted by the attempt that is the last. */
	if (!a->again)
		disruptor_fetch_add_relaxed_u64(&p->errors, a->skipped);
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
		a.sequence = next_own(p, p->released);
		error = attempt(p, &a);
		a.number++;
	}
	*done = a.sequence;
	return error;
}

/* Handles [p->first, p->end); *done as above. */
static int handle_run(struct disruptor_processor *p, int64_t *done)
{
	int64_t count = p->end - p->first;
	int error = 0;

	*done = p->released = p->first;
	if (count == 0)
		return 0;
	if (p->options.on_batch_start != NULL)
		p->options.on_batch_start(p->state, count,
					  disruptor_published(p->disruptor) -
						  p->first);
	*done = p->end;
	if (p->options.on_batch != NULL)
		call_batch(p);
	else
		error = handle_events(p, done);
	if (*done < p->released)
		*done = p->released;
	return error;
}

int disruptor_handle_batch(struct disruptor_processor *p, int64_t count)
{
	struct disruptor_poller *poller = p->poller;
	int64_t from = disruptor_poller_sequence(poller, 0);
	int64_t done;
	int error = 0;

	p->first = from;
	p->end = from + count;
	if (p->pool != NULL)
		error = disruptor_worker_take(p);
	if (error < 0) {
		p->end = p->first;
		return error;
	}
	error = handle_run(p, &done);
	if (p->pool != NULL)
		done = disruptor_worker_done(p, from + count, done);
	disruptor_poller_advance(poller, done - from);
	p->end = p->first;
	return error;
}
