/* SPDX-License-Identifier: MIT */
/*
 * Every public operation, begun in every state, is killed at every instruction;
 * then the survivors go on and the books balance. THIN=1 tries each instruction
 * that makes a difference to others (see step.h), THIN=n each n-th of them;
 * STRIDE=n each n-th of all besides. FULL=1: each one of those, all instructions
 * of operations that are not long, and each eighth of the others. Of the turns of
 * a loop after the 64th, which make no difference, each 251st will do.
 * SHARD=2/20: the second of twenty parts. OPERATION, FROM, UNTIL: that one, those
 * instructions.
 */
#include "victims.h"

#define THIN 10
#define LONG_STRIDE 8

static int64_t instructions, cells, again, turns;

static bool kill_at(const struct flavour *flavour, enum scene_state state,
		    const struct operation *operation, int64_t target)
{
	struct world w;
	bool met;

	victim_where("%s, %s, %s at %lld", flavour->name, scene_states[state],
		     operation->name, (long long)target);
	w = world_new(flavour, state);
	met = victim_kill(&w, VICTIM, operation, STEP_KILL, target);
	judge(&w);
	return met;
}

static void kill_there(const struct flavour *flavour, enum scene_state state,
		       const struct operation *operation, int64_t target)
{
	while (!kill_at(flavour, state, operation, target)) {
		again++;
		victim_step_more();
	}
	victim_slack = 0;
}

/* One operation in one state of one kind of ring. */
static void cell(const struct flavour *flavour, enum scene_state state,
		 const struct operation *operation)
{
	static struct schedule schedule;
	bool full = step_setting("FULL", 0) != 0;
	int64_t target;

	victim_where("%s, %s, %s", flavour->name, scene_states[state],
		     operation->name);
	victim_record(flavour, state, operation, &schedule, full ? 1 : THIN);
	if (full)
		schedule_fill(&schedule, LONG_STRIDE);
	instructions += schedule.length;
	cells++;
	if (getenv("V") != NULL)
		printf("%s: %" PRId64 " instructions, %u points\n", test_where,
		       schedule.length, schedule.points);
	while (!scene_has_failed() &&
	       (target = schedule_next(&schedule)) >= 0) {
		if (step_setting("FROM", 0) > target ||
		    step_setting("UNTIL", STEP_END) < target)
			continue;
		if (leaps_is_deep(&victim_routes->leaps[0], target))
			turns++;
		else
			kill_there(flavour, state, operation, target);
	}
}

static void all_states(const struct flavour *flavour,
		       const struct operation *operation)
{
	const char *only = getenv("OPERATION");
	int state;

	if (!flavour->shared || (operation->multi && !flavour_multi(flavour)))
		return;
	if (only != NULL && strcmp(only, operation->name) != 0)
		return;
	for (state = 0; state < SCENE_STATES; state++)
		if (operation->states & IN(state) && !step_is_others_part() &&
		    !scene_has_failed())
			cell(flavour, (enum scene_state)state, operation);
}

int main(int argc, char **argv)
{
	char extra[128];
	size_t flavour, i;

	(void)argc;
	step_setup(argv);
	for (flavour = 0; flavour < FLAVOURS; flavour++)
		for (i = 0; i < OPERATIONS; i++)
			all_states(&flavours[flavour], &operations[i]);
	snprintf(extra, sizeof(extra),
		 ",\"cells\":%" PRId64 ",\"instructions\":%" PRId64
		 ",\"turns\":%" PRId64 ",\"again\":%" PRId64,
		 cells, instructions, turns, again);
	return tally_print(&scene_sum, "single_step", extra);
}
