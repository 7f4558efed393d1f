/* SPDX-License-Identifier: MIT */
#include "random.h"

#include "programs.h"

#include <stdio.h>
#include <time.h>

#define SHOWN 5			/* differences; then it is enough */
#define C11_MAX 5		/* operations */
#define MACHINES_MAX 6

static struct outcomes found, allowed;
static struct {
	uint64_t programs, of_c11, of_machines;
	uint64_t outcomes, candidates, executions, cut;
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
		printf("cut:\n");
		program_print(p);
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
	printf("seed %llu: %llu programs, with load buffering %llu as in C11, "
	       "%llu of machines, %llu outcomes, %llu candidates, "
	       "%llu executions, %llu cut, %d differences, %.1f s "
	       "(explorer %.1f, axioms %.1f)\n",
	       (unsigned long long)seed, (unsigned long long)counts.programs,
	       (unsigned long long)counts.of_c11,
	       (unsigned long long)counts.of_machines,
	       (unsigned long long)counts.outcomes,
	       (unsigned long long)counts.candidates,
	       (unsigned long long)counts.executions,
	       (unsigned long long)counts.cut, counts.different,
	       counts.searching + counts.checking, counts.searching,
	       counts.checking);
}

/* With load buffering there are many times more executions. */
static bool is_small(const struct program *p, int most)
{
	int t, operations = 0;

	for (t = 0; t < p->threads; t++)
		operations += p->count[t];
	return operations <= most;
}

/* In scenes who is ahead may miss a fence that is somebody else's membarrier. */
static bool has_barrier(const struct program *p)
{
	int t, i;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			if (p->operation[t][i].kind == BARRIER)
				return true;
	return false;
}

static enum load_buffering choose_buffering(const struct program *p,
					    uint64_t seed)
{
	if (seed % 3 == 0 && is_small(p, C11_MAX))
		return C11;
	if (seed % 3 == 1 && is_small(p, MACHINES_MAX) && !has_barrier(p))
		return MACHINES;
	return RC11;
}

int random_run(uint64_t count, uint64_t seed)
{
	struct program p;
	uint64_t i;

	for (i = 0; i < count && counts.different < SHOWN; i++) {
		program_make(&p, seed + i);
		counts.programs++;
		random_buffering = choose_buffering(&p, seed + i);
		counts.of_c11 += random_buffering == C11;
		counts.of_machines += random_buffering == MACHINES;
		if (!differs(&p))
			continue;
		counts.different++;
		report(&p, seed + i);
	}
	print_counts(seed);
	return counts.different + (counts.cut > 0 || count == 0);
}
