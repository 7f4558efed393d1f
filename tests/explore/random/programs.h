/* SPDX-License-Identifier: MIT */
/*
 * Random tests of the explorer itself. Small programs are run twice: by the
 * explorer, and by an enumeration of all candidate executions that keeps those
 * which the axioms of RC11 allow. Both must have the same outcomes. The second
 * way shares nothing with the first but what stands here.
 *
 *	programs.c	makes programs
 *	print.c		prints them
 *	outcomes.c	sets of outcomes
 *	relations.c	relations between events
 *	axioms.c	which executions RC11 allows
 *	events.c	the events of a program
 *	candidates.c	all that could be executions of it
 *	search.c	the explorer's outcomes
 *	shrink.c	the smallest program that shows a difference
 *	random.c	compares, reports, counts
 */
#ifndef EXPLORE_RANDOM_PROGRAMS_H
#define EXPLORE_RANDOM_PROGRAMS_H

#include "hooks.h"

/* --- programs ------------------------------------------------------------- */

#define THREADS 4
#define OPERATIONS_EACH 4
#define PLACES 3

enum kind { LOAD, STORE, ADD, EXCHANGE, CAS, FENCE, BARRIER };

struct operation {
	enum kind kind;
	enum explore_order order;
	int place;
	int value;		/* to store or to add */
	int expected;		/* CAS */
};

struct program {
	int threads;
	int count[THREADS];
	struct operation operation[THREADS][OPERATIONS_EACH];
};

static inline bool is_access(const struct operation *o)
{
	return o->kind < FENCE;
}

static inline bool is_modification(const struct operation *o)
{
	return o->kind == ADD || o->kind == EXCHANGE || o->kind == CAS;
}

/* The same for the same seed. */
void program_make(struct program *p, uint64_t seed);
bool order_is_possible(enum kind kind, enum explore_order order);
/* Two threads use each place, and somebody writes there. */
bool program_is_whole(const struct program *p);
void program_print(const struct program *p);

/* --- outcomes ------------------------------------------------------------- */

#define REGISTERS (THREADS * OPERATIONS_EACH)

/* What each operation read, then what each place has in the end. */
struct values {
	uint16_t value[REGISTERS + PLACES];
};

#define OUTCOMES 8192	/* of one program, at most half of it */
struct outcomes {
	int count;
	bool used[OUTCOMES];
	struct values at[OUTCOMES];
};

void outcomes_clear(struct outcomes *set);
void outcomes_add(struct outcomes *set, const struct values *o);
bool outcomes_have(const struct outcomes *set, const struct values *o);
/* One that the first has and the second has not; NULL: there is none. */
const struct values *outcomes_beyond(const struct outcomes *set,
				      const struct outcomes *other);
void values_print(const struct program *p, const struct values *o);

/* --- both ways to them ---------------------------------------------------- */

/* Whose load buffering; RC11 has none. */
enum load_buffering { RC11, C11, MACHINES };
extern enum load_buffering random_buffering;

/* How many executions; UINT64_MAX: some were cut. */
uint64_t search_outcomes(const struct program *p, struct outcomes *found);
uint64_t axioms_outcomes(const struct program *p, struct outcomes *allowed);
/* Candidates that have this outcome, and which axiom each breaks. */
void axioms_explain(const struct program *p, const struct values *wanted);

/* Smaller, and still different. */
void program_shrink(struct program *p, bool differs(const struct program *));

#endif
