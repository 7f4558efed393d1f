/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* This file defines the functions; the macros choose between them. */
#undef disruptor_handle_events_with
#undef disruptor_handle_events_after

static int find_after(struct disruptor *d,
		      struct disruptor_processor *const *after,
		      struct disruptor_consumer_set *set)
{
	if (*after == NULL)
		return disruptor_fail(EINVAL,
				      "a handler has nothing to come after");
	for (; *after != NULL; after++) {
		if ((*after)->disruptor != d)
			return disruptor_fail(EINVAL,
					      "a handler cannot come after one "
					      "of another ring");
		disruptor_set_add(set, disruptor_poller_index((*after)->poller));
	}
	return 0;
}

static int check_forms(const struct disruptor_processor_options *o)
{
	int forms = (o->on_event != NULL) + (o->on_batch != NULL) +
		    (o->on_event_or_error != NULL);

	if (forms != 1)
		return disruptor_fail(EINVAL, forms == 0 ?
						      "no handler" :
						      "more than one handler");
	if ((uint32_t)o->on_error > DISRUPTOR_ON_ERROR_CALL)
		return disruptor_fail(EINVAL, "on_error is unknown");
	if (o->on_error == DISRUPTOR_ON_ERROR_CALL && o->error_handler == NULL)
		return disruptor_fail(EINVAL, "on_error says to call "
					      "error_handler, which is NULL");
	if (o->on_error != DISRUPTOR_ON_ERROR_STOP &&
	    o->on_event_or_error == NULL)
		return disruptor_fail(EINVAL, "on_error needs the handler that "
					      "can fail: on_event_or_error");
	if (o->timeout_ns < 0 || o->retry_pause_ns < 0)
		return disruptor_fail(EINVAL, "a time is negative");
	return 0;
}

static int check_thread(const struct disruptor_processor_options *o)
{
	if (o->thread_name != NULL &&
	    strlen(o->thread_name) >= DISRUPTOR_THREAD_NAME_SIZE)
		return disruptor_fail(ENAMETOOLONG,
				      "a thread's name has at most %d bytes",
				      DISRUPTOR_THREAD_NAME_SIZE - 1);
	if (o->cpus != NULL && (strlen(o->cpus) >= DISRUPTOR_CPUS_SIZE ||
				disruptor_os_check_cpus(o->cpus) < 0))
		return disruptor_fail(EINVAL, "cpus '%s' is no list like "
					      "\"0,2-3\"", o->cpus);
	return 0;
}

static struct disruptor_poller_options
poller_options(const struct disruptor_processor_options *o)
{
	struct disruptor_poller_options p = {
		.size = sizeof(p),
		.name = o->name,
		.upstream = o->upstream,
		.start = o->start,
		.wait_strategy = o->wait_strategy,
		.wait_fallback = o->wait_fallback,
		.wait_spin_ns = o->wait_spin_ns,
		.wait_yield_ns = o->wait_yield_ns,
		.wait_sleep_ns = o->wait_sleep_ns,
		.batch_max = o->batch_max,
		.stall_limit_ns = o->stall_limit_ns,
		.on_upstream_lost = o->on_upstream_lost,
	};

	return p;
}

/* What the caller's pointers lead to may go away. */
static void keep_strings(struct disruptor_processor *processor)
{
	struct disruptor_processor_options *o = &processor->options;

	if (o->thread_name != NULL)
		memcpy(processor->thread_name, o->thread_name,
		       strlen(o->thread_name));
	if (o->cpus != NULL)
		memcpy(processor->cpus, o->cpus, strlen(o->cpus));
	o->thread_name = o->cpus = o->name = NULL;
	o->upstream = NULL;
	o->after = NULL;
}

static int add_processor(struct disruptor_processor *processor)
{
	struct disruptor *d = processor->disruptor;
	struct disruptor_processor_options *o = &processor->options;
	struct disruptor_poller_options p = poller_options(o);
	struct disruptor_consumer_set set = { { 0 } };

	if (check_forms(o) < 0 || check_thread(o) < 0)
		return -errno;
	if (o->after != NULL && find_after(d, o->after, &set) < 0)
		return -errno;
	processor->poller =
		disruptor_poller_make(d, &p, o->after != NULL ? &set : NULL);
	if (processor->poller == NULL)
		return -errno;
	keep_strings(processor);
	processor->following = d->processors;
	d->processors = processor;
	return 0;
}

struct disruptor_processor *
disruptor_graph_add(struct disruptor *d,
		    const struct disruptor_processor_options *given)
{
	struct disruptor_processor *processor =
		disruptor_allocate(sizeof(*processor));
	int error;

	if (processor == NULL)
		return NULL;
	processor->disruptor = d;
	error = disruptor_options_copy(&processor->options,
				       sizeof(processor->options),
				       sizeof(processor->options), given);
	if (error == 0)
		error = add_processor(processor);
	if (error == 0)
		return processor;
	free(processor);
	errno = -error;
	return NULL;
}

void disruptor_graph_remember(struct disruptor *d, int error)
{
	/* What is refused while it runs does no harm to what runs. */
	if (!d->was_started)
		disruptor_note_failure(&d->graph_failure, error);
}

static struct disruptor_processor *
add_and_run(struct disruptor *d,
	    const struct disruptor_processor_options *options)
{
	const struct disruptor_processor *end = d->processors;
	struct disruptor_processor *p = disruptor_graph_add(d, options);
	int error = p == NULL ? -errno : disruptor_graph_run(d, end);

	if (error == 0)
		return p;
	disruptor_graph_remember(d, error);
	errno = -error;
	return NULL;
}

struct disruptor_processor *
disruptor_handle_events_opts(struct disruptor *d,
			     const struct disruptor_processor_options *options)
{
	struct disruptor_processor *processor;

	if (disruptor_graph_begin(d) < 0)
		return NULL;
	processor = add_and_run(d, options);
	disruptor_end_change(d);
	return processor;
}

static struct disruptor_processor *const nobody[] = { NULL };

struct disruptor_processor *
disruptor_handle_events_with(struct disruptor *d,
			     disruptor_event_handler handler, void *context)
{
	return disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_event = handler,
					       .context = context));
}

struct disruptor_processor *
disruptor_handle_events_after(struct disruptor *d,
			      struct disruptor_processor *const *after,
			      disruptor_event_handler handler, void *context)
{
	return disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_event = handler, .context = context,
			   .after = after != NULL ? after : nobody));
}

struct disruptor_processor *
disruptor_handle_batches_with(struct disruptor *d,
			      disruptor_batch_handler handler, void *context)
{
	return disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_batch = handler,
					       .context = context));
}

struct disruptor_processor *
disruptor_handle_batches_after(struct disruptor *d,
			       struct disruptor_processor *const *after,
			       disruptor_batch_handler handler, void *context)
{
	return disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_batch = handler, .context = context,
			   .after = after != NULL ? after : nobody));
}
