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
#define LIMIT_NS 50000000	/* who is alone needs 3 ms at most */
#define SPINS 4096		/* between two looks at the clock */
#define STOP UINT64_MAX

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

/* Answers whatever is new, until it is STOP. */
static void *answer(void *argument)
{
	struct lines *lines = argument;
	uint64_t i = 0, next;

	bench_pin(lines->answering_cpu);
	while (i != STOP) {
		while ((next = disruptor_load_acquire_u64(&lines->there)) == i)
			disruptor_spin_hint();
		i = next;
		disruptor_store_release_u64(&lines->back, i);
	}
	return NULL;
}

/* False: no answer until then. The other CPU is busy with something else. */
static bool round_trip(struct lines *lines, uint64_t i, int64_t end)
{
	uint64_t spins = 0;

	disruptor_store_release_u64(&lines->there, i);
	while (disruptor_load_acquire_u64(&lines->back) != i) {
		if (++spins % SPINS == 0 && clock_ns() >= end)
			return false;
		disruptor_spin_hint();
	}
	return true;
}

/* Nanoseconds of one, the mean of a block; negative: not until then. */
static double time_block(struct lines *lines, uint64_t *i, int64_t end)
{
	int64_t began = clock_ns();
	int n;

	if (began >= end)
		return -1;
	for (n = 0; n < ROUND_TRIPS; n++)
		if (!round_trip(lines, ++*i, end))
			return -1;
	return (double)(clock_ns() - began) / ROUND_TRIPS;
}

static void *ask(void *argument)
{
	struct lines *lines = argument;
	int64_t end = clock_ns() + LIMIT_NS;
	uint64_t i = 1;
	double mean = 0;
	int block;

	bench_pin(lines->cpu);
	if (!round_trip(lines, i, end))
		mean = -1;
	for (block = 0; block < BLOCKS && mean >= 0; block++) {
		mean = time_block(lines, &i, end);
		if (mean >= 0 && mean < lines->best)
			lines->best = mean;
	}
	disruptor_store_release_u64(&lines->there, STOP);
	return NULL;
}

double bench_probe(int cpu_a, int cpu_b)
{
	static struct lines lines;
	pthread_t asker, answerer;

	lines.there = lines.back = 0;
	lines.best = BENCH_NO_PROBE;
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
