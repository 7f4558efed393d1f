/* SPDX-License-Identifier: MIT */
#include "play.h"

#include "internal.h"

#include <errno.h>

#define RING "ring"
#define FACTOR 16

struct play *play;

/* --- setup ---------------------------------------------------------------- */

void play_ring(const struct disruptor_options *options)
{
	int i;

	play = scene_memory(sizeof(*play));
	play->ring[0] = disruptor_new(options);
	for (i = 1; i < SCENE_PARTICIPANTS; i++)
		play->ring[i] = play->ring[0];
}

void play_shared(const struct disruptor_options *options)
{
	play = scene_memory(sizeof(*play));
	scene_act_as(0);
	play->ring[0] = disruptor_create_shared(RING, options);
}

void play_attach(int n)
{
	if (n > 0 && play->ring[n] == NULL) {
		scene_act_as(n);
		play->ring[n] = disruptor_attach(RING, 0);
	}
}

void play_producer(int n)
{
	play_attach(n);
	scene_act_as(n);
	play->producer[n] = disruptor_producer_new(play->ring[n]);
	play->is_producer[n] = true;
}

void play_consumer(int n, const struct disruptor_poller_options *options)
{
	play_attach(n);
	scene_act_as(n);
	play->poller[n] = disruptor_poller_new_opts(play->ring[n], options);
	play->is_consumer[n] = true;
}

void play_stages(void)
{
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .name = "second",
				 .upstream = DISRUPTOR_AFTER_NAMES("first")));
}

/* --- producing ------------------------------------------------------------ */

static void note_claim(struct disruptor_producer *p, int64_t count)
{
	int me = scene_self();
	int64_t i, s;

	for (i = 0; i < count; i++) {
		s = disruptor_producer_sequence(p, i);
		scene_require(s >= 0 && s < PLAY_SEQUENCES,
			      "a claim of sequence %lld", (long long)s);
		scene_require(play->owner[s] == 0 || (!p->sequencer.multi &&
						      !play->published[s]),
			      "sequence %lld is claimed twice", (long long)s);
		play->owner[s] = (uint8_t)(me + 1);
	}
}

void play_note_claim(int64_t count)
{
	note_claim(play->producer[scene_self()], count);
}

bool play_claim(int64_t count)
{
	struct disruptor_producer *p = play->producer[scene_self()];
	int64_t n;

	while ((n = disruptor_try_claim_n(p, count)) == -EAGAIN)
		scene_wait();
	if (n == -ESHUTDOWN || n == -ECANCELED)
		return false;
	scene_require(n == count, "a claim returned %lld", (long long)n);
	note_claim(p, count);
	return true;
}

static void put(uint64_t *event, uint64_t value)
{
	if (!play->reads_late) {
		*event = value;
		return;
	}
	/* Where it goes depends on the claim: no compiler puts it before that. */
	scene_compiler_barrier();
	disruptor_store_relaxed_u64(event, value);
}

void play_fill_and_publish(int64_t count)
{
	struct disruptor_producer *p = play->producer[scene_self()];
	int64_t first = disruptor_producer_sequence(p, 0), i;

	for (i = 0; i < count; i++) {
		put(disruptor_producer_event(p, i),
		    (uint64_t)(first + i) * FACTOR);
		play->publishing[first + i] = true;
	}
	disruptor_publish(p);
	for (i = 0; i < count; i++)
		play->published[first + i] = true;
}

void play_publish_in_setup(int64_t count)
{
	struct disruptor_producer *p = play->producer[0];
	int64_t i;

	disruptor_try_claim_n(p, count);
	for (i = 0; i < count; i++) {
		int64_t s = disruptor_producer_sequence(p, i);

		*(uint64_t *)disruptor_producer_event(p, i) =
			(uint64_t)s * FACTOR;
		play->owner[s] = 1;
		play->publishing[s] = play->published[s] = true;
	}
	disruptor_publish(p);
}

void play_publish_claimed(int64_t count)
{
	note_claim(play->producer[scene_self()], count);
	play_fill_and_publish(count);
}

void play_produce(int batches, int64_t count)
{
	while (batches-- > 0 && play_claim(count))
		play_fill_and_publish(count);
}

void play_produce_blocking(int batches, int64_t count)
{
	struct disruptor_producer *p = play->producer[scene_self()];

	while (batches-- > 0 && disruptor_claim_n(p, count) == count) {
		note_claim(p, count);
		play_fill_and_publish(count);
	}
}

/* --- consuming ------------------------------------------------------------ */

static void note_gaps(int me, int64_t from, int64_t to)
{
	int64_t s;

	for (s = from; s < to; s++) {
		scene_require(!play->published[s],
			      "published event %lld is stepped over",
			      (long long)s);
		scene_require(play->abandoned[s] || scene_has_deaths() ||
				      (play->closing && play->owner[s] == 0),
			      "a gap at %lld, and nobody died", (long long)s);
		scene_require(play->owner[s] == 0 || play->abandoned[s] ||
				      scene_is_dead(play->owner[s] - 1),
			      "a live claim of %lld is taken", (long long)s);
		play->stepped_over[me][s] = true;
	}
}

/* Reads, and then asks, as one must that may be evicted meanwhile. */
static bool is_intact(int me, int64_t s, const uint64_t *event)
{
	uint64_t value = play->reads_late ? disruptor_load_relaxed_u64(event) :
					    *event;

	if (play->may_be_evicted[me] &&
	    disruptor_poller_is_evicted(play->poller[me]))
		return false;
	scene_require(value / FACTOR == (uint64_t)s,
		      "event %lld holds another's value", (long long)s);
	return true;
}

static bool note_event(int me, int64_t s, const uint64_t *event)
{
	scene_require(s >= 0 && s < PLAY_SEQUENCES && play->publishing[s],
		      "event %lld is delivered before it is published",
		      (long long)s);
	scene_require(!play->delivered[me][s], "event %lld is delivered twice",
		      (long long)s);
	if (!is_intact(me, s, event))
		return false;
	play->delivered[me][s] = true;
	return true;
}

int64_t play_wait(int64_t timeout_ns)
{
	int me = scene_self();
	struct disruptor_poller *p = play->poller[me];
	int64_t before = disruptor_poller_sequence(p, 0);
	int64_t n = disruptor_poll_wait(p, timeout_ns);

	scene_require(n >= 0 || n == -ESHUTDOWN || n == -ECANCELED ||
			      (n == -ESTALE && play->may_be_evicted[me]),
		      "poll returned %lld", (long long)n);
	note_gaps(me, before, disruptor_poller_sequence(p, 0));
	return n;
}

int64_t play_look(void)
{
	int me = scene_self();
	struct disruptor_poller *p = play->poller[me];
	int64_t n = play_wait(0), i;

	for (i = 0; i < n; i++)
		if (!note_event(me, disruptor_poller_sequence(p, i),
				disruptor_poller_event(p, i)))
			return i > 0 ? i : -ESTALE;
	return n;
}

int64_t play_take(void)
{
	int64_t n = play_look();

	if (n > 0)
		disruptor_poller_advance(play->poller[scene_self()], n);
	return n;
}

bool play_producers_ended(void)
{
	int i;

	for (i = 0; i < SCENE_PARTICIPANTS; i++)
		if (play->is_producer[i] && !scene_has_ended(i))
			return false;
	return true;
}

int64_t play_cursor(void)
{
	return (int64_t)scene_peek(
		(const int64_t *)&play->ring[0]->words->cursor);
}

void play_consume(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	int64_t n;

	for (;;) {
		n = play_take();
		if (n < 0)
			break;
		if (n > 0)
			continue;
		if (play_producers_ended() &&
		    disruptor_poller_sequence(p, 0) >= play_cursor())
			return;
		scene_wait();
	}
	play->closed[scene_self()] = true;
}

int64_t play_consume_blocking(int64_t until)
{
	int me = scene_self();
	struct disruptor_poller *p = play->poller[me];
	int64_t n = 0, i, before;

	while (disruptor_poller_sequence(p, 0) < until) {
		before = disruptor_poller_sequence(p, 0);
		n = disruptor_poll_wait(p, DISRUPTOR_FOREVER);
		note_gaps(me, before, disruptor_poller_sequence(p, 0));
		for (i = 0; i < n; i++)
			note_event(me, disruptor_poller_sequence(p, i),
				   disruptor_poller_event(p, i));
		if (n < 0)
			break;
		disruptor_poller_advance(p, n);
	}
	return n;
}

/* --- afterwards ----------------------------------------------------------- */

static void check_consumer(int c, int64_t s)
{
	scene_require(!play->published[s] || s < play->first[c] ||
			      play->delivered[c][s],
		      "event %lld is lost to participant %d", (long long)s, c);
	scene_require(!(play->delivered[c][s] && play->stepped_over[c][s]),
		      "event %lld is delivered and a gap", (long long)s);
}

void play_check(void)
{
	int64_t s;
	int c, other;

	for (c = 0; c < SCENE_PARTICIPANTS; c++) {
		if (!play->is_consumer[c] || scene_is_dead(c))
			continue;
		for (s = 0; s < PLAY_SEQUENCES; s++) {
			check_consumer(c, s);
			for (other = 0; other < SCENE_PARTICIPANTS; other++)
				scene_require(
					!play->delivered[c][s] ||
						!play->stepped_over[other][s],
					"two consumers differ about %lld",
					(long long)s);
		}
	}
}
