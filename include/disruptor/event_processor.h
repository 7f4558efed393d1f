/* SPDX-License-Identifier: MIT */
/* Room R5: event processor. Includes R0 and R4. */
#ifndef DISRUPTOR_EVENT_PROCESSOR_H
#define DISRUPTOR_EVENT_PROCESSOR_H

#include <disruptor/event_handler.h>

/*
 * A processor is a handler with a thread, and a consumer of the ring from the
 * moment it is named: events published before disruptor_start() wait for it.
 * It belongs to its disruptor.
 *
 * The graph is built by calls whose first error sticks: after it they do
 * nothing and return NULL, and disruptor_start() reports it. They accept NULL
 * for the disruptor and for processors that could not be made. One thread
 * builds the graph.
 */

struct disruptor;
struct disruptor_processor;

DISRUPTOR_BEGIN_DECLS

/* Handles every event, beside all that are named this way. */
DISRUPTOR_API struct disruptor_processor *
disruptor_handle_events_with(struct disruptor *disruptor,
			     disruptor_event_handler handler, void *context);

/* Handles each event after all processors of the NULL-terminated list did. */
DISRUPTOR_API struct disruptor_processor *
disruptor_handle_events_after(struct disruptor *disruptor,
			      struct disruptor_processor *const *after,
			      disruptor_event_handler handler, void *context);

/* The same with a handler that is called once for each batch. */
DISRUPTOR_API struct disruptor_processor *
disruptor_handle_batches_with(struct disruptor *disruptor,
			      disruptor_batch_handler handler, void *context);
DISRUPTOR_API struct disruptor_processor *
disruptor_handle_batches_after(struct disruptor *disruptor,
			       struct disruptor_processor *const *after,
			       disruptor_batch_handler handler, void *context);

/*
 * Starts a thread for each processor. 0, or the first error of the graph or of
 * starting, and then nothing is left running. -EALREADY when it runs.
 */
DISRUPTOR_API int disruptor_start(struct disruptor *disruptor);

/*
 * No more events: closes a private ring (a shared one stays open for the
 * others), lets the processors finish what is published, and joins them. With
 * a time-out (negative: none) -ETIMEDOUT, and they go on draining. Any thread
 * but a processor's (-EDEADLK).
 */
DISRUPTOR_API int disruptor_shutdown(struct disruptor *disruptor,
				     int64_t timeout_ns);

/*
 * Stops now: wakes everybody who waits in this process, whose calls return
 * -ECANCELED; processors end after the batch in hand and are joined (not from
 * a processor's own thread: that one ends when its handler returns). What they
 * had not handled stays in the ring; disruptor_start() goes on there.
 */
DISRUPTOR_API int disruptor_halt(struct disruptor *disruptor);

DISRUPTOR_END_DECLS

/* A list of processors for disruptor_handle_events_after(). */
#ifndef __cplusplus
#define DISRUPTOR_AFTER(...)                                                   \
	((struct disruptor_processor *const[]){ __VA_ARGS__, NULL })
#endif

/*
 * Both kinds of handler go by one name: what DISRUPTOR_DEFINE_HANDLER defines
 * is passed to disruptor_handle_events_with() like a plain handler.
 */
#ifndef __cplusplus
#define disruptor_handle_events_with(disruptor, handler, context)              \
	_Generic((handler),                                                    \
		disruptor_batch_handler: disruptor_handle_batches_with,        \
		default: disruptor_handle_events_with)(disruptor, handler,     \
						       context)
#define disruptor_handle_events_after(disruptor, after, handler, context)      \
	_Generic((handler),                                                    \
		disruptor_batch_handler: disruptor_handle_batches_after,       \
		default: disruptor_handle_events_after)(disruptor, after,      \
							handler, context)
#else
inline struct disruptor_processor *
disruptor_handle_events_with(struct disruptor *d, disruptor_batch_handler h,
			     void *context)
{
	return disruptor_handle_batches_with(d, h, context);
}
inline struct disruptor_processor *
disruptor_handle_events_after(struct disruptor *d,
			      struct disruptor_processor *const *after,
			      disruptor_batch_handler h, void *context)
{
	return disruptor_handle_batches_after(d, after, h, context);
}
#endif

#endif
