/* SPDX-License-Identifier: MIT */
/* Scenes: processes of a shared ring, killed at every step that others see. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)
#define SHARED_MULTI(...)                                                      \
	DISRUPTOR_OPTIONS(.event_size = 8,                                     \
			  .producer_type = DISRUPTOR_MULTI_PRODUCER,           \
			  .producers_max = 2, .consumers_max = 2, __VA_ARGS__)

static void one_event(void)
{
	play_produce(1, 1);
}

static void two_events(void)
{
	play_produce(2, 1);
}

static void batch_of_two(void)
{
	play_produce(1, 2);
}

/* --- recovery ------------------------------------------------------------- */

static void recover_setup(void)
{
	play_shared(SHARED_MULTI(.capacity = 2));
	play_producer(0);
	play_producer(1);
	play_consumer(2, ANONYMOUS);
}

static void recover_two_setup(void)
{
	recover_setup();
	play_consumer(3, ANONYMOUS);
}

const struct scene scene_recover = {
	.name = "recover",
	.what = "producers of 2 and 1 events, one dies, the consumer recovers",
	.setup = recover_setup,
	.participant = { two_events, one_event, play_consume },
	.check = play_check,
	.mortal = 3,
	.deviations = 1, .kills = 1, .deep_deviations = 3, .deep_kills = 2,
};

const struct scene scene_recover_batch = {
	.name = "recover-batch",
	.what = "a batch of 2 and 2 events wrap a ring of 2, one dies",
	.setup = recover_setup,
	.participant = { batch_of_two, two_events, play_consume },
	.check = play_check,
	.mortal = 3,
	.deviations = 1, .kills = 1, .deep_deviations = 2, .deep_kills = 2,
};

const struct scene scene_recover_two = {
	.name = "recover-two",
	.what = "one producer dies, two consumers recover at once",
	.setup = recover_two_setup,
	.participant = { one_event, one_event, play_consume, play_consume },
	.check = play_check,
	.mortal = 1,
	.deviations = 1, .kills = 1, .deep_deviations = 2, .deep_kills = 1,
};

/*
 * Time and deaths are rare; a recoverer that is called at any instant, while
 * all live, may find nothing, and must not take anything.
 */
static void early_setup(void)
{
	play_shared(SHARED_MULTI(.capacity = 2));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	play_attach(2);
}

static void early_full_setup(void)
{
	play_shared(SHARED_MULTI(.capacity = 1));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	play_attach(2);
}

static void recover_first(void)
{
	disruptor_recover(play->ring[scene_self()], 0);
}

static void recover_both(void)
{
	disruptor_recover(play->ring[scene_self()], 0);
	disruptor_recover(play->ring[scene_self()], 1);
}

/* No room for the second: who waits forgets what he wanted. */
static void publish_and_fail(void)
{
	play_produce(1, 1);
	if (disruptor_try_claim_n(play->producer[scene_self()], 1) == 1)
		play_publish_claimed(1);
}

const struct scene scene_recover_early = {
	.name = "recover-early",
	.what = "a recoverer at any instant of a producer's 2 events",
	.setup = early_setup,
	.participant = { two_events, play_consume, recover_both },
	.check = play_check,
	.mortal = 1,
	.deviations = 2, .kills = 1, .deep_deviations = 4, .deep_kills = 1,
};

const struct scene scene_recover_full = {
	.name = "recover-full",
	.what = "the same, as the producer finds the ring full",
	.setup = early_full_setup,
	.participant = { publish_and_fail, play_consume, recover_first },
	.check = play_check,
	.mortal = 1,
	.deviations = 3, .kills = 1, .deep_deviations = 5, .deep_kills = 1,
};

/* Few participants and nobody dies, for the rarest of reads. */
static void nothing_recovered(void)
{
	const struct disruptor_control *control = &play->ring[2]->words->control;

	scene_require(control->recovered == 0,
		      "a claim of somebody alive is taken");
}

const struct scene scene_recover_alive = {
	.name = "recover-alive",
	.what = "a recoverer beside a producer of 2 events that lives",
	.setup = early_setup,
	.participant = { two_events, NULL, recover_first },
	.check = nothing_recovered,
	.deviations = 5, .deep_deviations = 8,
};

static void publish_and_free(void)
{
	play_produce(1, 1);
	disruptor_producer_free(play->producer[scene_self()]);
}

const struct scene scene_recover_leaver = {
	.name = "recover-leaver",
	.what = "the same, as the producer publishes one and leaves",
	.setup = early_setup,
	.participant = { publish_and_free, NULL, recover_first },
	.check = nothing_recovered,
	.deviations = 5, .deep_deviations = 8,
};

/* The record that the one leaves is taken again, by somebody who lives. */
static void heir_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 1, .consumers_max = 1));
	play_producer(0);
	play_attach(1);
	play_attach(2);
}

static void inherit(void)
{
	disruptor_producer_new(play->ring[scene_self()]);
}

const struct scene scene_recover_heir = {
	.name = "recover-heir",
	.what = "the same, as another one takes the leaver's record",
	.setup = heir_setup,
	.participant = { publish_and_free, inherit, recover_first },
	.check = nothing_recovered,
	.deviations = 5, .deep_deviations = 8,
	.mutant_runs = 12000,
};

const struct scene scene_recover_idle = {
	.name = "recover-idle",
	.what = "the same, as the producer finds the ring full",
	.setup = early_full_setup,
	.participant = { publish_and_fail, NULL, recover_first },
	.check = nothing_recovered,
	.deviations = 5, .deep_deviations = 8,
};

/* Another producer takes the record of the dead one. */
static void reuse_setup(void)
{
	early_setup();
	play_attach(3);
	play->is_producer[3] = true;
}

static void take_over(void)
{
	int me = scene_self();

	while (!scene_has_ended(0))
		scene_wait();
	if (!scene_is_dead(0))
		return;
	play->producer[me] = disruptor_producer_new(play->ring[me]);
	scene_require(play->producer[me] != NULL, "no record: %s",
		      disruptor_error());
	play_produce(1, 1);
}

const struct scene scene_recover_reuse = {
	.name = "recover-reuse",
	.what = "a recoverer while the dead one's record is taken again",
	.setup = reuse_setup,
	.participant = { one_event, play_consume, recover_both, take_over },
	.check = play_check,
	.mortal = 1,
	.deviations = 1, .kills = 1, .deep_deviations = 3, .deep_kills = 1,
};

static void recover_follow_setup(void)
{
	play_shared(SHARED_MULTI(.capacity = 2));
	play_producer(0);
	play_stages();
	play_attach(3);
}

static void recover_after_death(void)
{
	while (!scene_has_ended(0))
		scene_wait();
	recover_first();
}

const struct scene scene_recover_follow = {
	.name = "recover-follow",
	.what = "a dead producer's gap passes a stage and its follower",
	.setup = recover_follow_setup,
	.participant = { one_event, play_consume, play_consume,
			 recover_after_death },
	.check = play_check,
	.mortal = 1,
	.deviations = 1, .kills = 1, .deep_deviations = 2, .deep_kills = 1,
};

/*
 * A claim that was beaten to its sequence and then canceled owns nothing; its
 * producer lives on, and the winner dies.
 */
static void recover_cancel_setup(void)
{
	play_shared(SHARED_MULTI(.capacity = 1));
	play_producer(0);
	play_producer(1);
	play_consumer(2, ANONYMOUS);
	play_attach(3);
}

static void try_one_event(void)
{
	if (disruptor_try_claim_n(play->producer[scene_self()], 1) == 1)
		play_publish_claimed(1);
}

static void cancel_other(void)
{
	disruptor_producer_cancel(play->producer[1]);
}

const struct scene scene_recover_cancel = {
	.name = "recover-cancel",
	.what = "a claim is beaten and canceled, the winner dies",
	.setup = recover_cancel_setup,
	.participant = { one_event, try_one_event, play_consume,
			 cancel_other },
	.check = play_check,
	.mortal = 1,
	.deviations = 2, .kills = 1, .deep_deviations = 3, .deep_kills = 1,
};

/* --- the role of the single producer -------------------------------------- */

static void role_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 2));
	play_producer(0);
	play_attach(1);
	play->is_producer[1] = true;
	play_consumer(2, ANONYMOUS);
}

static void stamped_role_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 2,
				      .slot_layout = DISRUPTOR_SLOTS_STAMPED));
	play_producer(0);
	play_attach(1);
	play->is_producer[1] = true;
	play_consumer(2, ANONYMOUS);
}

static void publish_and_leave(void)
{
	play_produce(2, 1);
	disruptor_producer_free(play->producer[scene_self()]);
}

static void succeed(void)
{
	int me = scene_self();

	while ((play->producer[me] = disruptor_producer_new(play->ring[me])) ==
	       NULL) {
		scene_require(errno == EBUSY, "no role: %s",
			      disruptor_error());
		scene_wait();
	}
	play_produce(1, 1);
}

const struct scene scene_role = {
	.name = "role",
	.what = "the single producer leaves or dies, another one goes on",
	.setup = role_setup,
	.participant = { publish_and_leave, succeed, play_consume },
	.check = play_check,
	.mortal = 1,
	.deviations = 2, .kills = 1, .deep_deviations = 4, .deep_kills = 1,
};

const struct scene scene_role_stamped = {
	.name = "role-stamped",
	.what = "the same with stamped slots",
	.setup = stamped_role_setup,
	.participant = { publish_and_leave, succeed, play_consume },
	.check = play_check,
	.mortal = 1,
	.deviations = 2, .kills = 1, .deep_deviations = 3, .deep_kills = 1,
};
