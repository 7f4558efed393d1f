/* SPDX-License-Identifier: MIT */
/*
 * What is in an event. The same for all systems, and inlined into their loops.
 *
 * Word 0 is the producer's number in the top byte and a count below it; each
 * other word is word 0 plus its place. A consumer holds every byte of every
 * event against the value that it must have, so a lost, repeated, reordered,
 * torn or stale event cannot pass. The differences are collected without a
 * branch and looked at when a phase ends.
 *
 * In a graph where consumers follow others, an event has room for marks: the
 * producer writes word 0, consumer k reads the marks of those that it follows
 * and writes word 1 + k, as LMAX's pipeline and diamond do.
 */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

#include "bench.h"

#define BENCH_PRODUCER_SHIFT 56
#define BENCH_MARKED_SIZE (8 * (1 + BENCH_CONSUMERS_MAX))

BENCH_INLINE void bench_fill(uint64_t *event, uint64_t value, size_t size)
{
	size_t i;

	event[0] = value;
	if (size == BENCH_MARKED_SIZE)
		return;
	for (i = 0; i < size / sizeof(*event); i++)
		event[i] = value + i;
}

BENCH_INLINE uint64_t bench_differences(const uint64_t *event, uint64_t value,
					size_t size)
{
	uint64_t wrong = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*event); i++)
		wrong |= event[i] ^ (value + i);
	return wrong;
}

BENCH_INLINE uint64_t bench_mark(uint64_t value, uint32_t stage)
{
	return ~value + stage;
}

BENCH_INLINE void bench_check_marked(struct bench_check *check, uint64_t *event)
{
	uint64_t value = check->next[0]++;
	uint32_t k;

	check->wrong |= event[0] ^ value;
	for (k = 0; k < BENCH_CONSUMERS_MAX; k++)
		if ((check->after >> k) & 1)
			check->wrong |= event[1 + k] ^ bench_mark(value, k);
	event[1 + check->stage] = bench_mark(value, check->stage);
}

/* size and many (producers) are constants where this is inlined. */
BENCH_INLINE void bench_check_event(struct bench_check *check, uint64_t *event,
				    size_t size, bool many)
{
	uint64_t value;

	if (size == BENCH_MARKED_SIZE) {
		bench_check_marked(check, event);
		return;
	}
	if (many)
		value = check->next[(event[0] >> BENCH_PRODUCER_SHIFT) %
				    BENCH_PRODUCERS_MAX]++;
	else
		value = check->next[0]++;
	check->wrong |= bench_differences(event, value, size);
}

/* The time since began, in ticks. */
BENCH_INLINE void bench_record(struct histogram *h, uint64_t began)
{
	histogram_record(h, (int64_t)(bench_ticks() - began), 1);
}

/*
 * Calls loop(m, size, many) with both as constants, so that one text becomes a
 * loop for each kind of event.
 */
#define BENCH_BY_SIZE(m, loop, many)                                           \
	do {                                                                   \
		switch ((m)->run->shape.event_size) {                          \
		case 8:                                                        \
			loop(m, 8, many);                                      \
			break;                                                 \
		case BENCH_MARKED_SIZE:                                        \
			loop(m, BENCH_MARKED_SIZE, many);                      \
			break;                                                 \
		case 64:                                                       \
			loop(m, 64, many);                                     \
			break;                                                 \
		case 256:                                                      \
			loop(m, 256, many);                                    \
			break;                                                 \
		default:                                                       \
			bench_fail("no loop for this event size");             \
		}                                                              \
	} while (0)

#define BENCH_BY_EVENT(m, loop)                                                \
	do {                                                                   \
		if ((m)->run->shape.producers > 1)                             \
			BENCH_BY_SIZE(m, loop, true);                          \
		else                                                           \
			BENCH_BY_SIZE(m, loop, false);                         \
	} while (0)

#endif
