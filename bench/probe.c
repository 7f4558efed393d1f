/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include "bench.h"
#include "cpu.h"

#include <pthread.h>

#define BLOCKS 6
#define ROUND_TRIPS 800

/*
 * A round trip of two lines takes 28 to 55 ns between the threads of a core,
 * 90 to 130 between the cores of an EPYC's CCX (100 to 200 on meshes and
 * rings), and from 330, mostly 430 to 600, between two CCX. The borders lie in
 * the gaps of that distribution.
 */
#define SMT_BELOW_NS 60
#define SAME_CACHE_BELOW_NS 250

const char *const bench_placement_names[BENCH_PLACEMENTS] = { "smt",
							      "same-cache",
							      "cross-cache" };

struct lines {
	uint64_t there BENCH_ALIGNED;
	uint64_t back BENCH_ALIGNED;
	int cpu;
};

static void *answer(void *argument)
{
	struct lines *lines = argument;
	uint64_t i;

	cpu_pin(lines->cpu);
	for (i = 1; i <= BLOCKS * ROUND_TRIPS + 1; i++) {
		while (bench_load(&lines->there) != i)
			bench_pause();
		bench_store(&lines->back, i);
	}
	return NULL;
}

static void round_trip(struct lines *lines, uint64_t i)
{
	bench_store(&lines->there, i);
	while (bench_load(&lines->back) != i)
		bench_pause();
}

struct asking {
	struct lines lines;
	int cpu;
	double best;
};

static void *ask(void *argument)
{
	struct asking *a = argument;
	uint64_t i = 1;
	int block, n;

	cpu_pin(a->cpu);
	round_trip(&a->lines, i++);
	for (block = 0; block < BLOCKS; block++) {
		int64_t began = bench_now();
		double mean;

		for (n = 0; n < ROUND_TRIPS; n++)
			round_trip(&a->lines, i++);
		mean = (double)(bench_now() - began) / ROUND_TRIPS;
		if (block == 0 || mean < a->best)
			a->best = mean;
	}
	return NULL;
}

double bench_probe(int cpu_a, int cpu_b)
{
	static struct asking a;
	pthread_t asker, answerer;

	a.lines.there = 0;
	a.lines.back = 0;
	a.lines.cpu = cpu_b;
	a.cpu = cpu_a;
	if (pthread_create(&answerer, NULL, answer, &a.lines) != 0 ||
	    pthread_create(&asker, NULL, ask, &a) != 0)
		bench_fail("cannot start a thread");
	pthread_join(asker, NULL);
	pthread_join(answerer, NULL);
	return a.best;
}

enum bench_placement bench_classify(double round_trip_ns)
{
	if (round_trip_ns < SMT_BELOW_NS)
		return BENCH_SMT;
	return round_trip_ns < SAME_CACHE_BELOW_NS ? BENCH_SAME_CACHE :
						     BENCH_CROSS_CACHE;
}
