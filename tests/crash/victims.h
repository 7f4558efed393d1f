/* SPDX-License-Identifier: MIT */
/* Victims at their work, and how a world goes on after them. */
#ifndef CRASH_VICTIMS_H
#define CRASH_VICTIMS_H

#include "operations.h"

struct work {
	struct scene *s;
	const struct region *region; /* inherited, to see what others see */
	const struct operation *operation;
	uint32_t slot;			      /* VICTIM or RIVAL */
	void (*afterwards)(struct victim *v); /* who was stopped goes on */
};

static inline struct step *step_of(struct scene *s, uint32_t slot)
{
	return &s->step[slot == RIVAL];
}

static inline void work(void *argument)
{
	const struct work *work = argument;
	struct victim v = { .s = work->s,
			    .slot = work->slot,
			    .reader = { .row = -1 } };

	if (!work->operation->detached)
		v.d = ATTACH(work->s->name);
	if (work->operation->prepare != NULL)
		work->operation->prepare(&v);
	step_watch(work->region->words, work->region->size - DISRUPTOR_PAGE);
	step_begin(step_of(work->s, work->slot));
	work->operation->run(&v);
	step_end();
	if (work->afterwards != NULL)
		work->afterwards(&v);
}

/* The routes of VICTIM and of RIVAL, as they were recorded last. */
static struct routes {
	struct route route[2];
	struct leaps leaps[2];
} * victim_routes TEST_UNUSED;
static int64_t victim_slack TEST_UNUSED;

static inline void victim_step_more(void)
{
	victim_slack = victim_slack == 0 ? LEAP_SLACK : STEP_END;
}

static inline void victim_route(struct step *step, uint32_t slot)
{
	uint32_t i = slot == RIVAL;

	if (victim_routes == NULL)
		victim_routes = shared_alloc(sizeof(*victim_routes));
	if (step->mode == STEP_RECORD)
		step->route = &victim_routes->route[i];
	else
		step->leap = leaps_find(&victim_routes->leaps[i], step->target,
					victim_slack);
}

static inline pid_t victim_start(struct world *w, uint32_t slot,
				 const struct operation *operation,
				 enum step_mode mode, int64_t target,
				 void (*afterwards)(struct victim *v))
{
	struct work arguments = { w->s, &w->region, operation, slot,
				  afterwards };

	step_prepare(step_of(w->s, slot), mode, target);
	victim_route(step_of(w->s, slot), slot);
	w->other |= operation->detached;
	return child_start(work, &arguments);
}

static inline void victim_is_dead(struct world *w, uint32_t slot)
{
	w->s->book.tally.kills++;
	w->s->book.tally.in_window += w->s->book.life[slot][0].window != 0;
	w->closed = (disruptor_load_acquire_u32(&w->d->words->control.state) &
		     DISRUPTOR_STATE_CLOSED) != 0;
}

/*
 * Runs it to that instruction, and it dies there. Returns false where it went
 * another way than it did when it was recorded.
 */
static inline bool victim_kill(struct world *w, uint32_t slot,
			       const struct operation *operation,
			       enum step_mode mode, int64_t target)
{
	step_join_killed(victim_start(w, slot, operation, mode, target, NULL));
	victim_is_dead(w, slot);
	if (mode == STEP_RECORD)
		leaps_make(&victim_routes->leaps[slot == RIVAL],
			   &victim_routes->route[slot == RIVAL]);
	return !step_of(w->s, slot)->missed;
}

static inline pid_t victim_stop(struct world *w, uint32_t slot,
				const struct operation *operation,
				int64_t target,
				void (*afterwards)(struct victim *v))
{
	pid_t pid =
		victim_start(w, slot, operation, STEP_STOP, target, afterwards);

	step_wait_stopped(pid);
	return pid;
}

/* A ring that is being made or taken away is there whole, or not at all. */
static inline void judge_other(struct world *w)
{
	errno = 0;
	if (disruptor_check(w->s->other, world_problem, NULL) != 0)
		CHECK_EQ(errno, ENOENT);
	else
		CHECK_EQ(disruptor_unlink(w->s->other), 0);
	disruptor_free(disruptor_create_shared(w->s->other, other_options()));
	CHECK_EQ(disruptor_unlink(w->s->other), 0);
}

/* Not a gap, which the sleeper may have made of it by now. */
static inline bool first_event_is_there(const struct disruptor *d)
{
	return disruptor_published(d) > 0 &&
	       (d->ring.words == NULL ||
		disruptor_load_acquire_u64(disruptor_commit_word(d, 0)) ==
			disruptor_word_published(0));
}

/* The wake-up may have died with its waker, and no other publish helps. */
static inline void judge_sleep(struct world *w)
{
	if (w->state != ASLEEP || !first_event_is_there(w->d))
		return;
	world_join(w, w->sleeper, "sleeper, without a wake-up");
	w->sleeper = 0;
}

/* Everybody but the survivors is dead. */
static inline void judge(struct world *w)
{
	judge_sleep(w);
	world_resume_place(w);
	world_judge(w);
	if (w->other)
		judge_other(w);
	world_free(w);
}

/*
 * Where to kill or stop: what the operation goes through, undisturbed. The
 * first time is not like the others: memory is not where it will be.
 */
static inline void victim_record(const struct flavour *flavour,
				 enum scene_state state,
				 const struct operation *operation,
				 struct schedule *schedule, int64_t thin)
{
	struct world w = world_new(flavour, state);

	victim_kill(&w, VICTIM, operation, STEP_KILL, STEP_END);
	judge(&w);
	w = world_new(flavour, state);
	victim_kill(&w, VICTIM, operation, STEP_RECORD, 0);
	schedule_make(schedule, step_of(w.s, VICTIM), thin);
	judge(&w);
}

/* Says where, for messages. */
static inline void victim_where(const char *format, ...)
{
	static char where[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(where, sizeof(where), format, arguments);
	va_end(arguments);
	test_where = where;
}

#endif
