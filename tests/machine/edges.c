/* SPDX-License-Identifier: MIT */
/*
 * The inline ends of the edges of docs/memory-model.md, a function each, so
 * that check-code can look at what a compiler makes of them.
 */
#include <disruptor/disruptor.h>

void publish_cursor(struct disruptor_sequencer *s);
void publish_words(struct disruptor_sequencer *s);
int claim_multi(struct disruptor_sequencer *s, int64_t n);
void note_intent(struct disruptor_sequencer *s, int64_t low, int64_t high);
int64_t read_cursor(struct disruptor_sequence_barrier *b);
int64_t read_words(const struct disruptor_sequence_barrier *b, int64_t from,
		   int64_t to);
int64_t read_upstream_of(const struct disruptor_sequence_barrier *b);
void release_slots(struct disruptor_poller *poller, int64_t next);
bool look_for_sleepers(const uint32_t *signal);
bool is_plain(struct disruptor_poller *poller, int64_t ready);
bool is_idle(struct disruptor_poller *poller, int64_t ready);

void publish_cursor(struct disruptor_sequencer *s)
{
	s->ring.words = NULL;
	s->multi = 0;
	disruptor_sequencer_publish(s);
}

void publish_words(struct disruptor_sequencer *s)
{
	disruptor_sequencer_publish_words(&s->ring, s->next,
					  s->next + s->claimed);
}

int claim_multi(struct disruptor_sequencer *s, int64_t n)
{
	return (int)disruptor_sequencer_claim_multi(s, n);
}

void note_intent(struct disruptor_sequencer *s, int64_t low, int64_t high)
{
	disruptor_sequencer_note_intent(s, low, high);
}

int64_t read_cursor(struct disruptor_sequence_barrier *b)
{
	b->ring.words = NULL;
	b->upstream_count = 0;
	return disruptor_sequence_barrier_ready(b, 0, 0);
}

int64_t read_words(const struct disruptor_sequence_barrier *b, int64_t from,
		   int64_t to)
{
	return disruptor_sequence_barrier_scan(b, from, to);
}

int64_t read_upstream_of(const struct disruptor_sequence_barrier *b)
{
	return disruptor_sequence_barrier_upstream(b);
}

void release_slots(struct disruptor_poller *poller, int64_t next)
{
	disruptor_poller_release(poller, next);
}

bool look_for_sleepers(const uint32_t *signal)
{
	return disruptor_signal_wanted(signal);
}

bool is_plain(struct disruptor_poller *poller, int64_t ready)
{
	return disruptor_poll_is_plain(poller, ready);
}

bool is_idle(struct disruptor_poller *poller, int64_t ready)
{
	return disruptor_poll_is_idle(poller, ready);
}
