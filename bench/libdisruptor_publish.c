/* SPDX-License-Identifier: MIT */
/*
 * What a publish costs when nobody sleeps: one thread claims, fills and
 * publishes half a ring, and drains it while the clock stands still. The value
 * is the median of many such runs.
 */
#include "libdisruptor.h"

struct event {
	uint64_t words[1];
};

DISRUPTOR_DEFINE(event, struct event);

/* One member: it has the consumer's handle too. */
static void join(struct bench_member *m)
{
	struct libdisruptor_member *handle;

	libdisruptor_join(m);
	handle = m->handle;
	handle->poller = disruptor_poller_new(handle->there, NULL);
	libdisruptor_must(handle->poller != NULL);
}

static void drain(struct bench_member *m, struct disruptor_poller *poller,
		  uint64_t published)
{
	int64_t i, n;

	while ((n = disruptor_poll(poller)) > 0) {
		for (i = 0; i < n; i++)
			bench_check_event(&m->check,
					  event_event(poller, i)->words, 8,
					  false);
		disruptor_poller_advance(poller, n);
	}
	if (m->check.next[0] != published)
		bench_fail("published %llu, drained %llu",
			   (unsigned long long)published,
			   (unsigned long long)m->check.next[0]);
}

static void publish_each(struct disruptor_producer *producer, uint64_t value,
			 uint64_t end)
{
	for (; value < end; value++) {
		struct event *event = event_claim(producer);

		if (event == NULL)
			libdisruptor_must(false);
		bench_fill(event->words, value, 8);
		disruptor_publish(producer);
	}
}

static void produce(struct bench_member *m)
{
	struct libdisruptor_member *handle = m->handle;
	uint64_t n = m->run->shape.capacity / 2, end = m->value + m->count;

	for (m->run->block = n; m->value < end; m->value += n) {
		uint64_t began = bench_ticks();

		publish_each(handle->producer, m->value, m->value + n);
		bench_record(&m->run->blocks, began);
		drain(m, handle->poller, m->value + n);
	}
}

#define VARIANT(object, title, slot, strategy, is_shared)                      \
	LIBDISRUPTOR_VARIANT(object, slot, strategy, is_shared,                \
			     .name = "libdisruptor " title,                    \
			     .kind = BENCH_PUBLISH, .fits = libdisruptor_fits, \
			     .open = libdisruptor_open,                        \
			     .close = libdisruptor_close, .join = join,        \
			     .leave = libdisruptor_leave, .produce = produce)

VARIANT(spin, "busy spin, packed", PACKED, BUSY_SPIN, false);
VARIANT(blocking, "blocking, packed", PACKED, BLOCKING, false);
VARIANT(spin_stamped, "busy spin, stamped", STAMPED, BUSY_SPIN, false);
VARIANT(blocking_stamped, "blocking, stamped", STAMPED, BLOCKING, false);
VARIANT(shared, "shared blocking, packed", PACKED, BLOCKING, true);
