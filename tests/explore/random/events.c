/* SPDX-License-Identifier: MIT */
#include "candidates.h"

#include <string.h>

/* From a program to the events of one of its executions. */

struct candidate candidate;

static uint64_t choices;	/* that are not yet used */
static int first;		/* event of the thread that is being built */

/* --- events --------------------------------------------------------------- */

static int digit(int base)
{
	int d = (int)(choices % (uint64_t)base);

	choices /= (uint64_t)base;
	return d;
}

/* After all that its thread did, and after the start of everything. */
static int add_event(events *set, enum explore_order order)
{
	int e = candidate.x.count++, before;

	*set |= (events)1 << e;
	if (order == EXPLORE_SEQ_CST)
		candidate.x.seq_cst |= (events)1 << e;
	for (before = 0; before < e; before++)
		if (before < PLACES || before >= first)
			relate(&candidate.x.po, before, e);
	candidate.place[e] = candidate.pair[e] = -1;
	candidate.operation[e] = NULL;
	return e;
}

static void put_at(int e, int place)
{
	int other;

	candidate.place[e] = place;
	for (other = 0; other <= e; other++)
		if (candidate.place[other] == place) {
			relate(&candidate.x.same_place, e, other);
			relate(&candidate.x.same_place, other, e);
		}
}

static int add_read(const struct operation *o, enum explore_order order)
{
	int e = add_event(&candidate.x.reads, order);

	put_at(e, o->place);
	if (order == EXPLORE_ACQUIRE || order >= EXPLORE_ACQ_REL)
		candidate.x.acquiring |= (events)1 << e;
	return e;
}

static int add_write(int place, int value, enum explore_order order)
{
	int e = add_event(&candidate.x.writes, order);

	put_at(e, place);
	if (order >= EXPLORE_RELEASE)
		candidate.x.releasing |= (events)1 << e;
	candidate.value[e] = value;
	candidate.adds[e] = false;
	return e;
}

static int add_fence(enum explore_order order)
{
	int e = add_event(&candidate.x.fences, order);

	if (order == EXPLORE_ACQUIRE || order >= EXPLORE_ACQ_REL)
		candidate.x.acquiring |= (events)1 << e;
	if (order >= EXPLORE_RELEASE)
		candidate.x.releasing |= (events)1 << e;
	return e;
}

/* One that fails reads, relaxed. */
static void add_modification(const struct operation *o)
{
	bool fails = o->kind == CAS && digit(2) == 1;
	int r = add_read(o, fails ? EXPLORE_RELAXED : o->order), w;

	if (fails)
		return;
	w = add_write(o->place, o->value, o->order);
	candidate.adds[w] = o->kind == ADD;
	candidate.pair[r] = w;
	candidate.pair[w] = r;
	relate(&candidate.x.rmw, r, w);
}

static void add_accesses(const struct operation *o)
{
	if (o->kind == FENCE)
		add_fence(o->order);
	else if (o->kind == STORE)
		add_write(o->place, o->value, o->order);
	else if (o->kind == LOAD)
		add_read(o, o->order);
	else
		add_modification(o);
}

/* --- barriers ------------------------------------------------------------- */

/*
 * A barrier is a fence in its caller, one in each other thread anywhere, and
 * one more in its caller.
 */
#define BARRIERS 2
static struct barrier {
	int caller, operation;
	int gap[THREADS];	/* before which operation of the others */
	int begin, end;		/* its caller's fences */
	events others;
} barriers[BARRIERS];
static int barrier_count;
static bool swapped;		/* which goes first within one gap */

static void find_barriers(const struct program *p)
{
	int t, i;

	barrier_count = 0;
	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			if (p->operation[t][i].kind == BARRIER)
				barriers[barrier_count++] = (struct barrier){
					.caller = t, .operation = i
				};
}

static void choose_gaps(void)
{
	const struct program *p = candidate.program;
	int b, t;

	swapped = barrier_count == 2 && digit(2) == 1;
	for (b = 0; b < barrier_count; b++) {
		barriers[b].others = 0;
		for (t = 0; t < p->threads; t++)
			if (t != barriers[b].caller)
				barriers[b].gap[t] = digit(p->count[t] + 1);
	}
}

static void add_barriers_of_others(int t, int gap)
{
	int i, b;

	for (i = 0; i < barrier_count; i++) {
		b = swapped ? barrier_count - 1 - i : i;
		if (barriers[b].caller != t && barriers[b].gap[t] == gap)
			barriers[b].others |=
				(events)1 << add_fence(EXPLORE_SEQ_CST);
	}
}

static void add_barrier_of(int t, int i)
{
	int b = 0;

	while (barriers[b].caller != t || barriers[b].operation != i)
		b++;
	barriers[b].begin = add_fence(EXPLORE_SEQ_CST);
	barriers[b].end = add_fence(EXPLORE_SEQ_CST);
}

static void order_barriers(void)
{
	struct relation *ordered = &candidate.x.ordered;
	const struct barrier *b;
	int e;

	for (b = barriers; b < barriers + barrier_count; b++)
		for (e = 0; e < candidate.x.count; e++)
			if (in(b->others, e)) {
				relate(ordered, b->begin, e);
				relate(ordered, e, b->end);
			}
}

/* --- one shape: the events of one execution ------------------------------- */

static void add_operation(int t, int i)
{
	const struct operation *o = &candidate.program->operation[t][i];
	int e = candidate.x.count;

	if (o->kind == BARRIER)
		add_barrier_of(t, i);
	else
		add_accesses(o);
	for (; e < candidate.x.count; e++) {
		candidate.operation[e] = o;
		candidate.where[e] = t * OPERATIONS_EACH + i;
	}
}

static void add_thread(int t)
{
	int i;

	first = candidate.x.count;
	for (i = 0; i < candidate.program->count[t]; i++) {
		add_barriers_of_others(t, i);
		add_operation(t, i);
	}
	add_barriers_of_others(t, i);
}

bool candidate_build(const struct program *p, uint64_t shape)
{
	int t;

	memset(&candidate, 0, sizeof(candidate));
	candidate.program = p;
	choices = shape;
	first = 0;
	for (t = 0; t < PLACES; t++)
		add_write(t, 0, EXPLORE_RELAXED);
	find_barriers(p);
	choose_gaps();
	for (t = 0; t < p->threads; t++)
		add_thread(t);
	order_barriers();
	return choices == 0;
}
