/* SPDX-License-Identifier: MIT */
/* An execution as RC11 sees it: events and how they are related. */
#ifndef EXPLORE_RANDOM_AXIOMS_H
#define EXPLORE_RANDOM_AXIOMS_H

#include "relations.h"

struct execution {
	int count;			/* of events */
	events reads, writes, fences;	/* a modification is one of each */
	events acquiring, releasing, seq_cst;
	struct relation po;		/* program order */
	struct relation same_place;
	struct relation rmw;		/* a modification's read to its write */
	struct relation ordered;	/* fences of one membarrier */
	struct relation rf;		/* reads-from: a write to its reads */
	struct relation mo;		/* modification order of each place */
	struct relation hb;		/* happens-before; by axioms_prepare */
};

/* When all but mo is known. */
void axioms_prepare(struct execution *x);
/* The axiom that it breaks; NULL: it is allowed. */
const char *axioms_broken(const struct execution *x);

#endif
