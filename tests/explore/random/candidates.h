/* SPDX-License-Identifier: MIT */
/* What events.c and candidates.c share. */
#ifndef EXPLORE_RANDOM_CANDIDATES_H
#define EXPLORE_RANDOM_CANDIDATES_H

#include "programs.h"
#include "axioms.h"

/* An execution, with values. The first PLACES events are the first writes. */
struct candidate {
	const struct program *program;
	struct execution x;
	int place[EVENTS];		/* -1: a fence */
	int value[EVENTS];		/* a write's; to add, if it adds */
	bool adds[EVENTS];
	int pair[EVENTS];		/* a modification's other half; or -1 */
	int from[EVENTS];		/* what a read reads from */
	int where[EVENTS];		/* which operation it is part of */
	const struct operation *operation[EVENTS];	/* NULL: none */
};
extern struct candidate candidate;

/*
 * All but rf, mo and hb. The shape says which CAS fails and where fences of
 * barriers are; false: there is none of that number.
 */
bool candidate_build(const struct program *p, uint64_t shape);

#endif
