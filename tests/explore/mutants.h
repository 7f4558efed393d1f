/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_MUTANTS_H
#define EXPLORE_MUTANTS_H

#include <stdbool.h>

/* "file.c function operation(object) -> order": what is explored has it weaker. */
bool mutants_choose(const char *text);
/*
 * Weakens each ordering of the explored code, one at a time, and looks for a
 * violation. harmless: the file of those that are known to do no harm. Prints
 * a row each; the number of rows that are not as they must be.
 */
int mutants_run(bool deep, const char *harmless, const char *filter,
		const char *scene);

#endif
