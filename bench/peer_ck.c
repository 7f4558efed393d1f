/* SPDX-License-Identifier: MIT */
/*
 * ConcurrencyKit's ck_ring. With several producers each waits, without
 * yielding, for those that claimed before it: where producers outnumber the
 * CPUs it does not come to an end in useful time, and is not measured.
 */
#include "bench.h"

/* Its headers convert as they like. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <ck_ring.h>
#pragma GCC diagnostic pop

struct ck {
	ck_ring_t ring BENCH_ALIGNED;
	size_t size;
	bool many;
	unsigned char events[] BENCH_ALIGNED;
};

#define EVENT(n)                                                               \
	struct ck_event_##n {                                                  \
		uint64_t words[(n) / 8];                                       \
	};                                                                     \
	CK_RING_PROTOTYPE(ck_##n, ck_event_##n)

EVENT(8)
EVENT(16)
EVENT(32)
EVENT(64)
EVENT(256)

static struct ck *ck_new(const struct bench_run *run)
{
	size_t size = sizeof(struct ck) +
		      (size_t)run->shape.capacity * run->shape.event_size;
	struct ck *q = (struct ck *)bench_map(run, size);

	ck_ring_init(&q->ring, run->shape.capacity);
	q->size = size;
	q->many = run->shape.producers > 1;
	return q;
}

static void ck_free(struct ck *q)
{
	bench_unmap(q, q->size);
}

#define PUT(n)                                                                 \
	case n: {                                                              \
		struct ck_event_##n *slots = (void *)q->events;                \
		struct ck_event_##n *event = (void *)bytes;                    \
                                                                               \
		return q->many ? CK_RING_ENQUEUE_MPSC(ck_##n, &q->ring, slots, \
						      event) :                 \
				 CK_RING_ENQUEUE_SPSC(ck_##n, &q->ring, slots, \
						      event);                  \
	}

#define GET(n)                                                                 \
	case n: {                                                              \
		struct ck_event_##n *slots = (void *)q->events;                \
		struct ck_event_##n *event = (void *)bytes;                    \
                                                                               \
		return q->many ? CK_RING_DEQUEUE_MPSC(ck_##n, &q->ring, slots, \
						      event) :                 \
				 CK_RING_DEQUEUE_SPSC(ck_##n, &q->ring, slots, \
						      event);                  \
	}

BENCH_INLINE bool put_one(struct ck *q, unsigned char *bytes, size_t size)
{
	switch (size) {
		PUT(8)
		PUT(16)
		PUT(32)
		PUT(64)
		PUT(256)
	}
	return false;
}

BENCH_INLINE bool get_one(struct ck *q, unsigned char *bytes, size_t size)
{
	switch (size) {
		GET(8)
		GET(16)
		GET(32)
		GET(64)
		GET(256)
	}
	return false;
}

BENCH_INLINE size_t ck_put(struct ck *q, const void *events, size_t size,
			   size_t n, uint32_t producer)
{
	unsigned char *bytes = (unsigned char *)(uintptr_t)events;
	size_t done;

	(void)producer;
	for (done = 0; done < n; done++)
		if (!put_one(q, bytes + done * size, size))
			break;
	return done;
}

BENCH_INLINE size_t ck_get(struct ck *q, void *events, size_t size, size_t max)
{
	unsigned char *bytes = events;
	size_t done;

	for (done = 0; done < max; done++)
		if (!get_one(q, bytes + done * size, size))
			break;
	return done;
}

static bool ck_fits(const struct bench_system *system,
		    const struct bench_shape *shape)
{
	(void)system;
	return shape->producers <= 2 && shape->consumers == 1;
}

#define QUEUE_NAME "ck_ring"
#define QUEUE_TYPE struct ck
#define QUEUE_NEW ck_new
#define QUEUE_FREE ck_free
#define QUEUE_PUT ck_put
#define QUEUE_GET ck_get
#define QUEUE_GET_MAX 1
#define QUEUE_FITS ck_fits
#define QUEUE_DETAIL false
#include "queue.h"
