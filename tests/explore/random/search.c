/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include "engine.h"
#include "os/os.h"

#include <string.h>

/* The explorer's outcomes: the program as a scene, with no bound. */

static const struct program *program;
static struct outcomes *outcomes;
static struct values outcome;
static uint64_t *words;

static struct explore_site *site(const struct operation *o)
{
	static struct explore_site sites[BARRIER][EXPLORE_SEQ_CST + 1];
	struct explore_site *s = &sites[o->kind][o->order];

	*s = (struct explore_site){
		.file = "random", .function = "", .object = "", .id = -2,
		.order = o->order,
		.operation = o->kind == ADD ? EXPLORE_IS_ADD : EXPLORE_IS_CAS
	};
	return s;
}

static uint64_t swap(const struct operation *o, uint64_t *word)
{
	uint64_t found = (uint64_t)o->expected;

	explore_cas(site(o), word, sizeof(*word), &found, (uint64_t)o->value);
	return found;
}

static uint64_t run_operation(const struct operation *o, uint64_t *word)
{
	switch (o->kind) {
	case LOAD:
		return explore_load(site(o), word, sizeof(*word));
	case STORE:
		explore_store(site(o), word, sizeof(*word), (uint64_t)o->value);
		return 0;
	case FENCE:
		explore_fence(site(o));
		return 0;
	case BARRIER:
		disruptor_os_barrier(true);
		return 0;
	case CAS:
		return swap(o, word);
	default:
		return explore_modify(site(o), word, sizeof(*word),
				      (uint64_t)o->value);
	}
}

static void run_thread(void)
{
	int t = scene_self(), i;

	for (i = 0; i < program->count[t]; i++) {
		const struct operation *o = &program->operation[t][i];

		outcome.value[t * OPERATIONS_EACH + i] =
			(uint16_t)run_operation(o, &words[o->place]);
	}
}

static void setup(void)
{
	words = scene_memory(PLACES * sizeof(*words));
}

static void note(void)
{
	int i;

	for (i = 0; i < PLACES; i++)
		outcome.value[REGISTERS + i] = (uint16_t)words[i];
	outcomes_add(outcomes, &outcome);
}

uint64_t search_outcomes(const struct program *p, struct outcomes *found)
{
	static const enum promises promises[] = {
		[RC11] = NO_PROMISES,
		[C11] = PROMISES_OF_C11,
		[MACHINES] = PROMISES_OF_MACHINES
	};
	struct scene scene = { .name = "random", .setup = setup,
			       .check = note };
	struct bounds bounds = { .deviations = UNBOUNDED };
	struct findings findings;
	int t;

	for (t = 0; t < p->threads; t++)
		scene.participant[t] = run_thread;
	program = p;
	outcomes = found;
	memset(&outcome, 0, sizeof(outcome));
	outcomes_clear(found);
	engine.promises = promises[random_buffering];
	search(&scene, &bounds, &findings);
	engine.promises = PROMISES_OF_MACHINES;
	return findings.cut > 0 ? UINT64_MAX : findings.runs;
}
