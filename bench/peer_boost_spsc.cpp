/* SPDX-License-Identifier: MIT */
/* boost::lockfree::spsc_queue. */
#include "bench.h"

#include <boost/lockfree/spsc_queue.hpp>

template <size_t size> struct spsc_event {
	uint64_t words[size / sizeof(uint64_t)];
};

template <size_t size>
using queue_of = boost::lockfree::spsc_queue<spsc_event<size> >;

struct spsc {
	void *queue;
	uint32_t event_size;
};

template <size_t size> static queue_of<size> *as(spsc *q)
{
	return static_cast<queue_of<size> *>(q->queue);
}

/* Calls what<size>(...) for the size of the events. */
#define BY_SIZE(size, what)                                                    \
	((size) == 8  ? what<8> :                                              \
	 (size) == 16 ? what<16> :                                             \
	 (size) == 32 ? what<32> :                                             \
	 (size) == 64 ? what<64> :                                             \
			what<256>)

template <size_t size> static void *make(size_t capacity)
{
	return new queue_of<size>(capacity);
}

template <size_t size> static void drop(spsc *q)
{
	delete as<size>(q);
}

template <size_t size>
BENCH_INLINE size_t push(spsc *q, const void *events, size_t n)
{
	const spsc_event<size> *e = static_cast<const spsc_event<size> *>(events);

	if (n == 1)
		return as<size>(q)->push(*e) ? 1 : 0;
	return as<size>(q)->push(e, n);
}

template <size_t size>
BENCH_INLINE size_t pop(spsc *q, void *events, size_t max)
{
	return as<size>(q)->pop(static_cast<spsc_event<size> *>(events), max);
}

static spsc *spsc_new(const bench_run *run)
{
	uint32_t size = run->shape.event_size;

	return new spsc{ BY_SIZE(size, make)(run->shape.capacity), size };
}

static void spsc_free(spsc *q)
{
	BY_SIZE(q->event_size, drop)(q);
	delete q;
}

BENCH_INLINE size_t spsc_put(spsc *q, const void *events, size_t size, size_t n,
			     uint32_t)
{
	return BY_SIZE(size, push)(q, events, n);
}

BENCH_INLINE size_t spsc_get(spsc *q, void *events, size_t size, size_t max)
{
	return BY_SIZE(size, pop)(q, events, max);
}

static bool spsc_fits(const bench_system *, const bench_shape *shape)
{
	return !shape->processes && shape->producers == 1 &&
	       shape->consumers == 1;
}

#define QUEUE_NAME "boost spsc_queue"
#define QUEUE_TYPE struct spsc
#define QUEUE_NEW spsc_new
#define QUEUE_FREE spsc_free
#define QUEUE_PUT spsc_put
#define QUEUE_GET spsc_get
#define QUEUE_GET_MAX BENCH_BATCH_MAX
#define QUEUE_FITS spsc_fits
#define QUEUE_DETAIL false
#include "queue.h"
