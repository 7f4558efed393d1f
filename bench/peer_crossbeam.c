/* SPDX-License-Identifier: MIT */
/*
 * crossbeam's bounded channel and ArrayQueue, and Rust's own std::sync::mpsc.
 * The loops are in crossbeam/lib.rs, so that they are inlined; only a round trip
 * calls over for each event.
 */
#include "event.h"
#include "round_trip.h"

struct rust_pair {
	void *there, *back;
};

static struct rust_pair pair; /* one sample at a time */

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	return !shape->processes && shape->consumers == 1 &&
	       shape->batch == 1 && shape->event_size == sizeof(uint64_t);
}

#define RUST(what, label)                                                      \
	void *what##_new(size_t capacity);                                     \
	void what##_free(void *queue);                                         \
	void what##_produce(const void *queue, size_t producer, uint64_t from, \
			    uint64_t count, bool crowded);                     \
	uint64_t what##_consume(const void *queue, uint64_t *next,             \
				uint64_t count, bool crowded);                 \
	void what##_put(const void *queue, uint64_t value);                    \
	uint64_t what##_get(const void *queue);                                \
                                                                               \
	static void *what##_open(struct bench_run *run)                        \
	{                                                                      \
		pair.there = what##_new(run->shape.capacity);                  \
		pair.back = what##_new(run->shape.capacity);                   \
		return &pair;                                                  \
	}                                                                      \
	static void what##_close(void *ring)                                   \
	{                                                                      \
		(void)ring;                                                    \
		what##_free(pair.there);                                       \
		what##_free(pair.back);                                        \
	}                                                                      \
	static void what##_stream_out(struct bench_member *m)                  \
	{                                                                      \
		what##_produce(pair.there, m->stage, m->value, m->count,       \
			       m->run->crowded);                               \
		m->value += m->count;                                          \
	}                                                                      \
	static void what##_stream_in(struct bench_member *m)                   \
	{                                                                      \
		m->check.wrong |= what##_consume(pair.there, m->check.next,    \
						 m->count, m->run->crowded);   \
	}                                                                      \
	BENCH_INLINE void what##_send(struct bench_member *m, uint64_t value,  \
				      size_t size)                             \
	{                                                                      \
		(void)size;                                                    \
		what##_put(m->is_producer ? pair.there : pair.back, value);    \
	}                                                                      \
	BENCH_INLINE void what##_receive(struct bench_member *m, size_t size)  \
	{                                                                      \
		uint64_t value =                                               \
			what##_get(m->is_producer ? pair.back : pair.there);   \
                                                                               \
		(void)size;                                                    \
		bench_check_event(&m->check, &value, sizeof(value), false);    \
	}                                                                      \
	BENCH_DEFINE_ROUND_TRIP(what, what##_send, what##_receive);            \
	static const struct bench_system what##_stream = {                     \
		.name = label,                                                 \
		.kind = BENCH_STREAM,                                          \
		.fits = fits,                                                  \
		.open = what##_open,                                           \
		.close = what##_close,                                         \
		.produce = what##_stream_out,                                  \
		.consume = what##_stream_in,                                   \
		.detail = true,                                                \
	};                                                                     \
	BENCH_SYSTEM(what##_stream);                                           \
	static const struct bench_system what##_round_trip = {                 \
		.name = label,                                                 \
		.kind = BENCH_ROUND_TRIP,                                      \
		.fits = fits,                                                  \
		.open = what##_open,                                           \
		.close = what##_close,                                         \
		.produce = what##_ping,                                        \
		.consume = what##_pong,                                        \
		.detail = true,                                                \
	};                                                                     \
	BENCH_SYSTEM(what##_round_trip)

RUST(channel, "crossbeam channel");
RUST(array, "crossbeam ArrayQueue");
RUST(mpsc, "std mpsc");
