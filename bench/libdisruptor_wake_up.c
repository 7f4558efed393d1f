/* SPDX-License-Identifier: MIT */
/* How long a consumer that sleeps takes to see an event. */
#include "libdisruptor.h"
#include "wake_up.h"

static void produce(struct bench_member *m)
{
	struct disruptor_producer *producer = LIBDISRUPTOR_MEMBER(m)->producer;
	uint64_t value = m->value, end = value + m->count;

	for (; value < end; value++) {
		struct wake_up_event *event;

		wake_up_rest(m, value);
		event = (struct wake_up_event *)disruptor_claim(producer);
		if (event == NULL)
			libdisruptor_must(false);
		event->value = value;
		event->ticks = bench_ticks();
		disruptor_publish(producer);
	}
	m->value = value;
}

static void consume(struct bench_member *m)
{
	struct disruptor_poller *poller = LIBDISRUPTOR_MEMBER(m)->poller;
	uint64_t left;

	for (left = m->count; left > 0; left--) {
		int64_t n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER);

		if (n != 1)
			libdisruptor_must(false);
		wake_up_seen(m, (struct wake_up_event *)disruptor_poller_event(
					poller, 0));
		disruptor_poller_advance(poller, 1);
	}
}

#define VARIANT(object, title, strategy, is_shared)                            \
	LIBDISRUPTOR_VARIANT(object, PACKED, strategy, is_shared,              \
			     .name = "libdisruptor " title,                    \
			     .kind = BENCH_WAKE_UP, .fits = libdisruptor_fits, \
			     .open = libdisruptor_open,                        \
			     .close = libdisruptor_close,                      \
			     .join = libdisruptor_join,                        \
			     .leave = libdisruptor_leave, .produce = produce,  \
			     .consume = consume)

VARIANT(blocking, "blocking", BLOCKING, false);
VARIANT(phased, "default wait", DEFAULT, false);
VARIANT(shared_blocking, "shared blocking", BLOCKING, true);
VARIANT(shared_phased, "shared default wait", DEFAULT, true);
