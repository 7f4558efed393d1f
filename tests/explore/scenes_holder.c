/* SPDX-License-Identifier: MIT */
/*
 * Scenes: who asks whose claim is waited for is told the one, or nobody; and who
 * looks at a producer's record sees one owner.
 */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <disruptor/inspect.h>

#include <errno.h>

#define HEIR 2
#define ASKER 3

/* Who takes a record over looks like its last owner at first. */
static bool *heir_came;
static bool *owner_left;

/* In the simulated kernel. */
static uint32_t process_of(int participant)
{
	return (uint32_t)participant + 1;
}

static void publish_and_leave(void)
{
	play_fill_and_publish(1);
	disruptor_producer_free(play->producer[scene_self()]);
}

static void check_holder(const struct disruptor_holder *h, int64_t sequence,
			 int owner)
{
	scene_require(h->pid == process_of(owner) && h->tid == h->pid,
		      "process %u with thread %u never held %lld",
		      (unsigned int)h->pid, (unsigned int)h->tid,
		      (long long)sequence);
	scene_require(h->low <= sequence && h->high > sequence,
		      "a claim from %lld to %lld", (long long)h->low,
		      (long long)h->high);
}

static bool is_single(void)
{
	return play->ring[0]->header.producer_type ==
	       DISRUPTOR_SINGLE_PRODUCER;
}

/* The role of one that died goes to its heir, and what it claimed with it. */
static bool has_inherited(const struct disruptor_holder *h, int64_t sequence,
			  int owner)
{
	return h->pid == process_of(HEIR) && is_single() &&
	       scene_is_dead(owner) && !play->published[sequence];
}

/* It was claimed by that one before all began. */
static void ask(int64_t sequence, int owner)
{
	bool was_dead = scene_is_dead(owner);
	struct disruptor_holder holder;

	if (disruptor_find_holder(play->ring[ASKER], sequence, &holder) == 0) {
		if (has_inherited(&holder, sequence, owner))
			owner = HEIR;
		check_holder(&holder, sequence, owner);
		scene_require(!was_dead || *heir_came, "a dead one is told");
	} else {
		scene_require(errno == ENOENT && (play->publishing[sequence] ||
						  scene_is_dead(owner)),
			      "nobody is told, and one holds %lld",
			      (long long)sequence);
	}
}

/* --- claims --------------------------------------------------------------- */

static void claim_in_setup(int n)
{
	play_producer(n);
	scene_act_as(n);
	disruptor_try_claim_n(play->producer[n], 1);
	play->owner[disruptor_producer_sequence(play->producer[n], 0)] =
		(uint8_t)(n + 1);
}

static void claims_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 4,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 2, .consumers_max = 1));
	claim_in_setup(0);
	claim_in_setup(1);
	play_attach(ASKER);
	play_attach(HEIR);
	heir_came = scene_memory(sizeof(*heir_came));
}

static void publish_and_claim(void)
{
	play_fill_and_publish(1);
	play_produce(1, 1);
}

static void ask_for_both(void)
{
	ask(0, 0);
	ask(1, 1);
}

/* In the record that was left, if it was by now. */
static void inherit(void)
{
	*heir_came = true;
	play->producer[HEIR] = disruptor_producer_new(play->ring[HEIR]);
	if (play->producer[HEIR] != NULL)
		play_claim(1);
}

const struct scene scene_holder = {
	.name = "holder",
	.what = "who holds a claim, as its producer goes and has an heir",
	.setup = claims_setup,
	.participant = { publish_and_leave, publish_and_claim, inherit,
			 ask_for_both },
	.mortal = 1,
	.deviations = 1, .kills = 1, .deep_deviations = 2, .deep_kills = 1,
};

/* --- the role ------------------------------------------------------------- */

static void role_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 1));
	claim_in_setup(0);
	play_attach(ASKER);
	play_attach(HEIR);
	heir_came = scene_memory(sizeof(*heir_came));
}

static void ask_for_role(void)
{
	ask(0, 0);
}

const struct scene scene_holder_role = {
	.name = "holder-role",
	.what = "who has the role, as the single producer leaves or dies",
	.setup = role_setup,
	.participant = { publish_and_leave, NULL, inherit, ask_for_role },
	.mortal = 1,
	.deviations = 4, .kills = 1, .deep_deviations = 7, .deep_kills = 1,
};

/* --- the record ----------------------------------------------------------- */

static void record_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 1));
	claim_in_setup(0);
	play_attach(HEIR);
	heir_came = scene_memory(sizeof(*heir_came));
	owner_left = scene_memory(sizeof(*owner_left));
}

static void leave_for_good(void)
{
	publish_and_leave();
	*owner_left = true;
}

static void look_who_has_it(void)
{
	bool had_gone = *owner_left || scene_is_dead(0);
	struct disruptor_ring_info *info = disruptor_inspect("ring");
	const struct disruptor_producer_info *p = info->producers;
	uint32_t first = process_of(0), heir = process_of(HEIR);

	scene_require(info->producer_count == 1, "nobody was there");
	if (!p->alive)
		return;
	scene_require(p->tid == p->pid && (p->pid == first || p->pid == heir),
		      "process %u with thread %u", (unsigned int)p->pid,
		      (unsigned int)p->tid);
	/* It may be the heir's lock that is found. */
	scene_require(p->pid == heir || !had_gone || *heir_came,
		      "alive, and had gone");
	scene_require(p->pid == first || *heir_came, "alive, and not there");
}

const struct scene scene_inspect_heir = {
	.name = "inspect-heir",
	.what = "a producer leaves or dies, another takes its record, one looks",
	.setup = record_setup,
	.participant = { leave_for_good, NULL, inherit, look_who_has_it },
	.mortal = 1,
	.deviations = 3, .kills = 1, .deep_deviations = 5, .deep_kills = 1,
};
