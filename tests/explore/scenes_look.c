/* SPDX-License-Identifier: MIT */
/* Scenes: others look at a ring, and go by what they are told. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <disruptor/inspect.h>

#include <string.h>

#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)

/* --- who looks from outside ----------------------------------------------- */

#define FIRST "first"
#define NEXT "another, of the same record"
#define NEXT_OWNER 3	/* the process */
#define FIRST_OWNER 4

/* It has left, and its place is kept. */
static void named_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 1));
	play_attach(1);
	play_attach(2);
	play_consumer(3, DISRUPTOR_POLLER_OPTIONS(.name = FIRST));
	disruptor_poller_free(play->poller[3]);
}

static void remove_first(void)
{
	disruptor_remove_consumer(play->ring[1], FIRST);
}

static void take_its_record(void)
{
	play->poller[2] = disruptor_poller_new(play->ring[2], NEXT);
}

static void look_at_either(void)
{
	struct disruptor_ring_info *info = disruptor_inspect("ring");
	const struct disruptor_consumer_info *c = info->consumers;

	scene_require(info->consumer_count == 0 ||
			      (strcmp(c->name, FIRST) == 0 &&
			       c->pid == FIRST_OWNER) ||
			      (strcmp(c->name, NEXT) == 0 &&
			       c->pid == NEXT_OWNER),
		      "'%s' of process %u is nobody", c->name,
		      (unsigned int)c->pid);
}

const struct scene scene_inspect_reused = {
	.name = "inspect-reused",
	.what = "another consumer takes a record, a third one looks",
	.setup = named_setup,
	.participant = { look_at_either, remove_first, take_its_record },
	.deviations = 3, .deep_deviations = 5,
	.mutant_runs = 50000,
};

static void stages_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = FIRST));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .name = "second",
				 .upstream = DISRUPTOR_AFTER_NAMES(FIRST)));
}

static void leave_for_good(void)
{
	disruptor_poller_free(play->poller[1]);
	disruptor_remove_consumer(play->ring[1], FIRST);
}

static void tell(void *context, const char *problem)
{
	(void)context;
	scene_violated("a ring that is whole is found damaged: %s", problem);
}

static void find_it_whole(void)
{
	scene_require(disruptor_check("ring", tell, NULL) == 0,
		      "cannot check: %s", disruptor_error());
}

const struct scene scene_check_left = {
	.name = "check-left",
	.what = "a stage goes, another process checks the ring",
	.setup = stages_setup,
	.participant = { find_it_whole, leave_for_good },
	.deviations = 2, .deep_deviations = 3,
	.mutant_runs = 12000,
};

/* As a worker of FIRST's pool does, whom "second" follows. */
static void join_first(void)
{
	struct disruptor_consumer_set members = { { 1 } };
	struct disruptor *d = play->ring[3];

	play->poller[3] = disruptor_poller_new_opts(d, ANONYMOUS);
	scene_require(play->poller[3] != NULL &&
			      disruptor_consumer_join_members(d, 2, 0,
							      &members) == 0,
		      "cannot join: %s", disruptor_error());
}

static void pool_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 3));
	play_stages();
	play_attach(3);
	scene_act_as(3);
	join_first();
}

static void leave_and_join(void)
{
	disruptor_poller_free(play->poller[3]);
	join_first();
}

const struct scene scene_check_pool = {
	.name = "check-pool",
	.what = "a pool's worker goes, another comes, another process checks",
	.setup = pool_setup,
	.participant = { find_it_whole, NULL, NULL, leave_and_join },
	.deviations = 3, .deep_deviations = 5,
	.mutant_runs = 50000,
};

/* Long after the last owner of its record. */
static void late_setup(void)
{
	int64_t i;

	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 1));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	disruptor_poller_free(play->poller[1]);
	scene_act_as(0);
	for (i = 0; i < 3; i++)
		play_publish_in_setup(1);
}

static void join_late(void)
{
	play->poller[1] = disruptor_poller_new_opts(play->ring[1], ANONYMOUS);
}

const struct scene scene_check_joined = {
	.name = "check-joined",
	.what = "a consumer joins in an old record, another process checks",
	.setup = late_setup,
	.participant = { find_it_whole, join_late },
	.deviations = 2, .deep_deviations = 4,
};

/* --- who left is done ----------------------------------------------------- */

static void marker_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 1));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	play_attach(2);
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void mark_one(void)
{
	struct disruptor_poller *p = play->poller[1];

	scene_require(disruptor_poll(p) == 1, "the event is not there");
	*(uint64_t *)disruptor_poller_event(p, 0) += 1;
	disruptor_poller_advance(p, 1);
}

static void mark_and_leave(void)
{
	mark_one();
	disruptor_poller_free(play->poller[1]);
}

static void find_mark(void)
{
	scene_require(*(uint64_t *)disruptor_ring_buffer_event(
			      &play->ring[scene_self()]->ring, 0) == 1,
		      "what is done is not to be seen");
}

static void look_when_done(void)
{
	while (disruptor_has_backlog(play->ring[0]))
		scene_wait();
	find_mark();
}

static void look_when_passed(void)
{
	struct disruptor_ring_info *info = disruptor_inspect("ring");

	if (info->consumer_count == 1 && info->consumers[0].sequence == 1)
		find_mark();
}

static void look_when_gone(void)
{
	while (disruptor_consumer_count(play->ring[2]) > 0)
		scene_wait();
	find_mark();
}

const struct scene scene_backlog_left = {
	.name = "backlog-left",
	.what = "a consumer works and leaves, others wait for that",
	.setup = marker_setup,
	.participant = { look_when_done, mark_and_leave, look_when_gone },
	.deviations = 2, .deep_deviations = 4,
};

const struct scene scene_inspect_done = {
	.name = "inspect-done",
	.what = "a consumer works, another process inspects how far it is",
	.setup = marker_setup,
	.participant = { NULL, mark_one, look_when_passed },
	.deviations = 3, .deep_deviations = 5,
};
