/* SPDX-License-Identifier: MIT */
/*
 * A round trip: ping sends an event, pong checks it and sends one back, ping
 * checks that. One half of them is timed in blocks, since a stamp for each
 * would lengthen them: the sample's value is the median block. The other half
 * is timed one by one, for the percentiles.
 *
 * BENCH_DEFINE_ROUND_TRIP(name, send, receive) defines name_ping(m) and
 * name_pong(m) out of
 *
 *	send(m, value, size)	fills an event with value, publishes it
 *	receive(m, size)	waits for an event, checks it, gives it back
 */
#ifndef BENCH_ROUND_TRIP_H
#define BENCH_ROUND_TRIP_H

#include "event.h"

#define BENCH_BLOCK 32

#define BENCH_DEFINE_ROUND_TRIP(name, send, receive)                           \
	BENCH_INLINE void name##_ping_any(struct bench_member *m, size_t size, \
					  bool many)                           \
	{                                                                      \
		uint64_t value = m->value, end = value + m->count, began, i;   \
                                                                               \
		(void)many;                                                    \
		m->run->block = BENCH_BLOCK;                                   \
		while (value + 2 * BENCH_BLOCK <= end) {                       \
			began = bench_ticks();                                 \
			for (i = 0; i < BENCH_BLOCK; i++) {                    \
				send(m, value, size);                          \
				receive(m, size);                              \
				value++;                                       \
			}                                                      \
			bench_record(&m->run->blocks, began);                  \
			for (i = 0; i < BENCH_BLOCK; i++) {                    \
				began = bench_ticks();                         \
				send(m, value, size);                          \
				receive(m, size);                              \
				bench_record(&m->run->latency, began);         \
				value++;                                       \
			}                                                      \
		}                                                              \
		for (; value < end; value++) {                                 \
			send(m, value, size);                                  \
			receive(m, size);                                      \
		}                                                              \
		m->value = value;                                              \
	}                                                                      \
	BENCH_INLINE void name##_pong_any(struct bench_member *m, size_t size, \
					  bool many)                           \
	{                                                                      \
		uint64_t value = m->value, end = value + m->count;             \
                                                                               \
		(void)many;                                                    \
		for (; value < end; value++) {                                 \
			receive(m, size);                                      \
			send(m, value, size);                                  \
		}                                                              \
		m->value = value;                                              \
	}                                                                      \
	static void name##_ping(struct bench_member *m)                        \
	{                                                                      \
		BENCH_BY_SIZE(m, name##_ping_any, false);                      \
	}                                                                      \
	static void name##_pong(struct bench_member *m)                        \
	{                                                                      \
		BENCH_BY_SIZE(m, name##_pong_any, false);                      \
	}                                                                      \
	struct bench_semicolon_

#endif
