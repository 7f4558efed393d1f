/* SPDX-License-Identifier: MIT */
#include "cpu.h"

#include "bench.h"

#include <sched.h>
#include <stdlib.h>

static int cpus[CPUS_MAX];
static int count;

static void choose_allowed(void)
{
	cpu_set_t allowed;
	int i;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		bench_fail("which CPUs may I use? %m");
	for (i = 0; i < CPU_SETSIZE && count < 2; i++)
		if (CPU_ISSET((size_t)i, &allowed))
			cpus[count++] = i;
}

static void choose_listed(const char *list)
{
	char *end;

	do {
		long cpu = strtol(list, &end, 10);

		if (end == list || cpu < 0 || cpu >= CPU_SETSIZE ||
		    (*end != ',' && *end != '\0') || count == CPUS_MAX)
			bench_fail("--cpus: not a list of CPUs");
		cpus[count++] = (int)cpu;
		list = end + 1;
	} while (*end != '\0');
}

void cpu_choose(const char *list)
{
	if (list != NULL)
		choose_listed(list);
	else
		choose_allowed();
	if (count < 2)
		bench_fail("this needs two CPUs");
}

int cpu_count(void)
{
	return count;
}

int cpu_at(int i)
{
	return cpus[i];
}

static void pin(const int *set, int n)
{
	cpu_set_t wanted;
	int i;

	CPU_ZERO(&wanted);
	for (i = 0; i < n; i++)
		CPU_SET((size_t)set[i], &wanted);
	if (sched_setaffinity(0, sizeof(wanted), &wanted) != 0)
		bench_fail("cannot run on CPU %d: %m", set[0]);
}

void cpu_pin(int cpu)
{
	pin(&cpu, 1);
}

void cpu_unpin(void)
{
	pin(cpus, count);
}
