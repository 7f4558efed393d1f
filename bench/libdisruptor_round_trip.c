/* SPDX-License-Identifier: MIT */
/* Two rings, one there, one back. */
#include "libdisruptor.h"
#include "round_trip.h"

BENCH_INLINE void put(struct bench_member *m, uint64_t value, size_t size)
{
	struct disruptor_producer *producer = LIBDISRUPTOR_MEMBER(m)->producer;
	uint64_t *event = (uint64_t *)disruptor_claim(producer);

	if (event == NULL)
		libdisruptor_must(false);
	bench_fill(event, value, size);
	disruptor_publish(producer);
}

BENCH_INLINE void take(struct bench_member *m, struct disruptor_poller *poller,
		       int64_t n, size_t size)
{
	if (n != 1)
		libdisruptor_must(false);
	bench_check_event(&m->check,
			  (uint64_t *)disruptor_poller_event(poller, 0), size,
			  false);
	disruptor_poller_advance(poller, 1);
}

/* Waits as the handle's strategy has it. */
BENCH_INLINE void get(struct bench_member *m, size_t size)
{
	struct disruptor_poller *poller = LIBDISRUPTOR_MEMBER(m)->poller;

	take(m, poller, disruptor_poll_wait(poller, DISRUPTOR_FOREVER), size);
}

/* The caller looks again and again. */
BENCH_INLINE void get_by_polling(struct bench_member *m, size_t size)
{
	struct disruptor_poller *poller = LIBDISRUPTOR_MEMBER(m)->poller;
	int64_t n;

	while ((n = disruptor_poll(poller)) == 0)
		bench_wait(m);
	take(m, poller, n, size);
}

BENCH_DEFINE_ROUND_TRIP(waiting, put, get);
BENCH_DEFINE_ROUND_TRIP(polling, put, get_by_polling);

#define VARIANT(object, title, slot, loop, is_shared, is_detail)               \
	LIBDISRUPTOR_VARIANT(                                                  \
		object, slot, BUSY_SPIN_HINT, is_shared,                       \
		.name = "libdisruptor " title, .kind = BENCH_ROUND_TRIP,       \
		.fits = libdisruptor_fits, .open = libdisruptor_open,          \
		.close = libdisruptor_close, .join = libdisruptor_join,        \
		.leave = libdisruptor_leave, .produce = loop##_ping,           \
		.consume = loop##_pong, .detail = is_detail)

VARIANT(packed, "packed", PACKED, waiting, false, false);
VARIANT(stamped, "stamped", STAMPED, waiting, false, false);
VARIANT(packed_polling, "packed, own loop", PACKED, polling, false, true);
VARIANT(stamped_polling, "stamped, own loop", STAMPED, polling, false, false);
VARIANT(shared_packed, "shared packed", PACKED, waiting, true, true);
VARIANT(shared_stamped, "shared stamped", STAMPED, waiting, true, false);
VARIANT(shared_polling, "shared stamped, own loop", STAMPED, polling, true,
	true);
