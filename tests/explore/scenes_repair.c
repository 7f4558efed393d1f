/* SPDX-License-Identifier: MIT */
/* Scenes: a ring is repaired beside those who use it, or look at it. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <disruptor/inspect.h>

#include <string.h>

#define NAMED(consumer) DISRUPTOR_POLLER_OPTIONS(.name = consumer)
#define FAR_AHEAD 100

static void report(void *context, const char *problem)
{
	(void)context;
	scene_violated("a ring that is whole is repaired: %s", problem);
}

static void repair_nothing(void)
{
	scene_require(disruptor_repair(play->ring[scene_self()], report,
				       NULL) == 0,
		      "cannot repair: %s", disruptor_error());
}

static void repair(void)
{
	scene_require(disruptor_repair(play->ring[scene_self()], NULL, NULL) >=
			      0,
		      "cannot repair: %s", disruptor_error());
}

/* A call of the system, at which it may be killed. */
static void do_nothing(void)
{
	disruptor_liveness_alive(play->ring[scene_self()],
				 DISRUPTOR_LOCK_REGISTRY);
}

/* --- nothing is wrong ----------------------------------------------------- */

static void gap_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 1, .consumers_max = 1));
	play_producer(0);
	play_attach(1);
	scene_act_as(0);
	disruptor_try_claim_n(play->producer[0], 1);
}

static void give_up(void)
{
	disruptor_abandon(play->producer[0]);
}

const struct scene scene_repair_gap = {
	.name = "repair-gap",
	.what = "a producer gives a claim up, another process repairs the ring",
	.setup = gap_setup,
	.participant = { give_up, repair_nothing },
	.deviations = 3, .deep_deviations = 6,
};

/* It moves on, keeps its place, and may die. */
static void moving_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 1));
	play_producer(0);
	play_consumer(1, NAMED("first"));
	play_attach(2);
}

/* As many as there is room for. */
static void produce_beside(void)
{
	struct disruptor_producer *p = play->producer[0];
	int events = 0;

	while (events < 3) {
		if (disruptor_try_claim_n(p, 1) == 1) {
			play_publish_claimed(1);
			events++;
		} else if (scene_has_ended(1)) {
			return;
		} else {
			scene_wait();
		}
	}
}

static void take_two(void)
{
	while (disruptor_poller_sequence(play->poller[1], 0) < 2)
		if (play_take() == 0)
			scene_wait();
	do_nothing();
}

static void place_is_kept(void)
{
	int64_t place = (int64_t)scene_peek(
		&play->ring[2]->consumers[0].sequence.value);

	scene_require(!play->delivered[1][1] || place >= 1,
		      "a place went back to %lld", (long long)place);
}

const struct scene scene_repair_moving = {
	.name = "repair-moving",
	.what = "a consumer moves on and dies, as another repairs the ring",
	.setup = moving_setup,
	.participant = { produce_beside, take_two, repair_nothing },
	.check = place_is_kept,
	.mortal = 2,
	.deviations = 2, .kills = 1, .deep_deviations = 4, .deep_kills = 1,
};

/* --- something is --------------------------------------------------------- */

/* It follows a record that is free. */
static void links_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(0, DISRUPTOR_POLLER_OPTIONS(.name = NULL));
	play_attach(1);
	play->ring[0]->consumers[0].upstream[0] = 2;
	scene_act_as(0);
	disruptor_poll(play->poller[0]);
}

static void know_the_links(void)
{
	struct disruptor_poller *p = play->poller[0];
	const struct disruptor_control *control = &play->ring[0]->words->control;

	disruptor_poll(p);
	scene_require(!scene_has_ended(1) || p->barrier.upstream_count == 0 ||
			      p->epoch != scene_peek((const int64_t *)
							     &control->epoch),
		      "it knows the epoch, and follows nobody's record");
}

const struct scene scene_repair_links = {
	.name = "repair-links",
	.what = "a consumer that follows nobody's record learns of its repair",
	.setup = links_setup,
	.participant = { know_the_links, repair },
	.deviations = 3, .deep_deviations = 6,
};

/* The first one's place is where no event is. */
static void place_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(1, NAMED("first"));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .name = "second",
				 .upstream = DISRUPTOR_AFTER_NAMES("first")));
	play_attach(3);
	scene_act_as(0);
	play_publish_in_setup(1);
	play->ring[0]->consumers[0].sequence.value = FAR_AHEAD;
}

static void mark_and_die(void)
{
	struct disruptor_poller *p = play->poller[1];

	if (disruptor_poll(p) == 1)
		*(uint64_t *)disruptor_poller_event(p, 0) += 1;
	do_nothing();
}

static void follow(void)
{
	struct disruptor_poller *p = play->poller[2];

	while (disruptor_poll(p) != 1) {
		if (scene_has_ended(3))
			return;
		scene_wait();
	}
	scene_require(*(uint64_t *)disruptor_poller_event(p, 0) < 2,
		      "another event");
}

static void repair_after_death(void)
{
	while (!scene_has_ended(1))
		scene_wait();
	repair();
}

const struct scene scene_repair_place = {
	.name = "repair-place",
	.what = "the place of a dead consumer is repaired, its follower goes on",
	.setup = place_setup,
	.participant = { NULL, mark_and_die, follow, repair_after_death },
	.mortal = 2,
	.deviations = 2, .kills = 1, .deep_deviations = 4, .deep_kills = 1,
};

/* Nobody lives; a word is damaged. */
static void word_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 1, .consumers_max = 1));
	play_producer(0);
	scene_act_as(0);
	play_publish_in_setup(1);
	disruptor_producer_free(play->producer[0]);
	play_attach(1);
	*disruptor_commit_word(play->ring[0], 0) = UINT64_MAX;
}

static void look_for_gap(void *context, const char *problem)
{
	(void)context;
	scene_require(strstr(problem, "unknown to followers") == NULL,
		      "a gap without its end: %s", problem);
}

static void check(void)
{
	disruptor_check("ring", look_for_gap, NULL);
}

const struct scene scene_repair_word = {
	.name = "repair-word",
	.what = "a word becomes a gap, another process checks the ring",
	.setup = word_setup,
	.participant = { repair, check },
	.deviations = 3, .deep_deviations = 6,
};
