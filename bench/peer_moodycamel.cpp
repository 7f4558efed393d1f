/* SPDX-License-Identifier: MIT */
/*
 * moodycamel::ConcurrentQueue, with tokens, kept within its first blocks. With
 * three producers and more two of them can hold all blocks, and the third never
 * gets one: not measured.
 */
#include "bench.h"

#include <concurrentqueue/concurrentqueue.h>

template <size_t size> struct camel_event {
	uint64_t words[size / sizeof(uint64_t)];
};

template <size_t size> struct tokens_and_queue {
	moodycamel::ConcurrentQueue<camel_event<size> > queue;
	moodycamel::ConsumerToken consumer BENCH_ALIGNED;
	moodycamel::ProducerToken first BENCH_ALIGNED;
	moodycamel::ProducerToken second BENCH_ALIGNED;

	tokens_and_queue(size_t capacity)
		: queue(capacity, 2, 0), consumer(queue), first(queue),
		  second(queue)
	{
	}
};

struct camel {
	void *queue;
	uint32_t event_size;
};

template <size_t size> static tokens_and_queue<size> *as(camel *q)
{
	return static_cast<tokens_and_queue<size> *>(q->queue);
}

#define BY_SIZE(size, what)                                                    \
	((size) == 8  ? what<8> :                                              \
	 (size) == 16 ? what<16> :                                             \
	 (size) == 32 ? what<32> :                                             \
	 (size) == 64 ? what<64> :                                             \
			what<256>)

template <size_t size> static void *make(size_t capacity)
{
	return new tokens_and_queue<size>(capacity);
}

template <size_t size> static void drop(camel *q)
{
	delete as<size>(q);
}

template <size_t size>
BENCH_INLINE size_t push(camel *q, const void *events, size_t n, uint32_t producer)
{
	const camel_event<size> *e = static_cast<const camel_event<size> *>(events);
	tokens_and_queue<size> *t = as<size>(q);
	moodycamel::ProducerToken &token = producer == 0 ? t->first : t->second;

	if (n == 1)
		return t->queue.try_enqueue(token, *e) ? 1 : 0;
	return t->queue.try_enqueue_bulk(token, e, n) ? n : 0;
}

template <size_t size>
BENCH_INLINE size_t pop(camel *q, void *events, size_t max)
{
	camel_event<size> *e = static_cast<camel_event<size> *>(events);
	tokens_and_queue<size> *t = as<size>(q);

	if (max == 1)
		return t->queue.try_dequeue(t->consumer, *e) ? 1 : 0;
	return t->queue.try_dequeue_bulk(t->consumer, e, max);
}

static camel *camel_new(const bench_run *run)
{
	uint32_t size = run->shape.event_size;

	return new camel{ BY_SIZE(size, make)(run->shape.capacity), size };
}

static void camel_free(camel *q)
{
	BY_SIZE(q->event_size, drop)(q);
	delete q;
}

BENCH_INLINE size_t camel_put(camel *q, const void *events, size_t size,
			      size_t n, uint32_t producer)
{
	return BY_SIZE(size, push)(q, events, n, producer);
}

BENCH_INLINE size_t camel_get(camel *q, void *events, size_t size, size_t max)
{
	return BY_SIZE(size, pop)(q, events, max);
}

static bool camel_fits(const bench_system *, const bench_shape *shape)
{
	return !shape->processes && shape->producers <= 2 &&
	       shape->consumers == 1;
}

#define QUEUE_NAME "moodycamel"
#define QUEUE_TYPE struct camel
#define QUEUE_NEW camel_new
#define QUEUE_FREE camel_free
#define QUEUE_PUT camel_put
#define QUEUE_GET camel_get
#define QUEUE_GET_MAX 32
#define QUEUE_FITS camel_fits
#define QUEUE_DETAIL false
#include "queue.h"
