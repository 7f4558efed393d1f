/* SPDX-License-Identifier: MIT */
#include "internal.h"

void disruptor_raise_gap_end(struct disruptor_control *control, int64_t end)
{
	int64_t seen = disruptor_sequence_load_relaxed(&control->gap_end);

	while (seen < end &&
	       !disruptor_cas_relaxed_i64(&control->gap_end.value, &seen, end))
		;
}

void disruptor_sequencer_abandon(struct disruptor_sequencer *s)
{
	int64_t sequence, end = s->next + s->claimed;

	/* Before the words: who passes a gap by its upstream knows of it. */
	disruptor_raise_gap_end(s->control, end);
	for (sequence = s->next; sequence < end; sequence++)
		disruptor_store_release_u64(
			disruptor_ring_buffer_word(&s->ring, sequence),
			disruptor_word_gap(sequence));
	s->next = end;
	s->claimed = 0;
	if (disruptor_signal_wanted(&s->control->signal))
		disruptor_sequencer_wake(s);
}

enum disruptor_claim_result
disruptor_sequencer_claim_after_close(struct disruptor_sequencer *s)
{
	disruptor_sequencer_abandon(s);
	return DISRUPTOR_CLAIM_STOPPED;
}

void disruptor_sequencer_wake(struct disruptor_sequencer *s)
{
	disruptor_wake(&s->control->signal, s->shared != 0);
}
