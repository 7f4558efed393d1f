/* SPDX-License-Identifier: MIT */
/* Scenes: a ring comes into being, and somebody looks at it. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <disruptor/inspect.h>

#include <string.h>

static void nothing_setup(void)
{
	play = scene_memory(sizeof(*play));
}

static void create(void)
{
	int me = scene_self();

	play->ring[me] = disruptor_create_shared(
		"ring", DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
					  .consumers_max = 1,
					  .first_sequence = 1));
	if (play->ring[me] == NULL)
		scene_require(errno == EEXIST, "cannot create: %s",
			      disruptor_error());
	else
		play->closed[me] = true;
}

/* Finds no ring, or a whole one. */
static void attach(void)
{
	int me = scene_self();

	while ((play->ring[me] = disruptor_attach("ring", 8)) == NULL) {
		scene_require(errno == ENOENT, "half a ring: %s",
			      disruptor_error());
		if (scene_has_ended(0) && scene_has_ended(2) &&
		    !play->closed[0] && !play->closed[2])
			return;
		scene_wait();
	}
	scene_require(disruptor_published(play->ring[me]) == 1,
		      "a ring that does not begin at its beginning");
}

static void create_check(void)
{
	scene_require(!(play->closed[0] && play->closed[2]),
		      "two rings of one name");
	scene_require(play->closed[0] || play->closed[2] || scene_has_deaths(),
		      "nobody made the ring");
}

const struct scene scene_create = {
	.name = "create",
	.what = "two processes create a ring, a third attaches; two may die",
	.setup = nothing_setup,
	.participant = { create, attach, create },
	.check = create_check,
	.mortal = 5,
	.no_barrier = true,
	.deviations = 3, .kills = 1, .deep_deviations = 6, .deep_kills = 2,
};

/* --- looking -------------------------------------------------------------- */

#define NAME "observed"

static void look_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 1));
	play_attach(1);
}

static void check_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 1, .consumers_max = 1));
	play_attach(1);
	play_producer(1);
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(.name = NULL));
	disruptor_try_claim_n(play->producer[1], 1);
}

static void give_up_and_publish(void)
{
	disruptor_abandon(play->producer[scene_self()]);
	play_produce(1, 1);
}

static void pass_both(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];

	while (disruptor_poller_sequence(p, 0) < 2)
		if (disruptor_poll(p) > 0)
			disruptor_poller_advance(p, 1);
		else
			scene_wait();
}

static void join_by_name(void)
{
	int me = scene_self();

	play->poller[me] = disruptor_poller_new(play->ring[me], NAME);
}

static void check_ring(void)
{
	scene_require(disruptor_check("ring", NULL, NULL) == 0,
		      "a ring that is whole is found damaged");
}

static void look(void)
{
	struct disruptor_ring_info *info = disruptor_inspect("ring");

	scene_require(info != NULL, "cannot look: %s", disruptor_error());
	check_ring();
	scene_require(info->consumer_count == 0 ||
			      strcmp(info->consumers[0].name, NAME) == 0,
		      "a consumer without its name");
}

static void join_and_go(void)
{
	join_by_name();
	disruptor_poller_free(play->poller[scene_self()]);
}

static void resume_by_name(void)
{
	while (!scene_has_ended(1))
		scene_wait();
	join_by_name();
}

static void look_resume_setup(void)
{
	look_setup();
	play_attach(2);
}

/* Looks at no other instant: a kernel's call would order what it saw. */
static void look_at_name(void)
{
	struct disruptor *d = play->ring[scene_self()];
	const struct disruptor_consumer_record *r = &d->consumers[0];
	char name[DISRUPTOR_CONSUMER_NAME_SIZE];

	if (!disruptor_consumer_gates(disruptor_load_acquire_u64(&r->status)))
		return;
	disruptor_consumer_get_name(r, name);
	scene_require(strcmp(name, NAME) == 0, "a consumer without its name");
}

const struct scene scene_inspect_resumed = {
	.name = "inspect-resumed",
	.what = "a consumer is resumed by another process, a third one looks",
	.setup = look_resume_setup,
	.participant = { look_at_name, join_and_go, resume_by_name },
	.deviations = 3, .deep_deviations = 6,
};

const struct scene scene_inspect = {
	.name = "inspect",
	.what = "a consumer joins, another process inspects the ring",
	.setup = look_setup,
	.participant = { look, join_by_name },
	.deviations = 4, .deep_deviations = 7,
};

const struct scene scene_check = {
	.name = "check",
	.what = "a gap and an event pass, another process checks the ring",
	.setup = check_setup,
	.participant = { check_ring, give_up_and_publish, pass_both },
	.deviations = 3, .deep_deviations = 5,
};
