/* SPDX-License-Identifier: MIT */
#include "units.h"

#include <stdio.h>
#include <time.h>

static char *scale(char *text, double value, const char *const *units)
{
	int i = 0;

	while (value >= 999.5 && units[i + 1] != NULL) {
		value /= 1000;
		i++;
	}
	if (i == 0)
		snprintf(text, UNITS_SIZE, "%.0f%s", value, units[i]);
	else
		snprintf(text, UNITS_SIZE, "%.*f%s",
			 value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value,
			 units[i]);
	return text;
}

char *units_bytes(char text[UNITS_SIZE], double bytes)
{
	static const char *const units[] = { " B",  " kB", " MB", " GB",
					     " TB", " PB", NULL };

	return scale(text, bytes, units);
}

char *units_count(char text[UNITS_SIZE], double count)
{
	static const char *const units[] = { "", " k", " M", " G", " T", NULL };

	return scale(text, count, units);
}

char *units_time(char text[UNITS_SIZE], int64_t ns)
{
	static const char *const units[] = { " ns", " us", " ms", " s", NULL };

	return scale(text, (double)ns, units);
}

int64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
