/* SPDX-License-Identifier: MIT */
/* Room R5: event processor. Includes R0, R2 and R4. */
#ifndef DISRUPTOR_EVENT_PROCESSOR_H
#define DISRUPTOR_EVENT_PROCESSOR_H

#include <disruptor/event_handler.h>
#include <disruptor/options.h>

/*
 * A processor is a handler with a thread, and a consumer of the ring from the
 * moment it is named: events published before disruptor_start() wait for it.
 * It belongs to its disruptor.
 *
 * The graph is built by calls whose first error sticks: after it they do
 * nothing and return NULL, and disruptor_start() reports it. They accept NULL
 * for the disruptor and for processors that could not be made.
 *
 * The same calls add to a graph that runs: the processor begins at once, with
 * the next event that is published or where options.start says, and the call
 * returns when its on_start ran. What fails then (NULL with errno) changes
 * nothing. Any thread, but a processor's: EDEADLK.
 *
 * Errors: those of disruptor_poller_new_opts(), of disruptor_start() on a graph
 * that runs, and EINVAL (handler, policy, cpus, after), ENAMETOOLONG.
 */

struct disruptor;
struct disruptor_processor;

/* What becomes of an event whose handler failed. */
enum disruptor_on_error {
	/*
	 * The processor ends and stops everybody of this process on this ring:
	 * claims and polls fail with ECANCELED, disruptor_shutdown() returns
	 * the error. The event stays unread; disruptor_start() begins with it.
	 */
	DISRUPTOR_ON_ERROR_STOP = 0,
	/* Counted, see disruptor_processor_errors(); the next is handled. */
	DISRUPTOR_ON_ERROR_SKIP = 1,
	/*
	 * Once more from the batch's first event, or from the first that is
	 * not released, after retry_pause_ns and at most retry_max times in a
	 * row; then the ring stops, with the batch before the failed event
	 * done. LMAX calls it a rewind.
	 */
	DISRUPTOR_ON_ERROR_RETRY = 2,
	/* As error_handler answers: one of the three above. */
	DISRUPTOR_ON_ERROR_CALL = 3
};

/* attempts: how often this batch was handled before, 0 at first. */
typedef enum disruptor_on_error (*disruptor_error_handler)(
	void *context, int error, void *event, int64_t sequence,
	uint32_t attempts);

/*
 * All that a processor may be told; zero is the default. All callbacks get
 * context, or what state_new made of it, and run on the processor's thread.
 */
struct disruptor_processor_options {
	size_t size;
	/* One of the three. */
	disruptor_event_handler on_event;
	disruptor_batch_handler on_batch;
	disruptor_fallible_handler on_event_or_error;
	void *context;
	/* After whom, of this process and by name of any; NULL: nobody. */
	struct disruptor_processor *const *after;
	const char *const *upstream;
	const char *name;	/* as a consumer: others follow, it resumes */
	enum disruptor_start_at start;
	int64_t batch_max;	/* events in one batch */
	enum disruptor_wait_strategy wait_strategy; /* 0: the ring's, with */
	enum disruptor_wait_strategy wait_fallback; /* all of its times */
	int64_t wait_spin_ns;
	int64_t wait_yield_ns;
	int64_t wait_sleep_ns;
	const char *thread_name; /* up to 15 bytes */
	const char *cpus;	/* that its thread may run on: "0,2-3" */
	/* State of the thread's own, at each start, instead of context; NULL
	 * makes the start fail with -ENOMEM. */
	void *(*state_new)(void *context);
	void (*state_free)(void *state);
	/* Before the first event of each start; a negative errno makes the
	 * start fail, without on_shutdown. */
	int (*on_start)(void *context);
	/* When it ends, whatever ended it; also when another's start failed. */
	void (*on_shutdown)(void *context);
	/* Nothing came for timeout_ns (0: never called). */
	void (*on_timeout)(void *context, int64_t sequence);
	int64_t timeout_ns;
	/*
	 * queue_depth: published and not handled, this batch included. In a
	 * pool by key both count the events of the other workers as well.
	 */
	void (*on_batch_start)(void *context, int64_t batch_size,
			       int64_t queue_depth);
	/* With on_event_or_error only: */
	enum disruptor_on_error on_error;
	disruptor_error_handler error_handler;
	int64_t retry_pause_ns;	/* 0: at once */
	uint32_t retry_max;	/* 0: for ever */
	/* As of a poller. Evicted or bereft, it stops the ring. */
	int64_t stall_limit_ns;
	enum disruptor_on_upstream_lost on_upstream_lost;
};

#ifndef __cplusplus
#define DISRUPTOR_PROCESSOR_OPTIONS(...)                                       \
	(&(struct disruptor_processor_options){                                \
		.size = sizeof(struct disruptor_processor_options),            \
		__VA_ARGS__ })
#endif

DISRUPTOR_BEGIN_DECLS

/* A processor with all its options. */
DISRUPTOR_API struct disruptor_processor *
disruptor_handle_events_opts(struct disruptor *disruptor,
			     const struct disruptor_processor_options *options);

/*
 * From a handler, for an event of the batch in hand: it and all before it are
 * done, so that producers and followers need not wait for the batch's end.
 * -EINVAL: not from a handler, or not of its batch. Progress: wait-free, but
 * for one system call when somebody sleeps.
 */
DISRUPTOR_API int disruptor_release(int64_t sequence);

/*
 * Takes a processor out, also while events flow, also the last one: it ends
 * after the batch in hand, its on_shutdown runs, it no longer gates producers
 * (one with a name holds its place, see disruptor_remove_consumer()), and those
 * that came after it come after those that it came after. Frees it. A worker
 * leaves the rest of its share to its pool.
 *
 * The sequence of the first event that it did not handle. -ETIMEDOUT after
 * timeout_ns (negative: without end): its handler has not returned; it goes
 * when that does, unless the graph is stopped and started again before; call
 * again to learn where, and to free it. -ECANCELED: halted meanwhile. -EBUSY: a
 * worker's handler failed at an event that another of its pool may not have, or
 * the workers of a pool by key stand at different events; disruptor_start()
 * goes on there; or all others of its pool are to be removed again first.
 * -EINVAL, no processor. Any thread but a processor's (-EDEADLK).
 */
DISRUPTOR_API int64_t
disruptor_processor_remove(struct disruptor_processor *processor,
			   int64_t timeout_ns);

/* How many events were skipped by ON_ERROR_SKIP. Any thread. */
DISRUPTOR_API uint64_t
disruptor_processor_errors(const struct disruptor_processor *processor);

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
 * Starts a thread for each processor, and returns when every on_start ran. 0,
 * or the first error of the graph, of making a thread, of its CPUs or of an
 * on_start; then nothing is left running. -EALREADY when it runs. Any thread
 * but a processor's (-EDEADLK).
 */
DISRUPTOR_API int disruptor_start(struct disruptor *disruptor);

/*
 * No more events: closes a private ring (a shared one stays open for the
 * others), lets the processors finish what is published, and joins them. After
 * timeout_ns (negative: none) -ETIMEDOUT, and they go on draining. Then the
 * failure of a processor, once. Any thread but a processor's (-EDEADLK).
 */
DISRUPTOR_API int disruptor_shutdown(struct disruptor *disruptor,
				     int64_t timeout_ns);

/*
 * Stops now: wakes everybody who waits in this process, whose calls return
 * -ECANCELED; processors end after the batch in hand and are joined (not from
 * a processor's own thread: that one ends when its handler returns). What they
 * had not handled stays in the ring; disruptor_start() goes on there. Any
 * thread, again and again.
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
