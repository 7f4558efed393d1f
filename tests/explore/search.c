/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void search_prepare(const struct scene *scene)
{
	static struct bounds none;

	engine.scene = scene;
	engine.running = false;
	engine.current = engine.setting_for = 0;
	engine.bounds = none;
	memory_forget();
	plain_forget();
	system_forget();
	threads_reset();
	threads_enter(0);
	memset(&engine.participant, 0, sizeof(engine.participant));
	scene->setup();
	system_keep();
}

static void count(struct findings *f, enum outcome outcome)
{
	f->runs++;
	f->kills += (uint64_t)engine.killed;
	f->forbidden += outcome == FORBIDDEN;
	f->cut += outcome == CUT;
}

static void note_violation(struct findings *f)
{
	f->violated = true;
	f->depth = engine.bounds.deviations - engine.left + engine.killed;
	trail_describe(f->schedule, sizeof(f->schedule));
	snprintf(f->reason, sizeof(f->reason), "%s", engine.reason);
}

static bool is_enough(const struct findings *f)
{
	const struct bounds *b = &engine.bounds;

	return (b->runs > 0 && f->runs >= (uint64_t)b->runs) ||
	       (b->states > 0 && seen_count() >= (uint64_t)b->states);
}

/* Once through; stops where it learns that a location is shared. */
static bool search_once(struct findings *f)
{
	enum outcome outcome;

	trail_clear();
	seen_clear();
	do {
		outcome = engine_run();
		if (memory_learnt())
			return false;
		count(f, outcome);
		if (outcome == VIOLATION) {
			note_violation(f);
			return true;
		}
		if (is_enough(f))
			return true;
	} while (trail_advance());
	f->complete = true;
	return true;
}

void search(const struct scene *scene, const struct bounds *bounds,
	    struct findings *f)
{
	double began = seconds();

	search_prepare(scene);
	engine.bounds = *bounds;
	do
		memset(f, 0, sizeof(*f));
	while (!search_once(f));
	f->states = seen_count();
	f->seconds = seconds() - began;
}

void search_shortest(const struct scene *scene, const struct bounds *bounds,
		     struct findings *f)
{
	struct bounds b = *bounds;
	double began = seconds();

	search_prepare(scene);
	for (b.deviations = 0; b.deviations <= bounds->deviations;
	     b.deviations++)
		for (b.kills = 0; b.kills <= bounds->kills; b.kills++) {
			engine.bounds = b;
			do
				memset(f, 0, sizeof(*f));
			while (!search_once(f));
			f->states = seen_count();
			f->seconds = seconds() - began;
			if (f->violated)
				return;
		}
}

enum outcome search_replay(const struct scene *scene, const char *schedule)
{
	enum outcome outcome;

	search_prepare(scene);
	engine.bounds.deviations = UNBOUNDED;
	engine.bounds.kills = UNBOUNDED;
	engine.following = true;
	trail_follow(schedule);
	memory_forget();
	outcome = engine_run();
	engine.following = false;
	return outcome;
}
