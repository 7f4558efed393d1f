/* SPDX-License-Identifier: MIT */
/* Room R6: the facade. Includes R0 to R5. The one header to include. */
#ifndef DISRUPTOR_DISRUPTOR_H
#define DISRUPTOR_DISRUPTOR_H

#include <disruptor/embedding.h>
#include <disruptor/event_handler.h>
#include <disruptor/event_poller.h>
#include <disruptor/event_processor.h>
#include <disruptor/inspect.h>
#include <disruptor/options.h>
#include <disruptor/producer.h>
#include <disruptor/shared_memory.h>
#include <disruptor/typed.h>
#include <disruptor/version.h>
#include <disruptor/worker_pool.h>

/*
 * libdisruptor: a ring of preallocated events between threads or processes.
 *
 * Errors: constructors return NULL with errno; control functions return 0 or
 * -errno and set errno; the data path returns a pointer or a count. An error
 * is never encoded in a sequence. disruptor_error() tells the last failure of
 * the calling thread in words. What makes a handle may also fail with ENOMEM,
 * and in a shared ring with what open() and mmap() fail with; in a child of
 * fork() calls fail with ECHILD.
 *
 * Threads: a struct disruptor may be used by any thread; a producer or poller
 * handle by one thread at a time. After fork() the child attaches anew and uses
 * none of its parent's handles. Functions of this header may lock, allocate and
 * call the system, but for queries, which are wait-free.
 *
 * Ownership: handles belong to their disruptor and end with it. Options and
 * strings are copied. NULL is accepted where that is said, and for the
 * disruptor by all that may fail, with EINVAL.
 */

DISRUPTOR_BEGIN_DECLS

/*
 * A ring for the threads of this process; its events hold zeroes. The caller
 * ends it by disruptor_free(). EINVAL, E2BIG, ENOMEM, EIO (no random numbers).
 */
DISRUPTOR_API struct disruptor *
disruptor_new(const struct disruptor_options *options);

/*
 * Private ring: close, drain, join. Shared ring: stop this process's
 * processors and leave; the ring and its stream go on. Either way all
 * producers, pollers and processors of this disruptor are freed with it. NULL
 * is accepted. Not from a handler, nor beside any other call. Cannot say that a
 * handler failed: call disruptor_shutdown() first to hear of it.
 */
DISRUPTOR_API void disruptor_free(struct disruptor *disruptor);

/*
 * End of stream, for everybody and for good: claims fail with ESHUTDOWN,
 * consumers drain what was claimed before and then see -ESHUTDOWN. In a single
 * producer ring the producer's own thread closes, or one that knows that it
 * has no claim in hand. Idempotent. Wakes everybody. Takes no lock; any thread,
 * handlers included.
 */
DISRUPTOR_API int disruptor_close(struct disruptor *disruptor);

/*
 * A producer. EBUSY: a single producer ring has one that lives; EUSERS: all
 * producers_max are taken; ESHUTDOWN: closed; EROFS: attached with
 * read_only_events; EINVAL, E2BIG: options.
 */
DISRUPTOR_API struct disruptor_producer *
disruptor_producer_new(struct disruptor *disruptor);
DISRUPTOR_API struct disruptor_producer *
disruptor_producer_new_opts(struct disruptor *disruptor,
			    const struct disruptor_producer_options *options);

/* Abandons what is claimed and leaves. NULL is accepted. */
DISRUPTOR_API void disruptor_producer_free(struct disruptor_producer *producer);

/*
 * A consumer. With a name it holds its place in the ring when it leaves or
 * dies, and resumes there when the name comes back; an anonymous one is
 * forgotten. EBUSY: somebody who lives has that name; EUSERS: all consumers_max
 * are taken; ENAMETOOLONG; ENOENT: no such upstream consumer; EINVAL, E2BIG:
 * options, or it would follow itself; EUCLEAN: the place to resume at is
 * damaged; ETIMEDOUT: another process has been joining for five seconds.
 */
DISRUPTOR_API struct disruptor_poller *
disruptor_poller_new(struct disruptor *disruptor, const char *name);

/*
 * The same behind others: receives an event when all consumers named by the
 * NULL-terminated list, of whatever process, are done with it.
 */
DISRUPTOR_API struct disruptor_poller *
disruptor_poller_new_after(struct disruptor *disruptor, const char *name,
			   const char *const *upstream);
DISRUPTOR_API struct disruptor_poller *
disruptor_poller_new_opts(struct disruptor *disruptor,
			  const struct disruptor_poller_options *options);

/*
 * Leaves. What was polled and not advanced over counts as unread. NULL is
 * accepted. Where others have been joining and leaving for a second, it leaves
 * as the dead do: it is counted until somebody whom it holds up, or who joins
 * in its place, finds it gone.
 */
DISRUPTOR_API void disruptor_poller_free(struct disruptor_poller *poller);

#ifndef __cplusplus
#define DISRUPTOR_AFTER_NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#endif

/* Geometry: events, bytes, and a string of the disruptor's ("": none). */
DISRUPTOR_API int64_t disruptor_capacity(const struct disruptor *disruptor);
DISRUPTOR_API size_t disruptor_event_size(const struct disruptor *disruptor);
DISRUPTOR_API const char *
disruptor_type_name(const struct disruptor *disruptor);
DISRUPTOR_API enum disruptor_producer_type
disruptor_producer_type(const struct disruptor *disruptor);

/*
 * The first sequence that is not published; in a multi producer ring this
 * looks at the commit words from a capacity before the cursor up to it, and so
 * do backlog and lags. Ask now and then, not for each event.
 */
DISRUPTOR_API int64_t
disruptor_published(const struct disruptor *disruptor);

/* How many consumers gate the producers, those that hold a place included. */
DISRUPTOR_API int disruptor_consumer_count(const struct disruptor *disruptor);

/*
 * The rest are looks, not instants: in a ring in motion the numbers are those
 * of some moment during the call. They cost the data path nothing.
 */

/* The first sequence that nobody has claimed (single producer: published). */
DISRUPTOR_API int64_t disruptor_claimed(const struct disruptor *disruptor);

/* How many events could be claimed now: the capacity less the largest lag. */
DISRUPTOR_API int64_t
disruptor_remaining_capacity(const struct disruptor *disruptor);

/* Published events that a consumer has not finished; 0: it is up to date. */
DISRUPTOR_API int64_t
disruptor_poller_lag(const struct disruptor_poller *poller);
DISRUPTOR_API int64_t
disruptor_processor_lag(const struct disruptor_processor *processor);

/* Whether any consumer, of whatever process, has something left to do. */
DISRUPTOR_API bool disruptor_has_backlog(const struct disruptor *disruptor);

/*
 * Waits until n consumers are there, up to timeout_ns (negative: for ever), so
 * that what is published next has somebody to go to. -ETIMEDOUT; -ESHUTDOWN,
 * closed; -ECANCELED, halted; -EINVAL, no disruptor. Looks once a millisecond.
 */
DISRUPTOR_API int disruptor_wait_for_consumers(struct disruptor *disruptor,
					       int n, int64_t timeout_ns);

/*
 * The last failure of this thread in one line, until the next one; "" if there
 * was none. What is no failure leaves it alone: success, EAGAIN and ETIMEDOUT
 * of a claim, the end of a stream.
 */
DISRUPTOR_API const char *disruptor_error(void);

/* DISRUPTOR_VERSION of the library that runs. */
DISRUPTOR_API const char *disruptor_version(void);

DISRUPTOR_END_DECLS

#endif
