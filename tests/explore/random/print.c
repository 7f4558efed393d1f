/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include <stdio.h>

static const char *const kinds[] = {
	[LOAD] = "load", [STORE] = "store", [ADD] = "add",
	[EXCHANGE] = "exchange", [CAS] = "cas", [FENCE] = "fence",
	[BARRIER] = "membarrier",
};
static const char *const orders[] = {
	[EXPLORE_RELAXED] = "relaxed", [EXPLORE_ACQUIRE] = "acquire",
	[EXPLORE_RELEASE] = "release", [EXPLORE_ACQ_REL] = "acq_rel",
	[EXPLORE_SEQ_CST] = "seq_cst",
};

static void print_operation(const struct operation *o)
{
	printf("%s", kinds[o->kind]);
	if (is_access(o))
		printf(" %c", 'x' + o->place);
	if (o->kind == CAS)
		printf(" %d ->", o->expected);
	if (is_access(o) && o->kind != LOAD)
		printf(" %d", o->value);
	if (o->kind != BARRIER)
		printf(" %s", orders[o->order]);
}

void program_print(const struct program *p)
{
	int t, i;

	for (t = 0; t < p->threads; t++) {
		printf("    thread %d: ", t);
		for (i = 0; i < p->count[t]; i++) {
			printf("%s", i > 0 ? "; " : "");
			print_operation(&p->operation[t][i]);
		}
		printf("\n");
	}
}
