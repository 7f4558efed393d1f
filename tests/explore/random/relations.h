/* SPDX-License-Identifier: MIT */
/* Binary relations between the events of one execution, as bit matrices. */
#ifndef EXPLORE_RANDOM_RELATIONS_H
#define EXPLORE_RANDOM_RELATIONS_H

#include <stdbool.h>
#include <stdint.h>

#define EVENTS 32

typedef uint32_t events;		/* a set: bit n is event n */

struct relation {
	events row[EVENTS];		/* bit b of row a: a is before b */
};

static inline bool in(events set, int e)
{
	return (set >> e) & 1;
}

static inline bool related(const struct relation *r, int a, int b)
{
	return in(r->row[a], b);
}

static inline void relate(struct relation *r, int a, int b)
{
	r->row[a] |= (events)1 << b;
}

/* [set]: each of them to itself. */
struct relation identity(events set);
struct relation both(struct relation a, struct relation b);
struct relation common(struct relation a, struct relation b);
struct relation minus(struct relation a, struct relation b);
/* a ; b */
struct relation then(struct relation a, struct relation b);
struct relation inverse(struct relation a);
/* a+, a?, a* */
struct relation chains(struct relation a);
struct relation maybe(struct relation a);
struct relation maybe_chains(struct relation a);
bool is_empty(struct relation a);
bool is_irreflexive(struct relation a);
bool is_acyclic(struct relation a);

#endif
