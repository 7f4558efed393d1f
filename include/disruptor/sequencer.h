/* SPDX-License-Identifier: MIT */
/* Room R3: sequencer. Includes R0 to R2. */
#ifndef DISRUPTOR_SEQUENCER_H
#define DISRUPTOR_SEQUENCER_H

#include <disruptor/layout.h>
#include <disruptor/ring_buffer.h>
#include <disruptor/wait_strategy.h>

/*
 *	producer			consumer
 *
 *	read consumers' sequences (E2)	read cursor or commit word (E1, E4)
 *	claim  [move the cursor]	read events
 *	write events			own sequence: release (E2)
 *	cursor or commit word:
 *	release (E1, E4)
 *
 * Single producer, packed slots: the cursor is the first *unpublished*
 * sequence, a publish is one release store of it, and there is nothing to
 * recover when the producer dies.
 *
 * Single producer, stamped slots: a publish is one release store of each
 * event's word. The cursor follows, so that it is a lower bound; the next
 * owner of the role moves it over words that are ahead of it.
 *
 * Multi producer: the cursor is the first *unclaimed* sequence. A claim checks
 * the capacity, writes down what it is about to take (E10), and moves the
 * cursor by compare-and-swap; each event is published by its own word (E4).
 * Private rings skip the note: death takes all their producers at once.
 */
struct disruptor_sequencer {
	int64_t next;		/* first sequence claimed or to be claimed */
	int64_t claimed;	/* how many; 0: no claim in hand */
	int64_t limit;		/* one past what is known to be free */
	struct disruptor_ring_buffer ring;
	struct disruptor_sequence *cursor;
	struct disruptor_control *control;
	struct disruptor_producer_record *intent; /* NULL: private, or single */
	uint32_t multi;
	uint32_t shared;
	uint32_t halted;	/* DISRUPTOR_HALTED, DISRUPTOR_CANCELED */
	int64_t fetch_at;	/* where lines are fetched ahead again */
};

#define DISRUPTOR_HALTED 1u	/* until disruptor_start() */
#define DISRUPTOR_CANCELED 2u	/* one claim, by disruptor_producer_cancel() */

/* Why a claim was not made. Not errno values: control flow of this room. */
enum disruptor_claim_result {
	DISRUPTOR_CLAIM_OK,
	DISRUPTOR_CLAIM_FULL,	/* or limit is stale: rescan the gate */
	DISRUPTOR_CLAIM_STOPPED,	/* closed or halted */
	DISRUPTOR_CLAIM_HELD	/* the last claim is not published yet */
};

DISRUPTOR_INLINE bool
disruptor_sequencer_stopped(const struct disruptor_sequencer *s)
{
	return ((disruptor_load_relaxed_u32(&s->control->state) &
		 DISRUPTOR_STATE_CLOSED) |
		disruptor_load_relaxed_u32(&s->halted)) != 0;
}

/*
 * E10, before the side effect that it explains: who finds the cursor moved
 * finds who may have moved it. high before low, so that a reader who mixes two
 * intents sees a range that is too wide, never one that is too narrow.
 */
DISRUPTOR_INLINE void
disruptor_sequencer_note_intent(struct disruptor_sequencer *s, int64_t low,
				int64_t high)
{
	if (s->intent == NULL)
		return;
	disruptor_store_relaxed_i64(&s->intent->intent_high.value, high);
	disruptor_sequence_store_release(&s->intent->intent_low, low);
}

DISRUPTOR_BEGIN_DECLS

/* A claim that closed in the same instant: becomes gaps. */
DISRUPTOR_API enum disruptor_claim_result
disruptor_sequencer_claim_after_close(struct disruptor_sequencer *s);

/* Publisher's cold half of E5: somebody may sleep. */
DISRUPTOR_API DISRUPTOR_COLD void
disruptor_sequencer_wake(struct disruptor_sequencer *s);

/* Free slots that come next: their lines, before they are written to. */
DISRUPTOR_API DISRUPTOR_COLD void
disruptor_sequencer_fetch_ahead(struct disruptor_sequencer *s);

DISRUPTOR_END_DECLS

DISRUPTOR_INLINE enum disruptor_claim_result
disruptor_sequencer_claim_multi(struct disruptor_sequencer *s, int64_t n)
{
	/*
	 * Where the last claim ended: right if nobody claimed meanwhile. If it
	 * is not, the attempt has fetched the line for writing, as a load would
	 * not have.
	 */
	int64_t cursor = s->next;

	do {
		if (cursor > s->limit - n) {
			/* Who waits for room does not guess anew each time. */
			s->next = cursor;
			return DISRUPTOR_CLAIM_FULL;
		}
		disruptor_sequencer_note_intent(s, cursor, cursor + n);
	} while (!disruptor_sequence_cas(s->cursor, &cursor, cursor + n));
	s->next = cursor;
	s->claimed = n;
	/*
	 * E8: cursor moved, then state read; disruptor_close() writes state,
	 * and a consumer reads state, then cursor. Either this sees the close,
	 * or every consumer that sees the close sees this claim and waits.
	 */
	if (DISRUPTOR_UNLIKELY(
		    disruptor_load_seq_cst_u32(&s->control->state) &
		    DISRUPTOR_STATE_CLOSED))
		return disruptor_sequencer_claim_after_close(s);
	return DISRUPTOR_CLAIM_OK;
}

/* n is at least 1 and at most the capacity. Never waits. */
DISRUPTOR_INLINE enum disruptor_claim_result
disruptor_sequencer_try_claim(struct disruptor_sequencer *s, int64_t n)
{
	if (DISRUPTOR_UNLIKELY(s->claimed != 0))
		return DISRUPTOR_CLAIM_HELD;
	if (DISRUPTOR_UNLIKELY(disruptor_sequencer_stopped(s)))
		return DISRUPTOR_CLAIM_STOPPED;
	if (s->multi)
		return disruptor_sequencer_claim_multi(s, n);
	if (DISRUPTOR_UNLIKELY(s->next > s->limit - n))
		return DISRUPTOR_CLAIM_FULL;
	s->claimed = n;
	return DISRUPTOR_CLAIM_OK;
}

DISRUPTOR_INLINE void
disruptor_sequencer_publish_words(const struct disruptor_ring_buffer *of,
				  int64_t from, int64_t end)
{
	struct disruptor_ring_buffer ring = *of;

	/* E4: the word is stored after the event that it vouches for. */
	for (; from < end; from++)
		disruptor_store_release_u64(
			disruptor_ring_buffer_word(&ring, from),
			disruptor_word_published(from));
}

/*
 * Publishes the claim, if there is one. The handle holds a position and a count
 * and not two positions, so that from one publish to the next a single value
 * goes through memory.
 */
DISRUPTOR_INLINE void disruptor_sequencer_publish(struct disruptor_sequencer *s)
{
	int64_t end = s->next + s->claimed;

	if (s->ring.words != NULL)
		disruptor_sequencer_publish_words(&s->ring, s->next, end);
	/* E1: the events are stored before the cursor passes them. */
	if (!s->multi)
		disruptor_sequence_store_release(s->cursor, end);
	s->next = end;
	s->claimed = 0;
	if (disruptor_signal_wanted(&s->control->signal))
		disruptor_sequencer_wake(s);
	if (DISRUPTOR_UNLIKELY(end >= s->fetch_at))
		disruptor_sequencer_fetch_ahead(s);
}

#endif
