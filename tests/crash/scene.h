/* SPDX-License-Identifier: MIT */
/*
 * How a world begins, in a known state, and how it ends, with books that must
 * balance.
 */
#ifndef CRASH_SCENE_H
#define CRASH_SCENE_H

#include "world.h"

/* --- a world begins --- */

static inline void world_claim_and_die(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));
	struct life *life = &s->book.life[CORPSE][0];

	CHECK_EQ(disruptor_try_claim_n(p, 2), 2);
	book_claimed(life);
	book_fill_claim(p, CORPSE, 0, 0, 2);
	raise(SIGKILL);
}

static inline void world_join_and_die(void *argument)
{
	struct scene *s = argument;

	POLLER(ATTACH(s->name), NULL);
	raise(SIGKILL);
}

static inline void world_sleep(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_poller *poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.wait_strategy =
						    DISRUPTOR_WAIT_BLOCKING));
	struct reader reader = { .row = -1 };

	CHECK(poller != NULL);
	disruptor_store_seq_cst_u32(&s->ready, 1);
	if (disruptor_poll_wait(poller, DISRUPTOR_FOREVER) < 0)
		_exit(0);
	book_take(&s->book, &reader, disruptor_poller_event(poller, 0));
	disruptor_free(d);
}

static inline bool world_somebody_sleeps(struct world *w)
{
	return (disruptor_load_acquire_u32(&w->d->words->control.signal) &
		DISRUPTOR_SIGNAL_SLEEPERS) != 0;
}

static inline void world_start_sleeper(struct world *w)
{
	w->sleeper = child_start(world_sleep, w->s);
	wait_for_u32(&w->s->ready, 1);
	while (!world_somebody_sleeps(w))
		sched_yield();
}

static inline void world_enter(struct world *w, enum scene_state state)
{
	int i;

	switch (state) {
	case LAP_EDGE:
		world_pump(w, SCENE_CAPACITY - 1);
		break;
	case FULL:
		for (i = 0; i < SCENE_CAPACITY; i++)
			CHECK(world_put(w));
		break;
	case ASLEEP:
		world_start_sleeper(w);
		break;
	case CLAIMED:
		step_join_killed(child_start(world_claim_and_die, w->s));
		break;
	case GRAVE:
		step_join_killed(child_start(world_join_and_die, w->s));
		break;
	default:
		break;
	}
	/* The role is the victim's. */
	if (!world_multi(w)) {
		disruptor_producer_free(w->p);
		w->p = NULL;
	}
}

static inline void world_note_graves(struct world *w)
{
	uint32_t i;

	for (i = 0; i < SCENE_CONSUMERS; i++)
		if (!disruptor_liveness_alive(w->d, DISRUPTOR_LOCK_CONSUMER(i)))
			w->graves[i] = disruptor_load_acquire_u64(
				&w->d->consumers[i].status);
}

static inline struct world world_new(const struct flavour *flavour,
				     enum scene_state state)
{
	struct world w = { .flavour = flavour, .state = state };

	watchdog();
	w.s = shared_alloc(sizeof(*w.s));
	w.d = RING(flavour, .capacity = SCENE_CAPACITY,
		   .event_size = sizeof(struct book_event),
		   .producers_max = flavour_multi(flavour) ? SCENE_PRODUCERS :
							     0,
		   .consumers_max = SCENE_CONSUMERS);
	snprintf(w.s->name, sizeof(w.s->name), "%s", ring_name());
	snprintf(w.s->other, sizeof(w.s->other), "%.40s.other", w.s->name);
	w.region = region_open(w.s->name);
	reader_from_start(&world_adopt(&w, POLLER(w.d, "w"))->reader, 0);
	reader_from_start(&world_adopt(&w, FOLLOWER(w.d, NULL, "w"))->reader,
			  1);
	world_enter(&w, state);
	world_note_graves(&w);
	return w;
}

/* --- a world ends, and is judged --- */

/* A place that the dead hold: it is where its owner left it. */
static inline void world_resume_place(struct world *w)
{
	struct scene *s = w->s;
	int64_t sequence;

	struct disruptor_poller *poller = disruptor_poller_new(w->d, "n");

	CHECK(poller != NULL);
	sequence = disruptor_poller_sequence(poller, 0);
	if (sequence < s->place_finished)
		book_fault(&s->book.tally.duplicated, 1, "place went back",
			   &w->survivors[0].reader, VICTIM,
			   &w->survivors[0].reader.places[VICTIM], sequence);
	if (s->place_begun != 0 && sequence > s->place_begun)
		book_fault(&s->book.tally.lost, 1, "place went ahead",
			   &w->survivors[0].reader, VICTIM,
			   &w->survivors[0].reader.places[VICTIM], sequence);
	world_adopt(w, poller);
}

/* All the locks of the dead are free: each record can be had again. */
static inline void world_fill_records(struct world *w)
{
	int handles = w->p != NULL;

	while (!w->closed && disruptor_producer_new(w->d) != NULL)
		handles++;
	if (!w->closed)
		CHECK_EQ(handles, world_multi(w) ? SCENE_PRODUCERS : 1);
	while (disruptor_poller_new(w->d, NULL) != NULL)
		;
	CHECK_EQ(errno, EUSERS);
	CHECK_EQ(disruptor_consumer_count(w->d), SCENE_CONSUMERS);
}

static inline void world_problem(void *context, const char *problem)
{
	(void)context;
	fprintf(stderr, "%s\n", problem);
}

static inline void world_account(struct world *w)
{
	struct disruptor_ring_info *info = disruptor_inspect(w->s->name);
	const struct disruptor_consumer_record *witness;
	int64_t gaps;

	CHECK(info != NULL);
	CHECK_EQ(info->claimed, info->published);
	witness = w->survivors[0].poller->record;
	gaps = (int64_t)disruptor_load_relaxed_u64(&witness->gaps);
	CHECK_EQ(w->survivors[0].reader.taken + gaps, info->claimed);
	CHECK_EQ(w->survivors[1].reader.taken + gaps, info->claimed);
	w->s->book.tally.gaps += gaps;
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_check(w->s->name, world_problem, NULL), 0);
}

static inline void world_settle(struct world *w)
{
	uint32_t slot;
	int i;

	for (i = 0; i < 2; i++)
		for (slot = 0; slot < BOOK_SLOTS; slot++)
			book_settle(&w->s->book, &w->survivors[i].reader, slot,
				    1);
	if (memcmp(w->s->book.got[0], w->s->book.got[1],
		   sizeof(w->s->book.got[0])) != 0)
		book_fault(&w->s->book.tally.lost, 1, "consumers disagree",
			   &w->survivors[1].reader, 0,
			   &w->survivors[1].reader.places[0], 0);
	for (i = 0; i < w->count; i++)
		w->s->book.tally.delivered += w->survivors[i].reader.taken;
}

/* A process that must end well. */
static inline void world_join(struct world *w, pid_t pid, const char *who)
{
	int64_t deadline = book_now() + SCENE_STUCK_NS;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (book_now() > deadline) {
			world_stuck(w, who);
			CHECK_EQ(kill(pid, SIGKILL), 0);
			CHECK_EQ(waitpid(pid, &status, 0), pid);
			return;
		}
		usleep(50);
	}
	CHECK_EQ(status, 0);
}

/* Everybody but the survivors is dead or done. */
static inline void world_judge(struct world *w)
{
	world_pump(w, SCENE_PUMPED);
	if (w->sleeper != 0)
		world_join(w, w->sleeper, "sleeper");
	world_pump(w, 0);
	if (w->failed)
		return;
	world_settle(w);
	world_fill_records(w);
	world_account(w);
}

static inline void world_free(struct world *w)
{
	tally_add(&scene_sum, &w->s->book.tally);
	disruptor_free(w->d);
	CHECK_EQ(disruptor_unlink(w->s->name), 0);
	region_close(&w->region);
	shared_free(w->s, sizeof(*w->s));
}

#endif
