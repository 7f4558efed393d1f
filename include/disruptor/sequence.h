/* SPDX-License-Identifier: MIT */
/* Room R1: sequence. Includes R0. */
#ifndef DISRUPTOR_SEQUENCE_H
#define DISRUPTOR_SEQUENCE_H

#include <disruptor/atomic.h>

/*
 * A stored sequence always names the *next* one: the cursor is the first
 * sequence that nobody has claimed (multi producer) or published (single
 * producer), a consumer's sequence the first that it has not finished. So all
 * ranges are half open and a region of zeroes is an empty ring.
 *
 * Sequences count from the ring's first_sequence (normally 0), never wrap, and
 * end at DISRUPTOR_SEQUENCE_MAX, 146 years of a thousand million events a
 * second: a commit word holds a sequence shifted by one.
 */
#define DISRUPTOR_SEQUENCE_MAX (INT64_C(1) << 62)

/* The struct keeps plain arithmetic off the shared value. */
struct disruptor_sequence {
	int64_t value DISRUPTOR_ALIGNED(8);
};

DISRUPTOR_INLINE int64_t
disruptor_sequence_load_relaxed(const struct disruptor_sequence *s)
{
	return disruptor_load_relaxed_i64(&s->value);
}

DISRUPTOR_INLINE int64_t
disruptor_sequence_load_before_fence(const struct disruptor_sequence *s)
{
	return disruptor_load_before_fence_i64(&s->value);
}

DISRUPTOR_INLINE int64_t
disruptor_sequence_load_acquire(const struct disruptor_sequence *s)
{
	return disruptor_load_acquire_i64(&s->value);
}

DISRUPTOR_INLINE int64_t
disruptor_sequence_load_seq_cst(const struct disruptor_sequence *s)
{
	return disruptor_load_seq_cst_i64(&s->value);
}

DISRUPTOR_INLINE void
disruptor_sequence_store_release(struct disruptor_sequence *s, int64_t value)
{
	disruptor_store_release_i64(&s->value, value);
}

DISRUPTOR_INLINE void
disruptor_sequence_store_relaxed(struct disruptor_sequence *s, int64_t value)
{
	disruptor_store_relaxed_i64(&s->value, value);
}

DISRUPTOR_INLINE bool disruptor_sequence_cas(struct disruptor_sequence *s,
					     int64_t *expected, int64_t desired)
{
	return disruptor_cas_i64(&s->value, expected, desired);
}

#endif
