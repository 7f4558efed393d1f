/* SPDX-License-Identifier: MIT */
#include "candidates.h"

#include <stdio.h>
#include <string.h>

/*
 * All that could be executions of a program: each read reads from any write of
 * its place, the writes of each place are in any order. Only values are looked
 * at here, a CAS stores if it finds what it expects, and an addition adds to
 * what it reads; and a modification goes right behind what it reads, else there
 * would be too many. The rest is for the axioms to sort out.
 */

typedef void visitor(const struct values *o);

static visitor *visit;
static uint64_t visited;
static struct values outcome;
static int result[EVENTS];	/* the value that is read or written */

/* --- the orders of writes ------------------------------------------------- */

static void next_place(int place);

static void put_behind(events before, int e)
{
	for (; before != 0; before &= before - 1)
		relate(&candidate.x.mo, __builtin_ctz(before), e);
}

static void take_away(events before, int e)
{
	for (; before != 0; before &= before - 1)
		candidate.x.mo.row[__builtin_ctz(before)] &= ~((events)1 << e);
}

static void order_writes(int place, events left, events done, int last)
{
	events rest;

	if (left == 0) {
		outcome.value[REGISTERS + place] = (uint16_t)result[last];
		next_place(place + 1);
	}
	for (rest = left; rest != 0; rest &= rest - 1) {
		int e = __builtin_ctz(rest);
		events bit = (events)1 << e;

		if (candidate.pair[e] >= 0 &&
		    candidate.from[candidate.pair[e]] != last)
			continue;
		put_behind(done, e);
		order_writes(place, left & ~bit, done | bit, e);
		take_away(done, e);
	}
}

static void next_place(int place)
{
	events writes = 0;
	int e;

	if (place == PLACES) {
		visited++;
		visit(&outcome);
		return;
	}
	for (e = PLACES; e < candidate.x.count; e++)
		if (in(candidate.x.writes, e) && candidate.place[e] == place)
			writes |= (events)1 << e;
	order_writes(place, writes, (events)1 << place, place);
}

/* --- what reads read ------------------------------------------------------ */

/* Of a read or a write; -1: it needs itself. */
static int value_of(int e, int depth)
{
	int found;

	if (depth > candidate.x.count)
		return -1;
	if (in(candidate.x.reads, e))
		return value_of(candidate.from[e], depth + 1);
	if (!candidate.adds[e])
		return candidate.value[e];
	found = value_of(candidate.pair[e], depth + 1);
	return found < 0 ? -1 : found + candidate.value[e];
}

/* A CAS stores if and only if it finds what it expects. */
static bool fits(int e)
{
	const struct operation *o = candidate.operation[e];

	return result[e] >= 0 &&
	       (o == NULL || o->kind != CAS || !in(candidate.x.reads, e) ||
		(candidate.pair[e] >= 0) == (result[e] == o->expected));
}

static bool find_values(void)
{
	int e;

	for (e = 0; e < candidate.x.count; e++) {
		if (in(candidate.x.fences, e))
			continue;
		result[e] = value_of(e, 0);
		if (!fits(e))
			return false;
		if (in(candidate.x.reads, e))
			outcome.value[candidate.where[e]] = (uint16_t)result[e];
	}
	return true;
}

static bool may_read(int r, int w, events modified)
{
	return in(candidate.x.writes, w) &&
	       candidate.place[w] == candidate.place[r] &&
	       w != candidate.pair[r] &&
	       !(candidate.pair[r] >= 0 && in(modified, w));
}

/* From e on; one modification of each write. */
static void choose_reads(int e, events modified)
{
	events bit;
	int w;

	while (e < candidate.x.count && !in(candidate.x.reads, e))
		e++;
	if (e == candidate.x.count) {
		if (find_values()) {
			axioms_prepare(&candidate.x);
			next_place(0);
		}
		return;
	}
	for (w = 0; w < candidate.x.count; w++) {
		if (!may_read(e, w, modified))
			continue;
		bit = (events)(candidate.pair[e] >= 0) << w;
		candidate.from[e] = w;
		relate(&candidate.x.rf, w, e);
		choose_reads(e + 1, modified | bit);
		candidate.x.rf.row[w] &= ~((events)1 << e);
	}
}

static uint64_t visit_all(const struct program *p, visitor *each)
{
	uint64_t shape;

	visit = each;
	visited = 0;
	for (shape = 0; candidate_build(p, shape); shape++) {
		memset(&outcome, 0, sizeof(outcome));
		choose_reads(PLACES, 0);
	}
	return visited;
}

/* --- what is allowed ------------------------------------------------------ */

static struct outcomes *allowed;

static void allow(const struct values *o)
{
	if (!outcomes_have(allowed, o) && axioms_broken(&candidate.x) == NULL)
		outcomes_add(allowed, o);
}

uint64_t axioms_outcomes(const struct program *p, struct outcomes *set)
{
	allowed = set;
	outcomes_clear(set);
	return visit_all(p, allow);
}

/* --- why ------------------------------------------------------------------ */

#define EXPLAINED 4
static const struct values *wanted;
static int explained;

static void print_event(int e)
{
	if (e < PLACES)
		printf("%c=0", 'x' + e);
	else
		printf("%d.%d%s", candidate.where[e] / OPERATIONS_EACH,
		       candidate.where[e] % OPERATIONS_EACH,
		       in(candidate.x.reads, e) ? "r" : "w");
}

static void print_relation(const char *name, const struct relation *r)
{
	int a, b;

	printf("      %s:", name);
	for (a = 0; a < candidate.x.count; a++)
		for (b = 0; b < candidate.x.count; b++)
			if (related(r, a, b)) {
				printf(" ");
				print_event(a);
				printf("->");
				print_event(b);
			}
	printf("\n");
}

static void explain(const struct values *o)
{
	const char *broken;

	if (memcmp(o, wanted, sizeof(*o)) != 0 || explained == EXPLAINED)
		return;
	broken = axioms_broken(&candidate.x);
	printf("    candidate %d: %s\n", ++explained,
	       broken != NULL ? broken : "allowed");
	print_relation("rf", &candidate.x.rf);
	print_relation("mo", &candidate.x.mo);
}

void axioms_explain(const struct program *p, const struct values *o)
{
	wanted = o;
	explained = 0;
	visit_all(p, explain);
	if (explained == 0)
		printf("    no candidate has it\n");
}
