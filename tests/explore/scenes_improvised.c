/* SPDX-License-Identifier: MIT */
/* Scenes that improvise.c makes up: what a participant does, step by step. */
#include "improvise.h"
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LEADER 1

struct improvisation improvisation;

/* Beside what play knows. */
static struct {
	bool owed[SCENE_PARTICIPANTS][PLAY_SEQUENCES];
	bool follows[SCENE_PARTICIPANTS];
	bool consumed[SCENE_PARTICIPANTS];	/* to the end */
	/* What a consumer does to an event, for who follows it. */
	uint64_t marks[SCENE_PARTICIPANTS][PLAY_SEQUENCES];
} *known;

/* --- setup ---------------------------------------------------------------- */

static int64_t limit_of(int n)
{
	play->may_be_evicted[n] = improvisation.parts[n].has_limit;
	return improvisation.parts[n].has_limit;
}

static void begin_part(int n)
{
	if (improvisation.shared)
		play_attach(n);
	if (!improvisation.parts[n].is_there ||
	    improvisation.parts[n].part == PART_VISITOR)
		return;
	if (improvisation.parts[n].part == PART_PRODUCER)
		play_producer(n);
	else if (improvisation.parts[n].follows)
		play_consumer(n, DISRUPTOR_POLLER_OPTIONS(
					 .upstream = DISRUPTOR_AFTER_NAMES(
						 "leader"),
					 .stall_limit_ns = limit_of(n)));
	else
		play_consumer(n, DISRUPTOR_POLLER_OPTIONS(
					 .name = n == LEADER ? "leader" : NULL,
					 .stall_limit_ns = limit_of(n)));
	known->follows[n] = improvisation.parts[n].follows;
	if (play->producer[n] == NULL && play->poller[n] == NULL) {
		fprintf(stderr, "explore: part %d cannot begin: %s\n", n,
			disruptor_error());
		abort();
	}
}

static void setup(void)
{
	const struct improvisation *i = &improvisation;
	const struct disruptor_options *options = DISRUPTOR_OPTIONS(
		.event_size = 8, .capacity = (size_t)i->capacity,
		.producer_type = i->multi ? DISRUPTOR_MULTI_PRODUCER :
					    DISRUPTOR_SINGLE_PRODUCER,
		.slot_layout = i->stamped ? DISRUPTOR_SLOTS_STAMPED :
					    DISRUPTOR_SLOTS_PACKED,
		.producers_max = i->multi ? 2 : 0, .consumers_max = 2,
		.wait_strategy = i->lively ? DISRUPTOR_WAIT_BLOCKING :
					     DISRUPTOR_WAIT_DEFAULT);
	int n;

	if (i->shared)
		play_shared(options);
	else
		play_ring(options);
	known = scene_memory(sizeof(*known));
	scene_share(known->marks, sizeof(known->marks));
	improvised_waits_setup();
	for (n = 0; n < i->count; n++)
		play->reads_late |= i->parts[n].has_limit;
	for (n = 0; n < i->count; n++)
		begin_part(n);
	for (n = 0; n < i->count; n++)
		play->is_producer[n] = i->parts[n].part == PART_PRODUCER;
}

/* --- producing ------------------------------------------------------------ */

static bool claim(int64_t count)
{
	int64_t n;

	if (play->producer[scene_self()] == NULL)
		return false;
	n = disruptor_try_claim_n(play->producer[scene_self()], count);
	scene_require(n == count || n == -EAGAIN || n == -ESHUTDOWN ||
			      (n == -ECANCELED && improvisation.lively),
		      "a claim returned %lld", (long long)n);
	return n == count;
}

static void publish(int64_t count)
{
	if (claim(count))
		play_publish_claimed(count);
}

static void give_up(void)
{
	struct disruptor_producer *p = play->producer[scene_self()];

	if (!claim(1))
		return;
	play_note_claim(1);
	play->abandoned[disruptor_producer_sequence(p, 0)] = true;
	disruptor_abandon(p);
}

/* --- consuming ------------------------------------------------------------ */

static bool is_led(int c, int64_t s)
{
	return known->follows[c] && play->is_consumer[LEADER] &&
	       !scene_is_dead(LEADER) && !improvised_is_evicted(LEADER) &&
	       s >= play->first[LEADER];
}

static void mark(int c, int64_t s)
{
	scene_require(!is_led(c, s) || play->delivered[LEADER][s],
		      "event %lld comes to a follower first", (long long)s);
	scene_require(!is_led(c, s) || known->marks[LEADER][s] != 0,
		      "a follower sees nothing of what was done to %lld",
		      (long long)s);
	known->marks[c][s] = 1;
}

/* As play_take, but what is taken is marked before it is released. */
static int64_t take(void)
{
	int me = scene_self();
	struct disruptor_poller *p = play->poller[me];
	int64_t n, i;

	if (!play->is_consumer[me])
		return 0;
	n = play_look();
	for (i = 0; i < n; i++)
		mark(me, disruptor_poller_sequence(p, i));
	if (n > 0)
		disruptor_poller_advance(p, n);
	return n;
}

/* Who follows one that does no more, or keeps its place, waits for ever. */
static bool is_led_nowhere(int c)
{
	return known->follows[c] &&
	       (!play->is_consumer[LEADER] || scene_has_ended(LEADER));
}

static void consume(bool asleep)
{
	int me = scene_self();
	int64_t n = 0;

	while (play->is_consumer[me]) {
		n = take();
		if (n < 0)
			break;
		if (n > 0)
			continue;
		if (play_producers_ended() &&
		    disruptor_poller_sequence(play->poller[me], 0) >=
			    play_cursor())
			break;
		if (is_led_nowhere(me))
			return;
		if (asleep)
			improvised_wait();
		else
			scene_wait();
	}
	known->consumed[me] = play->is_consumer[me] &&
			      (n == 0 || n == -ESHUTDOWN);
}

/* --- coming and going ----------------------------------------------------- */

/* A place of its own in what is known of it. */
static void begin_membership(int me, bool from_oldest)
{
	int64_t first = disruptor_poller_sequence(play->poller[me], 0), s;

	play->first[me] = first;
	for (s = 0; s < PLAY_SEQUENCES; s++) {
		play->delivered[me][s] = play->stepped_over[me][s] = false;
		known->owed[me][s] = !play->publishing[s] &&
				     (from_oldest || s >= first);
	}
	play->is_consumer[me] = true;
}

static void join(enum improvised_step step)
{
	bool oldest = step == STEP_JOIN_OLDEST;
	int me = scene_self();

	if (improvisation.parts[me].part == PART_PRODUCER) {
		if (play->producer[me] == NULL)
			play->producer[me] =
				disruptor_producer_new(play->ring[me]);
		return;
	}
	if (play->is_consumer[me] || (me == LEADER && step == STEP_FOLLOW))
		return;
	known->follows[me] = step == STEP_FOLLOW;
	play->poller[me] = disruptor_poller_new_opts(
		play->ring[me],
		DISRUPTOR_POLLER_OPTIONS(
			.name = me == LEADER ? "leader" : NULL,
			.upstream = step == STEP_FOLLOW ?
					    DISRUPTOR_AFTER_NAMES("leader") :
					    NULL,
			.start = oldest ? DISRUPTOR_START_OLDEST :
					  DISRUPTOR_START_NEXT,
			.stall_limit_ns = limit_of(me)));
	if (play->poller[me] != NULL)
		begin_membership(me, oldest);
}

static void leave(void)
{
	int me = scene_self();

	if (improvisation.parts[me].part == PART_PRODUCER) {
		disruptor_producer_free(play->producer[me]);
		play->producer[me] = NULL;
	} else if (play->is_consumer[me]) {
		play->is_consumer[me] = false;
		disruptor_poller_free(play->poller[me]);
	}
}

static void recover(void)
{
	if (improvisation.shared && improvisation.multi)
		disruptor_recover(play->ring[scene_self()], 0);
}

/* --- a part --------------------------------------------------------------- */

static void take_step(enum improvised_step step)
{
	switch (step) {
	case STEP_PUBLISH:
	case STEP_PUBLISH_TWO:
		publish(step == STEP_PUBLISH ? 1 : 2);
		break;
	case STEP_GIVE_UP:
		give_up();
		break;
	case STEP_TAKE:
		take();
		break;
	case STEP_CONSUME:
	case STEP_CONSUME_WAITING:
		consume(step == STEP_CONSUME_WAITING);
		break;
	case STEP_JOIN:
	case STEP_JOIN_OLDEST:
	case STEP_FOLLOW:
		join(step);
		break;
	case STEP_LEAVE:
		leave();
		break;
	case STEP_RECOVER:
		recover();
		break;
	case STEP_CLOSE:
		improvised_close();
		break;
	case STEP_PUBLISH_WAITING:
		improvised_publish_waiting();
		break;
	case STEP_WAIT:
		improvised_wait();
		take();
		break;
	case STEP_STAND:
		improvised_stand();
		break;
	case STEP_REMOVE:
		improvised_remove();
		break;
	case STEP_HALT:
		improvised_halt();
		break;
	default:
		break;
	}
}

static void part(void)
{
	int i;

	for (i = 0; i < IMPROVISED_STEPS; i++)
		take_step(improvisation.parts[scene_self()].steps[i]);
}

/* --- afterwards ----------------------------------------------------------- */

static void check_consumer(int c)
{
	int64_t end = known->consumed[c] ?
			      PLAY_SEQUENCES :
			      disruptor_poller_sequence(play->poller[c], 0);
	int64_t s;

	for (s = 0; s < PLAY_SEQUENCES; s++) {
		bool due = s < end && (s >= play->first[c] ||
				       known->owed[c][s]);

		scene_require(!due || !play->published[s] ||
				      play->delivered[c][s],
			      "event %lld is lost to participant %d",
			      (long long)s, c);
	}
}

/* E11. */
static void check_alike(int c, int other)
{
	int64_t s;

	for (s = 0; s < PLAY_SEQUENCES; s++)
		scene_require(!play->delivered[c][s] ||
				      !play->stepped_over[other][s],
			      "participants %d and %d differ about %lld", c,
			      other, (long long)s);
}

static void check(void)
{
	int c, other;

	for (c = 0; c < improvisation.count; c++) {
		if (play->is_consumer[c] && !scene_is_dead(c))
			check_consumer(c);
		for (other = 0; other < improvisation.count; other++)
			check_alike(c, other);
	}
}

const struct scene scene_improvised = {
	.name = "improvised",
	.what = "what nobody thought of",
	.setup = setup,
	.participant = { part, part, part, part },
	.check = check,
	.has_missed = improvised_has_missed,
};
