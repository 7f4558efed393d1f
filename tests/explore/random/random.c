/* SPDX-License-Identifier: MIT */
#include "random.h"

#include "programs.h"

#include <stdio.h>
#include <time.h>

#define SHOWN 5			/* differences; then it is enough */
#define BUFFERED_MAX 5		/* operations */

static struct outcomes found, allowed;
static struct {
	uint64_t programs, buffered, outcomes, candidates, executions, cut;
	int different;
	double searching, checking;
} counts;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The explorer gave up: nothing to compare. */
static bool run_both(const struct program *p)
{
	double began = seconds(), between;
	uint64_t executions = search_outcomes(p, &found);

	between = seconds();
	counts.searching += between - began;
	if (executions == UINT64_MAX) {
		counts.cut++;
		return false;
	}
	counts.executions += executions;
	counts.candidates += axioms_outcomes(p, &allowed);
	counts.checking += seconds() - between;
	counts.outcomes += (uint64_t)allowed.count;
	return true;
}

static bool differs(const struct program *p)
{
	return run_both(p) && (outcomes_beyond(&found, &allowed) != NULL ||
			       outcomes_beyond(&allowed, &found) != NULL);
}

static void show_one(const struct program *p, const char *what,
		     const struct values *outcome)
{
	printf("  %s: ", what);
	values_print(p, outcome);
	axioms_explain(p, outcome);
}

static void show(const struct program *p)
{
	const struct values *more = outcomes_beyond(&found, &allowed);
	const struct values *less = outcomes_beyond(&allowed, &found);

	program_print(p);
	if (more != NULL)
		show_one(p, "seen, not allowed", more);
	if (less != NULL)
		show_one(p, "allowed, not seen", less);
}

static void report(struct program *p, uint64_t seed)
{
	printf("program %llu, explore random 1 %llu, differs:\n",
	       (unsigned long long)counts.programs, (unsigned long long)seed);
	show(p);
	program_shrink(p, differs);
	printf("  smaller:\n");
	if (differs(p))
		show(p);
	fflush(stdout);
}

static void print_counts(uint64_t seed)
{
	printf("seed %llu: %llu programs, %llu with load buffering, "
	       "%llu outcomes, %llu candidates, %llu executions, %llu cut, "
	       "%d differences, %.1f s "
	       "(explorer %.1f, axioms %.1f)\n",
	       (unsigned long long)seed, (unsigned long long)counts.programs,
	       (unsigned long long)counts.buffered,
	       (unsigned long long)counts.outcomes,
	       (unsigned long long)counts.candidates,
	       (unsigned long long)counts.executions,
	       (unsigned long long)counts.cut, counts.different,
	       counts.searching + counts.checking, counts.searching,
	       counts.checking);
}

/* With load buffering there are many times more executions. */
static bool is_small(const struct program *p)
{
	int t, operations = 0;

	for (t = 0; t < p->threads; t++)
		operations += p->count[t];
	return operations <= BUFFERED_MAX;
}

int random_run(uint64_t count, uint64_t seed)
{
	struct program p;
	uint64_t i;

	for (i = 0; i < count && counts.different < SHOWN; i++) {
		program_make(&p, seed + i);
		counts.programs++;
		random_load_buffering = (seed + i) % 2 == 0 && is_small(&p);
		counts.buffered += random_load_buffering;
		if (!differs(&p))
			continue;
		counts.different++;
		report(&p, seed + i);
	}
	print_counts(seed);
	return counts.different + (counts.cut > 0 || count == 0);
}
