/* SPDX-License-Identifier: MIT */
#include "litmus.h"

#include <stdio.h>
#include <string.h>

/*
 * Runs the litmus tests: the explorer must see every outcome that the memory
 * model allows, and none that it forbids.
 */

#define OUTCOMES 625 /* four registers of 0 to 4 */
static bool seen[OUTCOMES];
static const struct litmus *current;

static void note(void)
{
	int i, code = 0;

	if (current->at_end != NULL)
		current->at_end();
	for (i = 0; i < current->registers; i++)
		code = code * 5 + litmus_result(i);
	seen[code] = true;
}

static void name_outcome(int code, int digits, char text[LITMUS_REGISTERS + 1])
{
	text[digits] = '\0';
	while (digits-- > 0) {
		text[digits] = (char)('0' + code % 5);
		code /= 5;
	}
}

static int print_outcomes(const struct litmus *t, const struct findings *f)
{
	int all = 1, code, i, wrong = 0;
	char text[LITMUS_REGISTERS + 1];
	bool allowed;

	for (i = 0; i < t->registers; i++)
		all *= 5;
	for (code = 0; code < all; code++) {
		name_outcome(code, t->registers, text);
		allowed = strstr(t->allowed, text) != NULL;
		if (!allowed && !seen[code])
			continue;
		printf("%-9s %-24s %-5s allowed %-4s seen %-4s%s\n", t->name,
		       t->strength, text, allowed ? "yes" : "no",
		       seen[code] ? "yes" : "no",
		       allowed != seen[code] ? " WRONG" : "");
		wrong += allowed != seen[code];
	}
	printf("%-9s %-24s no other; %llu executions\n", t->name, t->strength,
	       (unsigned long long)f->runs);
	return wrong;
}

static int run_one(const struct litmus *t)
{
	struct scene scene = { .name = t->name, .setup = litmus_setup,
			       .check = note, .mortal = t->of_machines };
	struct bounds bounds = { .deviations = UNBOUNDED,
				 .kills = t->of_machines && t->at_end };
	struct findings findings;

	current = t;
	memcpy(scene.participant, t->parts, sizeof(t->parts));
	litmus_begin(t);
	memset(seen, 0, sizeof(seen));
	engine.promises = t->of_machines ? PROMISES_OF_MACHINES :
					   PROMISES_OF_C11;
	search(&scene, &bounds, &findings);
	engine.promises = PROMISES_OF_MACHINES;
	return print_outcomes(t, &findings);
}

static int run_all(const struct litmus *tests, int *count)
{
	int i, wrong = 0;

	for (i = 0; tests[i].name != NULL; i++)
		wrong += run_one(&tests[i]);
	*count += i;
	return wrong;
}

int litmus_run(void)
{
	int count = 0, wrong = run_all(litmus_tests, &count);

	wrong += run_all(litmus_modifications, &count);
	wrong += run_all(litmus_places, &count);
	printf("%d litmus tests, %d outcomes that are not as they must be\n",
	       count, wrong);
	return wrong;
}
