/* SPDX-License-Identifier: MIT */
/*
 * A peer that is a queue, in one small file: before this is included it has
 * defined
 *
 *	QUEUE_NAME	"name"
 *	QUEUE_TYPE	its queue
 *	QUEUE_NEW	QUEUE_TYPE *(const struct bench_run *)
 *	QUEUE_FREE	void (QUEUE_TYPE *)
 *	QUEUE_PUT	size_t (QUEUE_TYPE *, const void *events, size_t size,
 *			size_t n, uint32_t producer): how many of n events were
 *			taken, 0: full
 *	QUEUE_GET	size_t (QUEUE_TYPE *, void *events, size_t size,
 *			size_t max): how many were there, 0: empty
 *	QUEUE_GET_MAX	events to get at once, 1 to BENCH_BATCH_MAX; a round
 *			trip gets 1
 *	QUEUE_FITS	bool (const struct bench_system *, shape)
 *	QUEUE_DETAIL	whether QUICK=1 leaves it out
 *
 * PUT and GET are inlined, with size as a constant. They do not wait: the loop
 * here waits as it does for everybody. (Those that cannot but wait, such as a
 * pipe, may.)
 */
#include "event.h"
#include "open_loop.h"
#include "round_trip.h"

struct queue_pair {
	QUEUE_TYPE *there;
	QUEUE_TYPE *back;
};

static void *queue_open(struct bench_run *run)
{
	struct queue_pair *pair =
		(struct queue_pair *)bench_map(run, sizeof(*pair));

	pair->there = QUEUE_NEW(run);
	if (run->system->kind == BENCH_ROUND_TRIP)
		pair->back = QUEUE_NEW(run);
	return pair;
}

static void queue_close(void *memory)
{
	struct queue_pair *pair = (struct queue_pair *)memory;

	QUEUE_FREE(pair->there);
	if (pair->back != NULL)
		QUEUE_FREE(pair->back);
	bench_unmap(pair, sizeof(*pair));
}

BENCH_INLINE void queue_put_all(struct bench_member *m, QUEUE_TYPE *queue,
				const uint64_t *events, size_t size, size_t n)
{
	const char *bytes = (const char *)events;
	size_t done;

	while ((done = QUEUE_PUT(queue, bytes, size, n, m->stage)) < n) {
		if (done == 0)
			bench_wait(m);
		bytes += done * size;
		n -= done;
	}
}

BENCH_INLINE void queue_produce_each(struct bench_member *m, size_t size)
{
	QUEUE_TYPE *queue = ((struct queue_pair *)m->run->ring)->there;
	uint64_t value = m->value, end = value + m->count;
	uint64_t event[256 / sizeof(uint64_t)];

	for (; value < end; value++) {
		bench_fill(event, value, size);
		while (QUEUE_PUT(queue, event, size, 1, m->stage) == 0)
			bench_wait(m);
	}
	m->value = value;
}

BENCH_INLINE void queue_produce_batches(struct bench_member *m, size_t size)
{
	QUEUE_TYPE *queue = ((struct queue_pair *)m->run->ring)->there;
	uint64_t value = m->value, end = value + m->count;
	uint64_t events[BENCH_BATCH_MAX * 256 / sizeof(uint64_t)];
	size_t words = size / sizeof(uint64_t), batch = m->run->shape.batch, i;

	while (value < end) {
		for (i = 0; i < batch; i++)
			bench_fill(events + i * words, value++, size);
		queue_put_all(m, queue, events, size, batch);
	}
	m->value = value;
}

BENCH_INLINE void queue_produce_any(struct bench_member *m, size_t size,
				    bool many)
{
	(void)many;
	if (m->run->shape.batch == 1)
		queue_produce_each(m, size);
	else
		queue_produce_batches(m, size);
}

static void queue_produce(struct bench_member *m)
{
	BENCH_BY_SIZE(m, queue_produce_any, false);
}

BENCH_INLINE void queue_consume_any(struct bench_member *m, size_t size,
				    bool many)
{
	QUEUE_TYPE *queue = ((struct queue_pair *)m->run->ring)->there;
	struct bench_check check = m->check;
	uint64_t events[QUEUE_GET_MAX * 256 / sizeof(uint64_t)];
	size_t words = size / sizeof(uint64_t), n, i;
	uint64_t left = m->count;

	for (; left > 0; left -= n) {
		n = QUEUE_GET(queue, events, size, QUEUE_GET_MAX);
		if (n == 0)
			bench_wait(m);
		for (i = 0; i < n; i++)
			bench_check_event(&check, events + i * words, size,
					  many);
	}
	m->check = check;
}

static void queue_consume(struct bench_member *m)
{
	BENCH_BY_EVENT(m, queue_consume_any);
}

BENCH_INLINE void queue_send(struct bench_member *m, uint64_t value,
			     size_t size)
{
	struct queue_pair *pair = (struct queue_pair *)m->run->ring;
	QUEUE_TYPE *queue = m->is_producer ? pair->there : pair->back;
	uint64_t event[256 / sizeof(uint64_t)];

	bench_fill(event, value, size);
	while (QUEUE_PUT(queue, event, size, 1, m->stage) == 0)
		bench_wait(m);
}

BENCH_INLINE void queue_receive(struct bench_member *m, size_t size)
{
	struct queue_pair *pair = (struct queue_pair *)m->run->ring;
	QUEUE_TYPE *queue = m->is_producer ? pair->back : pair->there;
	uint64_t event[256 / sizeof(uint64_t)];

	while (QUEUE_GET(queue, event, size, 1) == 0)
		bench_wait(m);
	bench_check_event(&m->check, event, size, false);
}

BENCH_DEFINE_ROUND_TRIP(queue, queue_send, queue_receive);

BENCH_INLINE void queue_put_open(struct bench_member *m, uint64_t value,
				 uint64_t due)
{
	QUEUE_TYPE *queue = ((struct queue_pair *)m->run->ring)->there;
	struct open_loop_event event = { value, due };

	while (QUEUE_PUT(queue, &event, sizeof(event), 1, m->stage) == 0)
		bench_wait(m);
}

BENCH_INLINE uint64_t queue_get_open(struct bench_member *m)
{
	QUEUE_TYPE *queue = ((struct queue_pair *)m->run->ring)->there;
	struct open_loop_event events[QUEUE_GET_MAX];
	size_t n = QUEUE_GET(queue, events, sizeof(*events), QUEUE_GET_MAX), i;

	for (i = 0; i < n; i++)
		open_loop_seen(m, &events[i]);
	return n;
}

BENCH_DEFINE_OPEN_LOOP(queue, queue_put_open, queue_get_open);

#define QUEUE_SYSTEM(what, producer, consumer)                                 \
	{                                                                      \
		QUEUE_NAME, what, QUEUE_FITS, queue_open, queue_close, NULL,   \
			NULL, producer, consumer, false, QUEUE_DETAIL          \
	}

static const struct bench_system queue_stream =
	QUEUE_SYSTEM(BENCH_STREAM, queue_produce, queue_consume);
BENCH_SYSTEM(queue_stream);

static const struct bench_system queue_round_trip =
	QUEUE_SYSTEM(BENCH_ROUND_TRIP, queue_ping, queue_pong);
BENCH_SYSTEM(queue_round_trip);

static const struct bench_system queue_open_loop =
	QUEUE_SYSTEM(BENCH_OPEN_LOOP, queue_produce_open, queue_consume_open);
BENCH_SYSTEM(queue_open_loop);
