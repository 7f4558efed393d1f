/* SPDX-License-Identifier: MIT */
#include "bench_probe.h"
#include "units.h"

#include <disruptor/disruptor.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#define BLOCKS 6
#define ROUND_TRIPS 800

/*
 * Threads of a core answer in 28 to 55 ns, cores that share a cache in 90 to
 * 200, and others from 330 on: the borders lie in between.
 */
#define SAME_CORE_BELOW_NS 60
#define SAME_CACHE_BELOW_NS 250

const char *const bench_placement_names[BENCH_PLACEMENTS] = {
	"same core", "same cache", "far apart"
};

static int allowed_cpus(int cpus[BENCH_CPUS_MAX])
{
	cpu_set_t set;
	int i, n = 0;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 0;
	for (i = 0; i < CPU_SETSIZE && n < BENCH_CPUS_MAX; i++)
		if (CPU_ISSET((size_t)i, &set))
			cpus[n++] = i;
	return n;
}

static bool is_allowed(long cpu)
{
	cpu_set_t set;

	return cpu >= 0 && cpu < CPU_SETSIZE &&
	       sched_getaffinity(0, sizeof(set), &set) == 0 &&
	       CPU_ISSET((size_t)cpu, &set);
}

int bench_cpus(const char *list, int cpus[BENCH_CPUS_MAX])
{
	char *end;
	int n = 0;

	if (list == NULL)
		return allowed_cpus(cpus);
	do {
		long cpu = strtol(list, &end, 10);

		if (end == list || !is_allowed(cpu) || n == BENCH_CPUS_MAX ||
		    (*end != ',' && *end != '\0'))
			return 0;
		cpus[n++] = (int)cpu;
		list = end + 1;
	} while (*end != '\0');
	return n;
}

int bench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* A line for each direction, and one for the rest. */
struct lines {
	uint64_t there DISRUPTOR_ALIGNED(DISRUPTOR_LINE);
	uint64_t back DISRUPTOR_ALIGNED(DISRUPTOR_LINE);
	int cpu DISRUPTOR_ALIGNED(DISRUPTOR_LINE);
	int answering_cpu;
	double best;
};

static void *answer(void *argument)
{
	struct lines *lines = argument;
	uint64_t i;

	bench_pin(lines->answering_cpu);
	for (i = 1; i <= BLOCKS * ROUND_TRIPS + 1; i++) {
		while (disruptor_load_acquire_u64(&lines->there) != i)
			disruptor_spin_hint();
		disruptor_store_release_u64(&lines->back, i);
	}
	return NULL;
}

static void round_trip(struct lines *lines, uint64_t i)
{
	disruptor_store_release_u64(&lines->there, i);
	while (disruptor_load_acquire_u64(&lines->back) != i)
		disruptor_spin_hint();
}

static void *ask(void *argument)
{
	struct lines *lines = argument;
	uint64_t i = 1;
	int block, n;

	bench_pin(lines->cpu);
	round_trip(lines, i++);
	for (block = 0; block < BLOCKS; block++) {
		int64_t began = clock_ns();
		double mean;

		for (n = 0; n < ROUND_TRIPS; n++)
			round_trip(lines, i++);
		mean = (double)(clock_ns() - began) / ROUND_TRIPS;
		if (block == 0 || mean < lines->best)
			lines->best = mean;
	}
	return NULL;
}

double bench_probe(int cpu_a, int cpu_b)
{
	static struct lines lines;
	pthread_t asker, answerer;

	lines.there = lines.back = 0;
	lines.cpu = cpu_a;
	lines.answering_cpu = cpu_b;
	errno = pthread_create(&answerer, NULL, answer, &lines);
	if (errno != 0)
		return -1;
	errno = pthread_create(&asker, NULL, ask, &lines);
	if (errno != 0)
		return -1;
	pthread_join(asker, NULL);
	pthread_join(answerer, NULL);
	return lines.best;
}

enum bench_placement bench_classify(double round_trip_ns)
{
	if (round_trip_ns < SAME_CORE_BELOW_NS)
		return BENCH_SAME_CORE;
	return round_trip_ns < SAME_CACHE_BELOW_NS ? BENCH_SAME_CACHE :
						     BENCH_FAR_APART;
}
