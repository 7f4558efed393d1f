/* SPDX-License-Identifier: MIT */
/* Streams: pollers, handlers on the library's threads; private and shared. */
#include "libdisruptor.h"

/* Rings start at sequence 0 here, so a sequence counts the events before it. */
static inline void hosted_batch_end(struct bench_member *m, int64_t sequence)
{
	if (!m->hosted_placed) {
		bench_place(m);
		m->hosted_placed = true;
	}
	if ((uint64_t)sequence + 1 == m->hosted_target)
		bench_hosted_done(m);
}

#define SIZE 8
#include "libdisruptor_loops.h"
#undef SIZE
#define SIZE 32
#include "libdisruptor_loops.h"
#undef SIZE
#define SIZE 64
#include "libdisruptor_loops.h"
#undef SIZE
#define SIZE 256
#include "libdisruptor_loops.h"
#undef SIZE

struct loops {
	uint32_t size;
	void (*produce)(struct bench_member *m);
	void (*consume)(struct bench_member *m);
	disruptor_batch_handler handle_typed, handle_batch;
	disruptor_event_handler handle_each;
};

#define LOOPS(size)                                                            \
	{                                                                      \
		size, produce_##size, consume_##size, handle_typed_##size,     \
			handle_batch_##size, handle_each_##size                \
	}

static const struct loops *loops_for(const struct bench_run *run)
{
	static const struct loops loops[] = {
		LOOPS(8),
		LOOPS(32),
		LOOPS(64),
		LOOPS(256),
	};
	size_t i;

	for (i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
		if (loops[i].size == run->shape.event_size)
			return &loops[i];
	bench_fail("no loop for this event size");
}

static void produce(struct bench_member *m)
{
	loops_for(m->run)->produce(m);
}

static void consume(struct bench_member *m)
{
	loops_for(m->run)->consume(m);
}

/* --- consumers on the library's threads ----------------------------------- */

enum handler { TYPED, BATCH, EACH };

static struct disruptor_processor *
add_handler(struct disruptor *d, struct bench_member *m, enum handler handler,
	    struct disruptor_processor *const *after)
{
	const struct loops *loops = loops_for(m->run);
	disruptor_batch_handler batch = handler == TYPED ? loops->handle_typed :
							   loops->handle_batch;
	bool first = after[0] == NULL;

	if (handler == EACH && first)
		return disruptor_handle_events_with(d, loops->handle_each, m);
	if (handler == EACH)
		return disruptor_handle_events_after(d, after,
						     loops->handle_each, m);
	if (first)
		return disruptor_handle_events_with(d, batch, m);
	return disruptor_handle_events_after(d, after, batch, m);
}

static void add_handlers(struct disruptor *d, struct bench_run *run,
			 enum handler handler)
{
	struct disruptor_processor *all[BENCH_CONSUMERS_MAX];
	uint32_t i, k, n;

	for (i = 0; i < run->shape.consumers; i++) {
		struct disruptor_processor *after[BENCH_CONSUMERS_MAX + 1] = {
			NULL
		};

		for (k = n = 0; k < i; k++)
			if ((run->shape.after[i] >> k) & 1)
				after[n++] = all[k];
		all[i] = add_handler(d, &run->members[i], handler, after);
	}
}

static void *open_hosted(struct bench_run *run, enum handler handler)
{
	struct libdisruptor_ring *ring = libdisruptor_open(run);

	if (ring == NULL)
		return NULL;
	add_handlers(ring->there, run, handler);
	libdisruptor_must(disruptor_start(ring->there) == 0);
	return ring;
}

static void *open_typed(struct bench_run *run)
{
	return open_hosted(run, TYPED);
}

static void *open_batch(struct bench_run *run)
{
	return open_hosted(run, BATCH);
}

static void *open_each(struct bench_run *run)
{
	return open_hosted(run, EACH);
}

static bool fits_hosted(const struct bench_system *system,
			const struct bench_shape *shape)
{
	(void)system;
	return !shape->processes && shape->producers == 1;
}

/* --- the systems ---------------------------------------------------------- */

#define POLLER(object, title, slot, strategy, is_shared, is_detail)            \
	LIBDISRUPTOR_VARIANT(object, slot, strategy, is_shared,                \
			     .name = "libdisruptor " title,                    \
			     .kind = BENCH_STREAM, .fits = libdisruptor_fits,  \
			     .open = libdisruptor_open,                        \
			     .close = libdisruptor_close,                      \
			     .join = libdisruptor_join,                        \
			     .leave = libdisruptor_leave, .produce = produce,  \
			     .consume = consume, .detail = is_detail)

#define HOSTED(object, title, is_detail)                                       \
	LIBDISRUPTOR_VARIANT(object, PACKED, BUSY_SPIN_HINT, false,            \
			     .name = "libdisruptor " title,                    \
			     .kind = BENCH_STREAM, .fits = fits_hosted,        \
			     .open = open_##object,                            \
			     .close = libdisruptor_close,                      \
			     .join = libdisruptor_join,                        \
			     .leave = libdisruptor_leave, .produce = produce,  \
			     .hosts_consumers = true, .detail = is_detail)

POLLER(packed, "packed", PACKED, BUSY_SPIN_HINT, false, false);
POLLER(stamped, "stamped", STAMPED, BUSY_SPIN_HINT, false, false);
POLLER(shared_packed, "shared packed", PACKED, BUSY_SPIN_HINT, true, false);
POLLER(shared_stamped, "shared stamped", STAMPED, BUSY_SPIN_HINT, true, true);
POLLER(by_default, "defaults", DEFAULT, DEFAULT, false, true);
POLLER(blocking, "blocking", PACKED, BLOCKING, false, true);
HOSTED(typed, "typed handler", false);
HOSTED(batch, "batch handler", true);
HOSTED(each, "event handler", true);
