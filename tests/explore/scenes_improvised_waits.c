/* SPDX-License-Identifier: MIT */
/*
 * Improvised scenes whose participants wait, asleep. When nobody can go on, who
 * sleeps has nothing to do: what it waits for is looked at from above, so that
 * a sleep may also end by its time and no wake-up be lost.
 */
#include "improvise.h"
#include "play.h"

#include "internal.h"

#include <errno.h>

#define PATIENCE_NS INT64_C(2000000)
#define STILL 4

static struct {
	bool for_event[SCENE_PARTICIPANTS];
	bool for_room[SCENE_PARTICIPANTS];
	bool closed;	/* disruptor_close() has returned */
} *waits;

void improvised_waits_setup(void)
{
	waits = scene_memory(sizeof(*waits));
}

/* --- what is there, from above -------------------------------------------- */

static uint64_t peek(const uint64_t *word)
{
	return scene_peek((const int64_t *)(const void *)word);
}

static int64_t sequence_of(const struct disruptor *d, uint32_t index)
{
	return (int64_t)scene_peek(&d->consumers[index].sequence.value);
}

static bool gates(const struct disruptor *d, uint32_t index)
{
	return disruptor_consumer_gates(peek(&d->consumers[index].status));
}

static bool is_resolved(const struct disruptor *d, int64_t sequence)
{
	return peek(disruptor_ring_buffer_word(&d->ring, sequence)) >=
	       disruptor_word_published(sequence);
}

/* Whom it follows have all passed its next one; or it follows nobody. */
static bool is_passed(const struct disruptor *d,
		      const struct disruptor_poller *p, bool *follows)
{
	uint64_t upstream = peek(&p->record->upstream[0]);
	uint32_t i;

	*follows = false;
	for (i = 0; i < d->header.consumers_max; i++) {
		if (!((upstream >> i) & 1) || p->record == &d->consumers[i])
			continue;
		*follows = true;
		if (sequence_of(d, i) <= p->next)
			return false;
	}
	return true;
}

static bool has_event(const struct disruptor *d,
		      const struct disruptor_poller *p)
{
	bool follows, passed = is_passed(d, p, &follows);

	if (follows)
		return passed;
	return d->ring.words != NULL ? is_resolved(d, p->next) :
				       play_cursor() > p->next;
}

static int64_t slowest(const struct disruptor *d, int64_t base)
{
	int64_t low = base;
	uint32_t i;
	bool any = false;

	for (i = 0; i < d->header.consumers_max; i++) {
		if (!gates(d, i))
			continue;
		any = true;
		if (sequence_of(d, i) < low)
			low = sequence_of(d, i);
	}
	if (any || d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return low;
	for (low = base - (int64_t)d->header.capacity; low < base; low++)
		if (low >= 0 && !is_resolved(d, low))
			break;
	return low;
}

static bool has_room(const struct disruptor *d,
		     const struct disruptor_producer *p)
{
	int64_t base = p->sequencer.multi ? play_cursor() : p->sequencer.next;

	return base < slowest(d, base) + (int64_t)d->header.capacity;
}

bool improvised_has_missed(int n)
{
	const struct disruptor *d = play->ring[n];

	if (!waits->for_event[n] && !waits->for_room[n])
		return false;
	if (d->halted)
		return true;
	if (waits->for_room[n])
		return waits->closed || has_room(d, play->producer[n]);
	return has_event(d, play->poller[n]) ||
	       (waits->closed && play->poller[n]->next >= play_cursor());
}

bool improvised_is_evicted(int n)
{
	const struct disruptor_poller *p = play->poller[n];

	return play->may_be_evicted[n] &&
	       peek(&p->record->status) != p->hidden->status;
}

/* --- steps ---------------------------------------------------------------- */

static bool claim(void)
{
	int me = scene_self();
	int64_t n;

	waits->for_room[me] = true;
	n = disruptor_claim_n_timeout(play->producer[me], 1, PATIENCE_NS);
	waits->for_room[me] = false;
	scene_require(n == 1 || n == -ETIMEDOUT || n == -ESHUTDOWN ||
			      n == -ECANCELED,
		      "a claim returned %lld", (long long)n);
	return n == 1;
}

void improvised_publish_waiting(void)
{
	if (play->producer[scene_self()] != NULL && claim())
		play_publish_claimed(1);
}

void improvised_wait(void)
{
	int me = scene_self();

	if (!play->is_consumer[me])
		return;
	waits->for_event[me] = true;
	play_wait(PATIENCE_NS);
	waits->for_event[me] = false;
}

void improvised_stand(void)
{
	int i;

	for (i = 0; i < STILL; i++)
		scene_wait();
}

void improvised_remove(void)
{
	int error = disruptor_remove_consumer(play->ring[scene_self()],
					      "leader");

	scene_require(error == 0 || error == -ENOENT || error == -EBUSY,
		      "a removal returned %d", error);
}

void improvised_halt(void)
{
	disruptor_halt(play->ring[scene_self()]);
}

void improvised_close(void)
{
	play->closing = true;
	disruptor_close(play->ring[scene_self()]);
	waits->closed = true;
}
