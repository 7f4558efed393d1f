/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_LITMUS_H
#define EXPLORE_LITMUS_H

#include "engine.h"

#define LITMUS_REGISTERS 4

typedef void litmus_part(void);

struct litmus {
	const char *name, *strength;
	litmus_part *parts[4];
	litmus_part *at_end;
	int registers;
	int stores, loads, fence, other_fence;
	const char *allowed;	/* all outcomes of the registers */
	bool of_machines;	/* not all that C11 allows; see promises.c */
};

/* Of litmus_*.c each; the last one has no name. */
extern const struct litmus litmus_tests[], litmus_modifications[],
	litmus_places[];
/* litmus_parts.c */
void litmus_begin(const struct litmus *t);
void litmus_setup(void);
int litmus_result(int which);

/* Prints the table; the number of outcomes that are not as C11 says. */
int litmus_run(void);

#endif
