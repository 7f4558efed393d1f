/* SPDX-License-Identifier: MIT */
/*
 * Two victims, and a third party that completes. Side by side: one is stopped
 * at its instruction while the other runs to its own and is killed there, then
 * the first one too. One after the other: the second looks after the first,
 * or takes its record, and is killed at that. Of the instructions that make a
 * difference, each THIN-th is tried with each THIN-th; FULL=1: all with all.
 */
#include "victims.h"

#define THIN 7

struct pair {
	const char *first, *second;
	enum scene_state state;
	bool side_by_side;
	bool multi;
};

static const struct pair pairs[] = {
	{ "publish batch", "publish", EMPTY, true, true },
	{ "publish batch", "publish", LAP_EDGE, true, true },
	{ "publish", "publish batch", LAP_EDGE, true, true },
	{ "publish", "publish", CLAIMED, true, true },
	{ "abandon", "publish", EMPTY, true, true },
	{ "publish batch", "recover", EMPTY, false, true },
	{ "publish batch", "recover", CLAIMED, false, true },
	{ "abandon", "recover", LAP_EDGE, false, true },
	{ "recover", "recover", CLAIMED, true, true },
	{ "recover", "recover", CLAIMED, false, true },
	{ "join", "evict", FULL, false, false },
	{ "join named", "evict", EMPTY, false, false },
	{ "leave", "evict", FULL, false, false },
	{ "evict", "evict", GRAVE, false, false },
	{ "evict", "join", GRAVE, false, false },
	{ "join", "join", GRAVE, false, false },
	{ "remove", "join named", EMPTY, false, false },
	{ "producer new", "producer new", EMPTY, false, false },
	{ "publish", "producer new", EMPTY, false, false },
	{ "producer free", "publish", EMPTY, false, false },
};

static void kill_both(const struct flavour *flavour, const struct pair *pair,
		      int64_t i, int64_t j)
{
	const struct operation *first = operation_named(pair->first);
	const struct operation *second = operation_named(pair->second);
	struct world w;
	pid_t pid = 0;

	victim_where("%s, %s, %s at %lld, %s at %lld", flavour->name,
		     scene_states[pair->state], first->name, (long long)i,
		     second->name, (long long)j);
	w = world_new(flavour, pair->state);
	if (pair->side_by_side)
		pid = victim_stop(&w, VICTIM, first, i, NULL);
	else
		victim_kill(&w, VICTIM, first, STEP_KILL, i);
	victim_kill(&w, RIVAL, second, STEP_KILL, j);
	if (pid != 0) {
		CHECK_EQ(kill(pid, SIGKILL), 0);
		step_join_killed(pid);
		victim_is_dead(&w, VICTIM);
	}
	judge(&w);
}

/* What the second goes through when the first was killed there. */
static void record_second(const struct flavour *flavour,
			  const struct pair *pair, int64_t first,
			  struct schedule *schedule, int64_t thin)
{
	struct world w = world_new(flavour, pair->state);

	victim_kill(&w, VICTIM, operation_named(pair->first), STEP_KILL, first);
	victim_kill(&w, RIVAL, operation_named(pair->second), STEP_RECORD, 0);
	schedule_make(schedule, step_of(w.s, RIVAL), thin);
	judge(&w);
}

static int64_t pair_up(const struct flavour *flavour, const struct pair *pair)
{
	static struct schedule first, second, other;
	int64_t thin = step_setting("FULL", 0) ? 1 : THIN, i, j, points = 0;

	victim_where("%s, %s, %s, %s", flavour->name, scene_states[pair->state],
		     pair->first, pair->second);
	victim_record(flavour, pair->state, operation_named(pair->first),
		      &first, thin);
	record_second(flavour, pair, STEP_END, &second, thin);
	record_second(flavour, pair, first.length / 2, &other, thin);
	if (other.points > second.points)
		second = other;
	while (!scene_has_failed() && (i = schedule_next(&first)) >= 0)
		for (other = second; (j = schedule_next(&other)) >= 0; points++)
			kill_both(flavour, pair, i, j);
	return points;
}

int main(int argc, char **argv)
{
	char extra[64];
	int64_t points = 0;
	size_t flavour, i;

	(void)argc;
	step_setup(argv);
	for (flavour = 0; flavour < FLAVOURS; flavour++)
		for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
			if (flavours[flavour].shared &&
			    (flavour_multi(&flavours[flavour]) ||
			     !pairs[i].multi) &&
			    !step_is_others_part() && !scene_has_failed())
				points +=
					pair_up(&flavours[flavour], &pairs[i]);
	snprintf(extra, sizeof(extra), ",\"pairs\":%" PRId64, points);
	return tally_print(&scene_sum, "two_victims", extra);
}
