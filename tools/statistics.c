/* SPDX-License-Identifier: MIT */
#include "statistics.h"
#include "units.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool statistics_open(struct statistics *s, bool latency)
{
	memset(s, 0, sizeof(*s));
	if (!latency)
		return true;
	s->latency = calloc(1, sizeof(*s->latency));
	return s->latency != NULL;
}

void statistics_close(struct statistics *s)
{
	free(s->latency);
	s->latency = NULL;
}

void statistics_batch(struct statistics *s, int64_t now)
{
	if (s->began == 0)
		s->began = now;
	s->ended = now;
	if (s->same != 0)
		histogram_record(s->latency, now - s->published_ns, s->same);
	s->same = 0;
}

static void print_rates(const struct statistics *s)
{
	double seconds = (double)(s->ended - s->began) / 1e9;
	char events[UNITS_SIZE], bytes[UNITS_SIZE];

	fprintf(stderr, "seconds    %.6f\n", seconds);
	if (!(seconds > 0))
		return;
	fprintf(stderr, "rate       %s events/s, %s/s\n",
		units_count(events, (double)s->events / seconds),
		units_bytes(bytes, (double)s->bytes / seconds));
}

static void print_latency(const struct histogram *h)
{
	static const double percents[] = { 50, 90, 99, 99.9, 99.99 };
	char text[UNITS_SIZE];
	size_t i;

	fputs("latency    ", stderr);
	for (i = 0; i < sizeof(percents) / sizeof(*percents); i++)
		fprintf(stderr, "p%g %s, ", percents[i],
			units_time(text, histogram_percentile(h, percents[i])));
	fprintf(stderr, "max %s\n", units_time(text, h->max));
}

void statistics_print(const struct statistics *s, const char *what,
		      const char *ring)
{
	char bytes[UNITS_SIZE];

	fprintf(stderr, "%-11s%s\n", what, ring);
	fprintf(stderr, "records    %" PRIu64 "\n", s->records);
	fprintf(stderr, "events     %" PRIu64 "\n", s->events);
	fprintf(stderr, "bytes      %" PRIu64 " (%s)\n", s->bytes,
		units_bytes(bytes, (double)s->bytes));
	print_rates(s);
	if (s->latency != NULL && s->latency->total != 0)
		print_latency(s->latency);
	if (s->gaps != 0)
		fprintf(stderr, "gaps       %" PRIu64 "\n", s->gaps);
	if (s->torn != 0)
		fprintf(stderr, "torn       %" PRIu64 " records, whose "
				"publishers died in them\n", s->torn);
	if (s->skipped != 0)
		fprintf(stderr, "skipped    %" PRIu64 " events of records that "
				"began earlier\n", s->skipped);
}
