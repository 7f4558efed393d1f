/* SPDX-License-Identifier: MIT */
/* As atomic.h beside it: so that an access has its user's place. */
#ifndef EXPLORE_SEQUENCE_H
#define EXPLORE_SEQUENCE_H

#include_next <disruptor/sequence.h>

#define disruptor_sequence_load_relaxed(s)                                     \
	EXPLORE_LOAD(int64_t, &(s)->value, RELAXED, #s)
#define disruptor_sequence_load_before_fence(s)                                \
	EXPLORE_LOAD(int64_t, &(s)->value, RELAXED, #s)
#define disruptor_sequence_load_acquire(s)                                     \
	EXPLORE_LOAD(int64_t, &(s)->value, ACQUIRE, #s)
#define disruptor_sequence_load_seq_cst(s)                                     \
	EXPLORE_LOAD(int64_t, &(s)->value, SEQ_CST, #s)
#define disruptor_sequence_store_release(s, v)                                 \
	EXPLORE_STORE(&(s)->value, v, RELEASE, #s)
#define disruptor_sequence_store_relaxed(s, v)                                 \
	EXPLORE_STORE(&(s)->value, v, RELAXED, #s)
#define disruptor_sequence_cas(s, e, d)                                        \
	EXPLORE_CAS(int64_t, &(s)->value, e, d, SEQ_CST, #s)

#endif
