/* SPDX-License-Identifier: MIT */
/*
 * Every public operation, begun in every state, is killed at every instruction;
 * then the survivors go on and the books balance. THIN=1 tries each instruction
 * that makes a difference to others (see step.h), THIN=n each n-th of them;
 * STRIDE=n each n-th of all besides. FULL=1: each one of those, and all
 * instructions of operations that are not long.
 */
#include "victims.h"

#define THIN 10
#define LONG_OPERATION 1000 /* instructions; more: SAMPLES of them */
#define SAMPLES 16

static int64_t instructions, cells;

static int64_t full_stride(int64_t length)
{
	return length <= LONG_OPERATION ? 1 : length / SAMPLES;
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
		schedule_stride(&schedule, full_stride(schedule.length));
	instructions += schedule.length;
	cells++;
	if (getenv("V") != NULL)
		printf("%s: %" PRId64 " instructions, %u points\n", test_where,
		       schedule.length, schedule.points);
	while ((target = schedule_next(&schedule)) >= 0) {
		struct world w;

		victim_where("%s, %s, %s at %lld", flavour->name,
			     scene_states[state], operation->name,
			     (long long)target);
		w = world_new(flavour, state);
		victim_kill(&w, VICTIM, operation, STEP_KILL, target);
		judge(&w);
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
		if (operation->states & IN(state))
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
		 ",\"cells\":%" PRId64 ",\"instructions\":%" PRId64, cells,
		 instructions);
	return tally_print(&scene_sum, "single_step", extra);
}
