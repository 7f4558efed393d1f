/* SPDX-License-Identifier: MIT */
#include "relations.h"

struct relation identity(events set)
{
	struct relation r = { { 0 } };
	int e;

	for (e = 0; e < EVENTS; e++)
		r.row[e] = set & (events)1 << e;
	return r;
}

struct relation both(struct relation a, struct relation b)
{
	int e;

	for (e = 0; e < EVENTS; e++)
		a.row[e] |= b.row[e];
	return a;
}

struct relation common(struct relation a, struct relation b)
{
	int e;

	for (e = 0; e < EVENTS; e++)
		a.row[e] &= b.row[e];
	return a;
}

struct relation minus(struct relation a, struct relation b)
{
	int e;

	for (e = 0; e < EVENTS; e++)
		a.row[e] &= ~b.row[e];
	return a;
}

struct relation then(struct relation a, struct relation b)
{
	struct relation r = { { 0 } };
	events middle;
	int e;

	for (e = 0; e < EVENTS; e++)
		for (middle = a.row[e]; middle != 0; middle &= middle - 1)
			r.row[e] |= b.row[__builtin_ctz(middle)];
	return r;
}

struct relation inverse(struct relation a)
{
	struct relation r = { { 0 } };
	events after;
	int e;

	for (e = 0; e < EVENTS; e++)
		for (after = a.row[e]; after != 0; after &= after - 1)
			relate(&r, __builtin_ctz(after), e);
	return r;
}

struct relation chains(struct relation a)
{
	int e, middle;

	for (middle = 0; middle < EVENTS; middle++)
		for (e = 0; a.row[middle] != 0 && e < EVENTS; e++)
			if (related(&a, e, middle))
				a.row[e] |= a.row[middle];
	return a;
}

struct relation maybe(struct relation a)
{
	return both(a, identity(~(events)0));
}

struct relation maybe_chains(struct relation a)
{
	return maybe(chains(a));
}

bool is_empty(struct relation a)
{
	events any = 0;
	int e;

	for (e = 0; e < EVENTS; e++)
		any |= a.row[e];
	return any == 0;
}

bool is_irreflexive(struct relation a)
{
	int e;

	for (e = 0; e < EVENTS; e++)
		if (related(&a, e, e))
			return false;
	return true;
}

bool is_acyclic(struct relation a)
{
	return is_irreflexive(chains(a));
}
