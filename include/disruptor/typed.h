/* SPDX-License-Identifier: MIT */
/* Room R5: typed events. Includes R0 and R4. */
#ifndef DISRUPTOR_TYPED_H
#define DISRUPTOR_TYPED_H

#include <disruptor/event_handler.h>
#include <disruptor/event_poller.h>
#include <disruptor/producer.h>

/*
 * DISRUPTOR_DEFINE(tick, struct tick) defines, for rings whose events are of
 * that type,
 *
 *	struct tick *tick_claim(producer)
 *	struct tick *tick_try_claim(producer)
 *	struct tick *tick_claim_timeout(producer, timeout_ns)
 *	struct tick *tick_producer_event(producer, i)
 *	struct tick *tick_event(poller, i)
 *	struct tick *tick_batch_event(batch, i)
 *
 * The compiler checks the type and knows the stride. All return NULL, with
 * nothing claimed and errno EMSGSIZE, when the ring's events are too small.
 */
#define DISRUPTOR_DEFINE(name, type)                                           \
	DISRUPTOR_INLINE type *name##_claim_timeout(                           \
		struct disruptor_producer *producer, int64_t timeout_ns)       \
	{                                                                      \
		if (DISRUPTOR_UNLIKELY(                                        \
			    producer->sequencer.ring.event_size <              \
			    sizeof(type))) {                                   \
			errno = EMSGSIZE;                                      \
			return NULL;                                           \
		}                                                              \
		if (DISRUPTOR_UNLIKELY(disruptor_claim_n_timeout(              \
					       producer, 1, timeout_ns) != 1)) \
			return NULL;                                           \
		return (type *)disruptor_ring_buffer_event_of(                 \
			&producer->sequencer.ring, producer->sequencer.next,   \
			sizeof(type));                                         \
	}                                                                      \
	DISRUPTOR_INLINE type *name##_claim(                                   \
		struct disruptor_producer *producer)                           \
	{                                                                      \
		return name##_claim_timeout(producer, DISRUPTOR_FOREVER);      \
	}                                                                      \
	DISRUPTOR_INLINE type *name##_try_claim(                               \
		struct disruptor_producer *producer)                           \
	{                                                                      \
		return name##_claim_timeout(producer, 0);                      \
	}                                                                      \
	DISRUPTOR_INLINE type *name##_producer_event(                          \
		struct disruptor_producer *producer, int64_t i)                \
	{                                                                      \
		return (type *)disruptor_ring_buffer_typed(                    \
			&producer->sequencer.ring,                             \
			producer->sequencer.next + i, sizeof(type));           \
	}                                                                      \
	DISRUPTOR_INLINE type *name##_event(struct disruptor_poller *poller,   \
					    int64_t i)                         \
	{                                                                      \
		return (type *)disruptor_ring_buffer_typed(                    \
			&poller->barrier.ring, poller->next + i,               \
			sizeof(type));                                         \
	}                                                                      \
	DISRUPTOR_INLINE type *name##_batch_event(                             \
		const struct disruptor_batch *batch, int64_t i)                \
	{                                                                      \
		return (type *)disruptor_ring_buffer_typed(                    \
			&batch->ring, batch->first + i, sizeof(type));         \
	}                                                                      \
	struct disruptor_semicolon_

/*
 * DISRUPTOR_DEFINE_HANDLER(name, type, function) defines name as a batch
 * handler that calls function(context, type *, sequence, end_of_batch) for
 * each event, inlined into the loop over the batch: no indirect call is paid
 * per event. Register it with disruptor_handle_events_with() or
 * disruptor_handle_batches_with(), on a ring whose events are at least as
 * large: on another one it says so and aborts.
 */
DISRUPTOR_BEGIN_DECLS
DISRUPTOR_API DISRUPTOR_COLD void disruptor_type_mismatch(uint64_t event_size,
							  uint64_t type_size);
DISRUPTOR_END_DECLS

#define DISRUPTOR_DEFINE_HANDLER(name, type, function)                         \
	__attribute__((unused)) static void name(                              \
		void *context, const struct disruptor_batch *batch)            \
	{                                                                      \
		int64_t first_ = batch->first;                                 \
		int64_t last_ = first_ + batch->count - 1;                     \
		int64_t s_;                                                    \
                                                                               \
		if (DISRUPTOR_UNLIKELY(batch->ring.event_size < sizeof(type))) \
			disruptor_type_mismatch(batch->ring.event_size,        \
						sizeof(type));                 \
		if (DISRUPTOR_LIKELY(batch->ring.event_stride ==               \
				     sizeof(type))) {                          \
			type *events_ = (type *)(void *)batch->ring.events;    \
			uint64_t mask_ = batch->ring.mask;                     \
                                                                               \
			for (s_ = first_; s_ <= last_; s_++)                   \
				function(context,                              \
					 events_ + ((uint64_t)s_ & mask_), s_, \
					 s_ == last_);                         \
			return;                                                \
		}                                                              \
		for (s_ = first_; s_ <= last_; s_++)                           \
			function(context,                                      \
				 (type *)disruptor_ring_buffer_event(          \
					 &batch->ring, s_),                    \
				 s_, s_ == last_);                             \
	}                                                                      \
	struct disruptor_semicolon_

#endif
