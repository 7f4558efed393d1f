/* SPDX-License-Identifier: MIT */
/* What is linked in, and what of it a plan wants. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#define SYSTEMS_MAX 256
#define SCENARIOS_MAX 64

static const struct bench_system *systems[SYSTEMS_MAX];
static const struct bench_scenario *scenarios[SCENARIOS_MAX];
static size_t system_count, scenario_count;

void bench_add_system(const struct bench_system *system)
{
	if (system_count == SYSTEMS_MAX)
		abort();
	systems[system_count++] = system;
}

void bench_add_scenario(const struct bench_scenario *scenario)
{
	if (scenario_count == SCENARIOS_MAX)
		abort();
	scenarios[scenario_count++] = scenario;
}

const char *row_scenario(const struct row *row)
{
	return row->shape.processes ? row->scenario->process_name :
				      row->scenario->name;
}

static bool is_or_any(uint32_t wanted, uint32_t value)
{
	return wanted == 0 || wanted == value;
}

static bool wanted(const struct plan *plan, const struct row *row,
		   const struct bench_cell *cell)
{
	const struct bench_system *system = row->system;

	if (system->kind != row->scenario->kind ||
	    (system->detail && (plan->quick || !cell->main)))
		return false;
	if (system->fits != NULL ? !system->fits(system, &row->shape) :
				   row->shape.processes)
		return false;
	if (!is_or_any(plan->event_size, cell->event_size) ||
	    !is_or_any(plan->capacity, cell->capacity) ||
	    !is_or_any(plan->batch, cell->batch))
		return false;
	return (plan->scenario == NULL ||
		strcmp(plan->scenario, row_scenario(row)) == 0) &&
	       (plan->system == NULL ||
		strstr(system->name, plan->system) != NULL);
}

static void add_row(struct results *results, const struct row *row)
{
	size_t size = (results->count + 1) * sizeof(*row);

	results->rows = realloc(results->rows, size);
	if (results->rows == NULL)
		bench_fail("no memory");
	results->rows[results->count++] = *row;
}

/* All systems of one shape side by side. */
static void add_cell(const struct plan *plan, struct results *results,
		     const struct bench_scenario *s,
		     const struct bench_cell *cell, bool processes)
{
	struct row row = { .scenario = s };
	size_t i;

	row.shape.event_size = cell->event_size;
	row.shape.capacity = cell->capacity;
	row.shape.batch = cell->batch;
	row.shape.producers = s->producers;
	row.shape.consumers = s->consumers;
	memcpy(row.shape.after, s->after, sizeof(s->after));
	row.shape.processes = processes;
	row.shape.rate = s->rate;
	for (i = 0; i < system_count; i++) {
		row.system = systems[i];
		if (wanted(plan, &row, cell))
			add_row(results, &row);
	}
}

static bool is_quick(const struct bench_cell *cell, bool processes)
{
	return cell->main && (!processes || cell->batch == 1);
}

static void add_scenario(const struct plan *plan, struct results *results,
			 const struct bench_scenario *s, bool processes)
{
	const struct bench_cell *cell;

	for (cell = s->cells; cell->event_size != 0; cell++)
		if (!plan->quick || is_quick(cell, processes))
			add_cell(plan, results, s, cell, processes);
}

void rows_make(const struct plan *plan, struct results *results)
{
	size_t i;

	for (i = 0; i < scenario_count; i++) {
		add_scenario(plan, results, scenarios[i], false);
		if (scenarios[i]->process_name != NULL)
			add_scenario(plan, results, scenarios[i], true);
	}
	if (results->count == 0)
		bench_fail("nothing is called that; see --list");
}

void rows_list(const struct plan *plan)
{
	struct results results = { 0 };
	size_t i;

	rows_make(plan, &results);
	for (i = 0; i < results.count; i++)
		printf("%s, %u bytes, ring %u, batch %u: %s\n",
		       row_scenario(&results.rows[i]),
		       results.rows[i].shape.event_size,
		       results.rows[i].shape.capacity,
		       results.rows[i].shape.batch,
		       results.rows[i].system->name);
	results_free(&results);
}

void results_free(struct results *results)
{
	size_t i;
	int p;

	for (i = 0; i < results->count; i++)
		for (p = 0; p < BENCH_PLACEMENTS; p++) {
			series_free(&results->rows[i].series[p]);
			series_free(&results->rows[i].disturbed[p]);
		}
	free(results->rows);
}
