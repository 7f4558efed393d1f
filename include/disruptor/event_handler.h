/* SPDX-License-Identifier: MIT */
/* Room R4: event handler. Includes R0 and R2. */
#ifndef DISRUPTOR_EVENT_HANDLER_H
#define DISRUPTOR_EVENT_HANDLER_H

#include <disruptor/compiler.h>
#include <disruptor/ring_buffer.h>

/*
 * Called for each event, in order, on the processor's own thread. The event may
 * be changed: handlers that come after this one see it. It is valid until the
 * call returns. end_of_batch: the last of those that were found ready together,
 * so flush. A handler cannot wait for room in its own ring, since it holds that
 * room: such a claim fails with EDEADLK.
 */
typedef void (*disruptor_event_handler)(void *context, void *event,
					int64_t sequence, bool end_of_batch);

/*
 * The same, and may fail: 0, or a negative errno of its choice (what is none
 * counts as -EINVAL). Then the processor's error policy says what becomes of
 * the event.
 */
typedef int (*disruptor_fallible_handler)(void *context, void *event,
					  int64_t sequence, bool end_of_batch);

/* A contiguous run of sequences without gaps. Valid until the call returns. */
struct disruptor_batch {
	struct disruptor_ring_buffer ring;
	int64_t first;		/* sequence of the first event */
	int64_t count;		/* at least 1 */
};

/* Called once for each batch. The rules of disruptor_event_handler hold. */
typedef void (*disruptor_batch_handler)(void *context,
					const struct disruptor_batch *batch);

/* The i-th event of a batch, 0 <= i < count, which is not checked. */
DISRUPTOR_INLINE_API void *
disruptor_batch_event(const struct disruptor_batch *batch, int64_t i)
{
	return disruptor_ring_buffer_event(&batch->ring, batch->first + i);
}

/*
 * Several handlers on one thread: pass disruptor_aggregate as the handler and a
 * struct disruptor_aggregate_handlers as its context, which with its parts must
 * outlive the processor. Each event goes through all parts, in their order,
 * before the next event does.
 */
struct disruptor_aggregate_part {
	disruptor_event_handler on_event;
	void *context;
};

struct disruptor_aggregate_handlers {
	const struct disruptor_aggregate_part *parts;
	size_t count;
};

DISRUPTOR_INLINE_API void disruptor_aggregate(void *aggregate, void *event,
					      int64_t sequence,
					      bool end_of_batch)
{
	const struct disruptor_aggregate_handlers *a =
		(const struct disruptor_aggregate_handlers *)aggregate;
	size_t i;

	for (i = 0; i < a->count; i++)
		a->parts[i].on_event(a->parts[i].context, event, sequence,
				     end_of_batch);
}

#endif
