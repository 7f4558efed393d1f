/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include "cpu.h"
#include "crew.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * The host moves the CPUs between placements within a second, so a long run
 * measures a mixture. Instead there are many short samples, round-robin over
 * all rows, so that what is compared was measured at nearly the same time, as
 * often, and with as much bad luck. A sample counts for the placement that the
 * probes before and after it agree on, and if it took 10 to 200 ms: shorter,
 * and starting up would count; longer, and it spans a move.
 *
 * On a machine that is not idle, samples during which another program ran on
 * one of the CPUs are set aside, and used only where too few others are left.
 */
#define SAMPLE_NS 30e6
#define SAMPLE_QUICK_NS 20e6
#define SAMPLE_SHORTEST_NS 10e6
#define SAMPLE_LONGEST_NS 200e6
#define WARM_UP_NS 10e6
#define FIRST 10000
#define FIRST_NS 2e6 /* enough for a first estimate */
#define UNDISTURBED_ENOUGH 3
#define PROBE_FRESH_NS 3000000 /* the last sample's second probe serves */

/* --- failure and interruption --------------------------------------------- */

static const struct row *current;
static pid_t main_process;
static volatile sig_atomic_t interrupted;

void bench_fail(const char *format, ...)
{
	va_list arguments;

	if (current != NULL)
		fprintf(stderr,
			"\nbench: %s, %s, %u bytes, ring %u, batch %u: ",
			row_scenario(current), current->system->name,
			current->shape.event_size, current->shape.capacity,
			current->shape.batch);
	else
		fprintf(stderr, "bench: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	if (main_process != 0 && getpid() != main_process)
		_exit(1);
	exit(1);
}

static void on_interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* --- a sample ------------------------------------------------------------- */

static enum bench_placement look(void)
{
	return bench_classify(bench_probe(cpu_at(0), cpu_at(1)));
}

/* The placement now, from the last sample's second probe if it is fresh. */
static enum bench_placement placement_now(bool again)
{
	static enum bench_placement placement;
	static int64_t looked;

	if (again || bench_now() - looked > PROBE_FRESH_NS) {
		placement = look();
		looked = bench_now();
	}
	return placement;
}

/* Rounded up to whole batches. */
static uint64_t batches(const struct bench_shape *shape, double events)
{
	double batch = shape->batch;
	double per_producer = events / shape->producers;

	return (uint64_t)(per_producer / batch + 1) * shape->batch;
}

/* Two laps, or some time, or, when nothing is known, some events. */
static double warm_up(const struct bench_shape *shape, double ns_per_event)
{
	double laps = 2.0 * shape->capacity;
	double limit = ns_per_event > 0 ? WARM_UP_NS / ns_per_event : FIRST;

	return laps < limit ? laps : limit;
}

/* Nanoseconds for all events. */
static double run_row(struct bench_run *run, const struct row *row,
		      double events, double ns_per_event)
{
	current = row;
	run->system = row->system;
	run->shape = row->shape;
	run->counts[0] =
		batches(&row->shape, warm_up(&row->shape, ns_per_event));
	run->counts[1] = batches(&row->shape, events);
	return (double)crew_sample(run);
}

static double events_of(const struct bench_run *run)
{
	return (double)(run->counts[1] * run->shape.producers);
}

/* What a row takes in a placement; for want of that, in another one. */
static double estimate(const struct row *row, enum bench_placement placement)
{
	int i;

	if (row->estimate[placement] > 0)
		return row->estimate[placement];
	for (i = 0; i < BENCH_PLACEMENTS; i++)
		if (row->estimate[i] > 0)
			return row->estimate[i];
	return 0;
}

static double first_events(enum bench_kind kind)
{
	switch (kind) {
	case BENCH_ROUND_TRIP:
		return 1000;
	case BENCH_WAKE_UP:
		return 10;
	default:
		return FIRST;
	}
}

/* The first time: until the sample is long enough to say something. */
static void make_estimate(struct bench_run *run, struct row *row)
{
	enum bench_placement placement = placement_now(false);
	double events = first_events(row->scenario->kind), ns = 0;

	for (; ns < FIRST_NS; events = events * 2 * FIRST_NS / ns)
		ns = run_row(run, row, events, 0);
	row->estimate[placement] = ns / events_of(run);
}

static double median_ns(const struct histogram *ticks)
{
	return (double)histogram_percentile(ticks, 50) * bench_ns_per_tick();
}

/* One number for a sample: the mean, but where outliers rule, the median. */
static double value_of(const struct bench_run *run, double ns)
{
	if (run->system->kind == BENCH_WAKE_UP ||
	    run->system->kind == BENCH_OPEN_LOOP)
		return median_ns(&run->latency);
	if (run->blocks.total != 0)
		return median_ns(&run->blocks) / (double)run->block;
	return ns / events_of(run);
}

static void keep(struct results *results, const struct bench_run *run,
		 struct row *row, enum bench_placement placement, double ns)
{
	struct series *series = &row->series[placement];

	if (ns < SAMPLE_SHORTEST_NS) {
		results->too_short++;
		return;
	}
	if (ns > SAMPLE_LONGEST_NS) {
		results->too_long++;
		return;
	}
	if (crew_preempted(run) != 0) {
		results->disturbed++;
		series = &row->disturbed[placement];
	}
	series_add(series, value_of(run, ns));
	if (run->latency.total != 0)
		series_add_latency(series, &run->latency);
}

/* Follows at once when a row is faster than it seemed, slowly when slower. */
static void learn(struct row *row, enum bench_placement placement, double ns)
{
	double *estimate = &row->estimate[placement];

	if (*estimate <= 0 || ns < *estimate)
		*estimate = ns;
	else
		*estimate += (ns - *estimate) / 8;
}

static void sample(const struct plan *plan, struct results *results,
		   struct bench_run *run, struct row *row)
{
	enum bench_placement before, after;
	double per_event, ns;

	if (results->rounds == 1)
		make_estimate(run, row);
	before = placement_now(false);
	per_event = estimate(row, before);
	ns = run_row(run, row,
		     (plan->quick ? SAMPLE_QUICK_NS : SAMPLE_NS) / per_event,
		     per_event);
	after = placement_now(true);
	results->samples++;
	results->probes[before]++;
	if (before != after) {
		results->moved++;
		return;
	}
	learn(row, before, ns / events_of(run));
	keep(results, run, row, before, ns);
}

/* --- rounds --------------------------------------------------------------- */

static void show_progress(const struct results *results, size_t i)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rround %d, %zu of %zu   ", results->rounds, i + 1,
		results->count);
}

static void use_disturbed(struct row *row)
{
	int p;

	for (p = 0; p < BENCH_PLACEMENTS; p++) {
		if (row->series[p].count >= UNDISTURBED_ENOUGH)
			continue;
		row->used_disturbed[p] = row->disturbed[p].count;
		series_merge(&row->series[p], &row->disturbed[p]);
	}
}

static bool over(int64_t end)
{
	return interrupted || bench_now() >= end;
}

void harness_run(const struct plan *plan, struct results *results)
{
	int64_t end = bench_now() + (int64_t)(plan->seconds * 1e9);
	struct bench_run *run = crew_run_new();
	size_t i;

	main_process = getpid();
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	rows_make(plan, results);
	while (!over(end)) {
		results->rounds++;
		for (i = 0; i < results->count && !over(end); i++) {
			show_progress(results, i);
			sample(plan, results, run, &results->rows[i]);
		}
	}
	current = NULL;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%40s\r", "");
	for (i = 0; i < results->count; i++)
		use_disturbed(&results->rows[i]);
	bench_unmap(run, sizeof(*run));
}
