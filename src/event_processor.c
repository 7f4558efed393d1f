/* SPDX-License-Identifier: MIT */
#include "internal.h"

/* The ring whose processor this thread is. */
static _Thread_local const struct disruptor *processor_of;

bool disruptor_processor_is_caller(const struct disruptor *d)
{
	return processor_of == d;
}

static void handle_each(const struct disruptor_processor *processor,
			int64_t count)
{
	struct disruptor_poller *poller = processor->poller;
	int64_t i;

	for (i = 0; i < count; i++)
		processor->on_event(processor->context,
				    disruptor_poller_event(poller, i),
				    disruptor_poller_sequence(poller, i),
				    i == count - 1);
}

static void handle_batch(const struct disruptor_processor *processor,
			 int64_t count)
{
	struct disruptor_batch batch = {
		.ring = processor->poller->barrier.ring,
		.first = disruptor_poller_sequence(processor->poller, 0),
		.count = count,
	};

	processor->on_batch(processor->context, &batch);
}

/* Until closed and drained, halted, or an error: which is returned. */
static int handle_all(const struct disruptor_processor *processor)
{
	int64_t count;

	for (;;) {
		count = disruptor_poll_wait(processor->poller,
					    DISRUPTOR_FOREVER);
		if (count < 0)
			return (int)count;
		if (processor->on_batch != NULL)
			handle_batch(processor, count);
		else
			handle_each(processor, count);
		disruptor_poller_advance(processor->poller, count);
	}
}

/*
 * A processor that fails would leave its producers waiting for ever and those
 * behind it too: it stops the ring here, and shutdown reports why.
 */
static void end(struct disruptor *d, int result)
{
	pthread_mutex_lock(&d->mutex);
	if (result != -ESHUTDOWN && result != -ECANCELED) {
		if (d->failure == 0)
			d->failure = result;
		disruptor_halt_handles(d);
	}
	d->running--;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->mutex);
}

static void *run(void *argument)
{
	const struct disruptor_processor *processor = argument;

	processor_of = processor->disruptor;
	end(processor->disruptor, handle_all(processor));
	return NULL;
}

int disruptor_processor_start(struct disruptor_processor *processor)
{
	int error = pthread_create(&processor->thread, NULL, run, processor);

	if (error != 0)
		return disruptor_fail(error, "cannot start a thread for a "
					     "handler");
	processor->joinable = true;
	processor->disruptor->running++;
	return 0;
}
