/* SPDX-License-Identifier: MIT */
/* Events at a fixed rate, whether the ring keeps up or not. */
#include "libdisruptor.h"
#include "open_loop.h"

DISRUPTOR_DEFINE(timed, struct open_loop_event);

BENCH_INLINE void put(struct bench_member *m, uint64_t value, uint64_t due)
{
	struct disruptor_producer *producer = LIBDISRUPTOR_MEMBER(m)->producer;
	struct open_loop_event *event = timed_claim(producer);

	if (event == NULL)
		libdisruptor_must(false);
	event->value = value;
	event->due = due;
	disruptor_publish(producer);
}

BENCH_INLINE uint64_t take(struct bench_member *m)
{
	struct disruptor_poller *poller = LIBDISRUPTOR_MEMBER(m)->poller;
	int64_t i, n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER);

	if (n < 0)
		libdisruptor_must(false);
	for (i = 0; i < n; i++)
		open_loop_seen(m, timed_event(poller, i));
	disruptor_poller_advance(poller, n);
	return (uint64_t)n;
}

BENCH_DEFINE_OPEN_LOOP(ring, put, take);

#define VARIANT(object, title, slot, is_shared, is_detail)                     \
	LIBDISRUPTOR_VARIANT(                                                  \
		object, slot, BUSY_SPIN_HINT, is_shared,                       \
		.name = "libdisruptor " title, .kind = BENCH_OPEN_LOOP,        \
		.fits = libdisruptor_fits, .open = libdisruptor_open,          \
		.close = libdisruptor_close, .join = libdisruptor_join,        \
		.leave = libdisruptor_leave, .produce = ring_produce_open,     \
		.consume = ring_consume_open, .detail = is_detail)

VARIANT(packed, "packed", PACKED, false, false);
VARIANT(stamped, "stamped", STAMPED, false, false);
VARIANT(shared_packed, "shared packed", PACKED, true, false);
VARIANT(shared_stamped, "shared stamped", STAMPED, true, true);
