/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

/* --- the table ------------------------------------------------------------ */

static bool same_group(const struct row *a, const struct row *b)
{
	return a->scenario == b->scenario &&
	       a->shape.event_size == b->shape.event_size &&
	       a->shape.capacity == b->shape.capacity &&
	       a->shape.batch == b->shape.batch &&
	       a->shape.processes == b->shape.processes;
}

static enum bench_placement sorted_by;

/* Fastest first; without a value last. */
static int faster(const void *a, const void *b)
{
	struct series *x = &(*(struct row *const *)a)->series[sorted_by];
	struct series *y = &(*(struct row *const *)b)->series[sorted_by];
	double left, right;

	if (x->count == 0 || y->count == 0)
		return (x->count == 0) - (y->count == 0);
	left = series_median(x);
	right = series_median(y);
	return (left > right) - (left < right);
}

/* A star: other programs ran meanwhile. */
static void print_row(struct row *row, enum bench_placement placement,
		      FILE *out)
{
	struct series *s = &row->series[placement];

	fprintf(out, "  %-36s %-11s %9.2f %9.2f %9.2f %4zu%s",
		row->system->name, bench_placement_names[placement],
		series_median(s), series_min(s), series_max(s), s->count,
		row->used_disturbed[placement] != 0 ? "*" : " ");
	if (s->latency != NULL)
		fprintf(out, "%8.0f %8.0f %8.0f %8.0f",
			series_percentile(s, 50), series_percentile(s, 99),
			series_percentile(s, 99.9),
			series_percentile(s, 99.99));
	fputc('\n', out);
}

static void print_head(const struct row *row, FILE *out)
{
	enum bench_kind kind = row->scenario->kind;

	fprintf(out, "\n%s: events of %u bytes, ring of %u, batch %u\n",
		row_scenario(row), row->shape.event_size, row->shape.capacity,
		row->shape.batch);
	fprintf(out, "  %-36s %-11s %9s %9s %9s %4s", "ns per event", "",
		"median", "min", "max", "runs");
	if (kind == BENCH_ROUND_TRIP || kind == BENCH_WAKE_UP ||
	    kind == BENCH_OPEN_LOOP)
		fprintf(out, " %8s %8s %8s %8s", "p50", "p99", "p99.9",
			"p99.99");
	fputc('\n', out);
}

static void print_placement(struct row **group, size_t n,
			    enum bench_placement placement, FILE *out)
{
	size_t i;

	sorted_by = placement;
	qsort(group, n, sizeof(*group), faster);
	for (i = 0; i < n; i++)
		if (group[i]->series[placement].count != 0)
			print_row(group[i], placement, out);
}

static void print_group(struct row *rows, size_t n, FILE *out)
{
	struct row **group = calloc(n, sizeof(*group));
	size_t i;

	if (group == NULL)
		bench_fail("no memory");
	for (i = 0; i < n; i++)
		group[i] = &rows[i];
	print_head(rows, out);
	print_placement(group, n, BENCH_SAME_CACHE, out);
	print_placement(group, n, BENCH_SMT, out);
	print_placement(group, n, BENCH_CROSS_CACHE, out);
	free(group);
}

static void print_summary(const struct results *r, FILE *out)
{
	int i;

	fprintf(out, "\n%d rounds of %zu rows, %u samples:", r->rounds,
		r->count, r->samples);
	for (i = 0; i < BENCH_PLACEMENTS; i++)
		fprintf(out, " %u %s,", r->probes[i], bench_placement_names[i]);
	fprintf(out,
		"\nof which thrown away: %u (placement changed), %u (under "
		"10 ms), %u (over 200 ms)\nand set aside, as long as there "
		"are enough others: %u (other programs ran; *: used)\n",
		r->moved, r->too_short, r->too_long, r->disturbed);
}

void report_table(struct results *results, FILE *out)
{
	size_t i = 0, n;

	while (i < results->count) {
		struct row *first = &results->rows[i];

		for (n = 1;
		     i + n < results->count && same_group(first, &first[n]);)
			n++;
		print_group(first, n, out);
		i += n;
	}
	print_summary(results, out);
}

/* --- the JSON lines ------------------------------------------------------- */

static void print_percentiles(const struct series *s, FILE *out)
{
	static const struct {
		const char *key;
		double percent;
	} wanted[] = {
		{ "p50", 50 },	   { "p90", 90 },	{ "p99", 99 },
		{ "p99_9", 99.9 }, { "p99_99", 99.99 }, { "p100", 100 },
	};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		fprintf(out, ",\"%s\":%.1f", wanted[i].key,
			series_percentile(s, wanted[i].percent));
}

/* The whole curve, for plots: [percent, nanoseconds], ... */
static void print_curve(const struct series *s, FILE *out)
{
	static const double percents[] = { 0,	 25,   50,    75,    90,
					   95,	 97.5, 99,    99.5,  99.75,
					   99.9, 99.95, 99.99, 99.999, 100 };
	size_t i;

	fputs(",\"curve\":[", out);
	for (i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		fprintf(out, "%s[%g,%.1f]", i == 0 ? "" : ",", percents[i],
			series_percentile(s, percents[i]));
	fputc(']', out);
}

/* Names are our own: they need no escapes. */
static void print_json(struct row *row, enum bench_placement placement,
		       FILE *out)
{
	struct series *s = &row->series[placement];

	fprintf(out,
		"{\"scenario\":\"%s\",\"system\":\"%s\",\"event_size\":%u,"
		"\"capacity\":%u,\"batch\":%u,",
		row_scenario(row), row->system->name, row->shape.event_size,
		row->shape.capacity, row->shape.batch);
	fprintf(out,
		"\"ns_per_event\":%.3f,\"min\":%.3f,\"max\":%.3f,\"runs\":%zu,"
		"\"placement\":\"%s\",",
		series_median(s), series_min(s), series_max(s), s->count,
		bench_placement_names[placement]);
	fprintf(out, "\"disturbed\":%zu,", row->used_disturbed[placement]);
	fprintf(out, "\"between\":\"%s\",\"producers\":%u,\"consumers\":%u",
		row->shape.processes ? "processes" : "threads",
		row->shape.producers, row->shape.consumers);
	if (s->latency != NULL) {
		print_percentiles(s, out);
		print_curve(s, out);
	}
	fputs("}\n", out);
}

void report_json(struct results *results, FILE *out)
{
	size_t i;
	int p;

	for (i = 0; i < results->count; i++)
		for (p = 0; p < BENCH_PLACEMENTS; p++)
			if (results->rows[i].series[p].count != 0)
				print_json(&results->rows[i],
					   (enum bench_placement)p, out);
}
