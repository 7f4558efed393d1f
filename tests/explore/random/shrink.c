/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include <string.h>

/*
 * Takes operations away, then makes them weaker, one at a time, as long as the
 * difference remains.
 */

static void remove_operation(struct program *p, int t, int i)
{
	p->count[t]--;
	memmove(&p->operation[t][i], &p->operation[t][i + 1],
		(size_t)(p->count[t] - i) * sizeof(p->operation[t][0]));
}

static void remove_thread(struct program *p, int t)
{
	p->threads--;
	memmove(&p->operation[t], &p->operation[t + 1],
		(size_t)(p->threads - t) * sizeof(p->operation[0]));
	memmove(&p->count[t], &p->count[t + 1],
		(size_t)(p->threads - t) * sizeof(p->count[0]));
}

static bool is_weaker(enum explore_order a, enum explore_order b)
{
	return a < b && !(a == EXPLORE_ACQUIRE && b == EXPLORE_RELEASE);
}

static bool keep_if(struct program *p, const struct program *smaller,
		    bool differs(const struct program *))
{
	if (!program_is_whole(smaller) || !differs(smaller))
		return false;
	*p = *smaller;
	return true;
}

static bool without_thread(struct program *p,
			   bool differs(const struct program *))
{
	struct program smaller;
	int t;

	for (t = 0; t < p->threads; t++) {
		smaller = *p;
		remove_thread(&smaller, t);
		if (keep_if(p, &smaller, differs))
			return true;
	}
	return false;
}

static bool without_operation(struct program *p, int t, int i,
			      bool differs(const struct program *))
{
	struct program smaller = *p;

	remove_operation(&smaller, t, i);
	if (smaller.count[t] == 0)
		remove_thread(&smaller, t);
	return keep_if(p, &smaller, differs);
}

static bool with_weaker_order(struct program *p, int t, int i,
			      bool differs(const struct program *))
{
	enum explore_order was = p->operation[t][i].order, order;
	struct program smaller = *p;

	for (order = EXPLORE_RELAXED; order < was; order++) {
		smaller.operation[t][i].order = order;
		if (is_weaker(order, was) &&
		    order_is_possible(p->operation[t][i].kind, order) &&
		    keep_if(p, &smaller, differs))
			return true;
	}
	return false;
}

/* A modification as one half of it. */
static bool with_simpler_kind(struct program *p, int t, int i,
			      bool differs(const struct program *))
{
	struct program smaller = *p;
	struct operation *o = &smaller.operation[t][i];

	if (!is_modification(o))
		return false;
	for (o->kind = LOAD; o->kind <= STORE; o->kind++)
		if (order_is_possible(o->kind, o->order) &&
		    keep_if(p, &smaller, differs))
			return true;
	return false;
}

static bool shrink_somewhere(struct program *p,
			     bool differs(const struct program *))
{
	int t, i;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			if (without_operation(p, t, i, differs) ||
			    with_simpler_kind(p, t, i, differs) ||
			    with_weaker_order(p, t, i, differs))
				return true;
	return false;
}

void program_shrink(struct program *p, bool differs(const struct program *))
{
	while (without_thread(p, differs) || shrink_somewhere(p, differs))
		;
}
