/* SPDX-License-Identifier: MIT */
#include "bench_report.h"
#include "arguments.h"
#include "json.h"
#include "units.h"

#include <stdio.h>
#include <stdlib.h>

#define SAMPLES_MAX 100000

/* The samples of one placement. */
struct series {
	double *ns;		/* per event */
	double *probes;
	size_t count;
	struct histogram round_trips;
};

struct bench_report {
	struct series series[BENCH_PLACEMENTS];
	uint64_t moved;		/* samples that do not count */
};

struct bench_report *bench_report_new(void)
{
	return calloc(1, sizeof(struct bench_report));
}

void bench_report_free(struct bench_report *r)
{
	int i;

	for (i = 0; i < BENCH_PLACEMENTS; i++) {
		free(r->series[i].ns);
		free(r->series[i].probes);
	}
	free(r);
}

static void append(double **values, size_t count, double value)
{
	/* In steps that double: room for as many again when count is one. */
	if ((count & (count - 1)) == 0) {
		size_t room = count == 0 ? 1 : 2 * count;
		double *more = realloc(*values, room * sizeof(**values));

		if (more == NULL)
			abort();
		*values = more;
	}
	(*values)[count] = value;
}

static void merge(struct histogram *h, const struct histogram *more)
{
	int i;

	for (i = 0; i < HISTOGRAM_COUNTS; i++)
		h->counts[i] += more->counts[i];
	h->total += more->total;
	if (more->max > h->max)
		h->max = more->max;
}

void bench_report_add(struct bench_report *r, double probe_before,
		      double probe_after, double ns_per_event,
		      const struct histogram *round_trips)
{
	enum bench_placement placement = bench_classify(probe_before);
	struct series *s = &r->series[placement];

	if (bench_classify(probe_after) != placement ||
	    probe_before >= BENCH_NO_PROBE || probe_after >= BENCH_NO_PROBE ||
	    s->count == SAMPLES_MAX) {
		r->moved++;
		return;
	}
	append(&s->ns, s->count, ns_per_event);
	append(&s->probes, s->count, probe_before);
	merge(&s->round_trips, round_trips);
	s->count++;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts. */
static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), ascending);
	return n % 2 != 0 ? values[n / 2] :
			    (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* --- for people ----------------------------------------------------------- */

static void print_shape(const struct bench_shape *s)
{
	const struct disruptor_options *o = &s->options;
	char size[UNITS_SIZE];

	printf("ring        %llu events of %llu bytes (%s), %s, %s, %s\n",
	       (unsigned long long)o->capacity,
	       (unsigned long long)o->event_size,
	       units_bytes(size, (double)o->capacity * (double)o->event_size),
	       o->slot_layout == DISRUPTOR_SLOTS_STAMPED ? "stamped" : "packed",
	       s->shared ? "shared" : "private",
	       wait_strategy_name(o->wait_strategy));
	printf("threads     %u producing in batches of %lld, %u consuming, ",
	       s->producers, (long long)s->batch, s->consumers);
	if (bench_is_pinned(s))
		printf("each on a CPU of its own\n");
	else
		printf("more than the %d CPUs\n", s->cpu_count);
}

static void print_series(struct series *s, const struct bench_shape *shape,
			 const char *placement)
{
	double ns = median(s->ns, s->count);
	char count[UNITS_SIZE], bytes[UNITS_SIZE], p50[UNITS_SIZE];
	char p99[UNITS_SIZE], p999[UNITS_SIZE];

	printf("\n%s\n", placement);
	if (shape->cpu_count > 1)
		printf("  probe       %.0f ns for two cache lines there and "
		       "back\n", median(s->probes, s->count));
	printf("  throughput  %.2f ns per event (%.2f to %.2f, %zu samples): "
	       "%s events/s, %s/s\n",
	       ns, s->ns[0], s->ns[s->count - 1], s->count,
	       units_count(count, 1e9 / ns),
	       units_bytes(bytes,
			   1e9 / ns * (double)shape->options.event_size));
	if (s->round_trips.total == 0)
		return;
	printf("  round trip  p50 %s, p99 %s, p99.9 %s\n",
	       units_time(p50, histogram_percentile(&s->round_trips, 50)),
	       units_time(p99, histogram_percentile(&s->round_trips, 99)),
	       units_time(p999, histogram_percentile(&s->round_trips, 99.9)));
}

static void print_table(struct bench_report *r, const struct bench_shape *shape)
{
	int i, found = 0;

	print_shape(shape);
	for (i = 0; i < BENCH_PLACEMENTS; i++) {
		if (r->series[i].count == 0)
			continue;
		print_series(&r->series[i], shape,
			     shape->cpu_count > 1 ? bench_placement_names[i] :
						    "one CPU only");
		found++;
	}
	if (found > 1)
		printf("\nThe CPUs were moved while this ran.\n");
	if (r->moved != 0)
		printf("\n%llu samples do not count: the CPUs were moved or "
		       "busy meanwhile.\n", (unsigned long long)r->moved);
}

/* --- JSON ----------------------------------------------------------------- */

/* Picoseconds: JSON's numbers here are integers. */
static uint64_t ps(double ns)
{
	return (uint64_t)(ns * 1000);
}

static void json_series(struct json *json, struct series *s,
			const char *placement)
{
	json_begin(json, NULL, '{');
	json_string(json, "placement", placement);
	json_unsigned(json, "probe_ps", ps(median(s->probes, s->count)));
	json_unsigned(json, "samples", s->count);
	json_unsigned(json, "ps_per_event", ps(median(s->ns, s->count)));
	json_unsigned(json, "ps_per_event_min", ps(s->ns[0]));
	json_unsigned(json, "ps_per_event_max", ps(s->ns[s->count - 1]));
	if (s->round_trips.total != 0) {
		json_signed(json, "round_trip_ns_p50",
			    histogram_percentile(&s->round_trips, 50));
		json_signed(json, "round_trip_ns_p99",
			    histogram_percentile(&s->round_trips, 99));
		json_signed(json, "round_trip_ns_p99_9",
			    histogram_percentile(&s->round_trips, 99.9));
	}
	json_end(json, '}');
}

static void print_json(struct bench_report *r, const struct bench_shape *shape)
{
	const struct disruptor_options *o = &shape->options;
	struct json json = { false };
	int i;

	json_begin(&json, NULL, '{');
	json_unsigned(&json, "capacity", o->capacity);
	json_unsigned(&json, "event_size", o->event_size);
	json_signed(&json, "batch", shape->batch);
	json_unsigned(&json, "producers", shape->producers);
	json_unsigned(&json, "consumers", shape->consumers);
	json_string(&json, "slots",
		    o->slot_layout == DISRUPTOR_SLOTS_STAMPED ? "stamped" :
								"packed");
	json_string(&json, "wait", wait_strategy_name(o->wait_strategy));
	json_boolean(&json, "shared", shape->shared);
	json_boolean(&json, "pinned", bench_is_pinned(shape));
	json_unsigned(&json, "cpus", (uint64_t)shape->cpu_count);
	json_unsigned(&json, "moved", r->moved);
	json_begin(&json, "placements", '[');
	for (i = 0; i < BENCH_PLACEMENTS; i++)
		if (r->series[i].count != 0)
			json_series(&json, &r->series[i],
				    bench_placement_names[i]);
	json_end(&json, ']');
	json_end(&json, '}');
	putchar('\n');
}

void bench_report_print(struct bench_report *r, const struct bench_shape *shape,
			bool json)
{
	if (json)
		print_json(r, shape);
	else
		print_table(r, shape);
}
