/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

int disruptor_os_thread_name(const char *name)
{
	return -pthread_setname_np(pthread_self(), name);
}

/* One "3" or "4-7"; *end is behind it. */
static int parse_range(const char *text, char **end, cpu_set_t *set)
{
	long first = strtol(text, end, 10), last = first;

	if (*end == text || first < 0)
		return -EINVAL;
	if (**end == '-') {
		text = *end + 1;
		last = strtol(text, end, 10);
		if (*end == text)
			return -EINVAL;
	}
	if (last < first || last >= CPU_SETSIZE)
		return -EINVAL;
	for (; first <= last; first++)
		CPU_SET((size_t)first, set);
	return 0;
}

static int parse_cpus(const char *text, cpu_set_t *set)
{
	char *end = NULL;

	CPU_ZERO(set);
	do {
		if (parse_range(text, &end, set) < 0)
			return -EINVAL;
		text = end + 1;
	} while (*end == ',');
	return *end == '\0' ? 0 : -EINVAL;
}

int disruptor_os_check_cpus(const char *cpus)
{
	cpu_set_t set;

	return parse_cpus(cpus, &set);
}

int disruptor_os_thread_cpus(const char *cpus)
{
	cpu_set_t set;
	int error = parse_cpus(cpus, &set);

	if (error < 0)
		return error;
	return -pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}
