/* SPDX-License-Identifier: MIT */
#include "improvise.h"

#include "chance.h"
#include "engine.h"

#include <stdio.h>
#include <string.h>

#define RUNS 4000		/* executions of a scene */
#define SHOWN 5			/* violated scenes; then it is enough */

/* --- chance --------------------------------------------------------------- */

static struct chance chance;

static int below(int n)
{
	return chance_below(&chance, n);
}

static bool once_in(int n)
{
	return below(n) == 0;
}

/* --- a scene -------------------------------------------------------------- */

static enum improvised_step lively_step_of_producer(void)
{
	static const enum improvised_step steps[] = {
		STEP_PUBLISH_WAITING, STEP_PUBLISH_WAITING,
		STEP_PUBLISH_WAITING, STEP_PUBLISH_WAITING,
		STEP_PUBLISH,	      STEP_GIVE_UP,
		STEP_LEAVE,	      STEP_JOIN,
		STEP_CLOSE,	      STEP_HALT
	};
	enum improvised_step step = steps[below(10)];

	return step == STEP_GIVE_UP && !improvisation.multi ?
		       STEP_PUBLISH_WAITING :
		       step;
}

static enum improvised_step lively_step_of_consumer(void)
{
	static const enum improvised_step steps[] = {
		STEP_WAIT,   STEP_WAIT,	 STEP_WAIT,	   STEP_TAKE,
		STEP_STAND,  STEP_LEAVE, STEP_JOIN,	   STEP_FOLLOW,
		STEP_REMOVE, STEP_HALT,	 STEP_JOIN_OLDEST, STEP_RECOVER
	};

	return steps[below(12)];
}

static enum improvised_step step_of_producer(void)
{
	static const enum improvised_step steps[] = {
		STEP_PUBLISH, STEP_PUBLISH, STEP_PUBLISH, STEP_PUBLISH_TWO,
		STEP_GIVE_UP, STEP_LEAVE, STEP_JOIN, STEP_CLOSE
	};
	enum improvised_step step = steps[below(8)];

	return step == STEP_PUBLISH_TWO && improvisation.capacity < 2 ?
		       STEP_PUBLISH :
	       step == STEP_GIVE_UP && !improvisation.multi ? STEP_PUBLISH :
							      step;
}

static enum improvised_step step_of_consumer(void)
{
	static const enum improvised_step steps[] = {
		STEP_TAKE, STEP_TAKE,	     STEP_TAKE,	  STEP_LEAVE,
		STEP_JOIN, STEP_JOIN_OLDEST, STEP_FOLLOW, STEP_RECOVER
	};

	return steps[below(8)];
}

static enum improvised_step step_of(enum improvised_part part)
{
	bool lively = improvisation.lively;

	if (part == PART_PRODUCER)
		return lively ? lively_step_of_producer() : step_of_producer();
	if (part == PART_CONSUMER)
		return lively ? lively_step_of_consumer() : step_of_consumer();
	return lively && once_in(2) ? STEP_REMOVE : STEP_RECOVER;
}

static void make_steps(int n)
{
	enum improvised_part part = improvisation.parts[n].part;
	enum improvised_step *steps = improvisation.parts[n].steps;
	int i, count = 1 + below(3);

	if (!improvisation.parts[n].is_there && part != PART_VISITOR)
		*steps++ = once_in(2) ? STEP_JOIN : STEP_JOIN_OLDEST;
	for (i = 0; i < count; i++)
		*steps++ = step_of(part);
	if (part == PART_CONSUMER && !once_in(3))
		*steps = improvisation.lively && once_in(2) ?
				 STEP_CONSUME_WAITING :
				 STEP_CONSUME;
}

static void make_part(int n)
{
	struct improvisation *i = &improvisation;

	i->parts[n].part = n == 0 ? PART_PRODUCER :
			   n == 1 ? PART_CONSUMER :
				    (enum improvised_part)below(3);
	if (i->parts[n].part == PART_PRODUCER && n > 0 && !i->multi)
		i->parts[n].part = PART_CONSUMER;
	if (i->parts[n].part == PART_VISITOR && !(i->shared && i->multi))
		i->parts[n].part = PART_CONSUMER;
	i->parts[n].is_there = n == 0 || !once_in(3);
	i->parts[n].follows = n > 1 && i->parts[1].is_there && once_in(3);
	i->parts[n].is_mortal = i->shared && once_in(3);
	i->parts[n].has_limit = i->lively && once_in(2);
	make_steps(n);
}

/* Of this kind from the beginning; the ring has room for two. */
static int members(enum improvised_part part)
{
	int n, count = 0;

	for (n = 0; n < improvisation.count; n++)
		count += improvisation.parts[n].part == part &&
			 improvisation.parts[n].is_there;
	return count;
}

static void make(uint64_t number, bool lively)
{
	struct improvisation *i = &improvisation;
	int n;

	chance.state = number;
	memset(i, 0, sizeof(*i));
	i->shared = !once_in(3);
	i->multi = !once_in(3);
	i->stamped = once_in(2);
	i->capacity = 1 + below(2);
	i->count = 2 + below(IMPROVISED_PARTS - 1);
	i->lively = lively;
	i->no_barrier = lively && once_in(3);
	for (n = 0; n < i->count; n++)
		make_part(n);
}

const struct scene *improvise(uint64_t number)
{
	static struct scene scene;
	bool lively = number % 2 != 0;
	int n;

	do
		make(number++ ^ UINT64_C(0x5bf03635f0935ad3), lively);
	while (members(PART_PRODUCER) > 2 || members(PART_CONSUMER) > 2);
	scene = scene_improvised;
	scene.deviations = 1 + below(3);
	scene.no_barrier = improvisation.no_barrier;
	for (n = 0; n < SCENE_PARTICIPANTS; n++) {
		if (n >= improvisation.count)
			scene.participant[n] = NULL;
		else if (improvisation.parts[n].is_mortal)
			scene.mortal |= 1u << n;
	}
	scene.kills = scene.mortal != 0;
	return &scene;
}

/* --- in words ------------------------------------------------------------- */

void improvise_print(void)
{
	static const char *const steps[STEP_COUNT] = {
		[STEP_PUBLISH] = "publishes", [STEP_PUBLISH_TWO] = "publishes two",
		[STEP_GIVE_UP] = "gives up a claim", [STEP_TAKE] = "takes",
		[STEP_CONSUME] = "consumes", [STEP_JOIN] = "joins",
		[STEP_JOIN_OLDEST] = "joins at the oldest",
		[STEP_FOLLOW] = "follows", [STEP_LEAVE] = "leaves",
		[STEP_RECOVER] = "recovers", [STEP_CLOSE] = "closes",
		[STEP_PUBLISH_WAITING] = "waits for room and publishes",
		[STEP_WAIT] = "waits and takes",
		[STEP_CONSUME_WAITING] = "consumes, waiting",
		[STEP_STAND] = "stands still",
		[STEP_REMOVE] = "removes the place of 1", [STEP_HALT] = "halts",
	};
	static const char *const parts[] = { "producer", "consumer", "visitor" };
	const struct improvisation *i = &improvisation;
	int n, s;

	printf("    %s ring of %d, %s, %s%s\n", i->shared ? "shared" : "private",
	       i->capacity, i->multi ? "multi producer" : "single producer",
	       i->stamped ? "stamped" : "packed",
	       i->no_barrier ? ", no membarrier" : "");
	for (n = 0; n < i->count; n++) {
		printf("    %d %s%s%s%s%s:", n, parts[i->parts[n].part],
		       i->parts[n].is_there ? "" : ", comes later",
		       i->parts[n].follows ? ", behind 1" : "",
		       i->parts[n].is_mortal ? ", mortal" : "",
		       i->parts[n].has_limit ? ", evictable" : "");
		for (s = 0; s < IMPROVISED_STEPS; s++)
			if (i->parts[n].steps[s] != STEP_NONE)
				printf(" %s;", steps[i->parts[n].steps[s]]);
		printf("\n");
	}
}

/* --- many ----------------------------------------------------------------- */

/*
 * Few deviations first: where the executions do not reach to the end of all, the
 * last ones differ from each other only in their last steps. True: all was seen.
 */
static bool search_deeper(const struct scene *scene, struct findings *f,
			  struct findings *sum)
{
	struct bounds bounds = { .kills = scene->kills };
	uint64_t left = RUNS;

	do {
		bounds.deviations++;
		bounds.runs = (int64_t)left;
		search(scene, &bounds, f);
		left -= f->runs < left ? f->runs : left;
		sum->runs += f->runs;
		sum->states += f->states;
		sum->kills += f->kills;
		sum->seconds += f->seconds;
		sum->cut += f->cut;
	} while (!f->violated && left > 0 &&
		 bounds.deviations < scene->deviations);
	return f->complete && bounds.deviations == scene->deviations;
}

static bool run_one(uint64_t number, struct findings *sum, int *complete)
{
	const struct scene *scene = improvise(number);
	struct bounds bounds = { .deviations = scene->deviations,
				 .kills = scene->kills, .runs = RUNS };
	struct findings f;

	*complete += search_deeper(scene, &f, sum);
	if (!f.violated)
		return true;
	search_shortest(scene, &bounds, &f);
	printf("improvised-%llu VIOLATED: %s\n    schedule: %s\n",
	       (unsigned long long)number, f.reason, f.schedule);
	improvise_print();
	fflush(stdout);
	return false;
}

int improvise_run(int count, uint64_t number)
{
	struct findings sum = { 0 };
	int i, violated = 0, complete = 0;

	for (i = 0; i < count && violated < SHOWN; i++)
		violated += !run_one(number + (uint64_t)i, &sum, &complete);
	printf("%d improvised scenes from %llu on: %llu executions, "
	       "%llu states, %llu kills, %llu cut, %.0f seconds; %d to their end, "
	       "%d violated\n",
	       i, (unsigned long long)number,
	       (unsigned long long)sum.runs, (unsigned long long)sum.states,
	       (unsigned long long)sum.kills, (unsigned long long)sum.cut,
	       sum.seconds, complete, violated);
	return violated + (sum.cut != 0);
}
