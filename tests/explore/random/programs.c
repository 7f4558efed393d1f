/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include "chance.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/*
 * Programs at random. Half of them start from a shape of which it is known that
 * it tells memory models apart; the rest are made of nothing but chance.
 */

#define OPERATIONS 8		/* in all; what both ways manage */

/* --- chance --------------------------------------------------------------- */

static struct chance chance;

static int below(int n)
{
	return chance_below(&chance, n);
}

static bool percent(int n)
{
	return below(100) < n;
}

/* --- operations ----------------------------------------------------------- */

/* One program prefers some: of 100, how many. */
static struct {
	enum explore_order order;
	int preferred;			/* have that order, if they can */
	int modifications, fences, barriers;
} taste;

static void choose_taste(void)
{
	taste.order = (enum explore_order)below(EXPLORE_SEQ_CST + 1);
	taste.preferred = below(3) * 40;
	taste.modifications = below(4) * 20;
	taste.fences = below(4) * 15;
	taste.barriers = percent(5) ? 40 : 0;
}

bool order_is_possible(enum kind kind, enum explore_order order)
{
	switch (kind) {
	case LOAD:
		return order != EXPLORE_RELEASE && order != EXPLORE_ACQ_REL;
	case STORE:
		return order != EXPLORE_ACQUIRE && order != EXPLORE_ACQ_REL;
	case FENCE:
		return order != EXPLORE_RELAXED;
	default:
		return true;
	}
}

static enum explore_order choose_order(enum kind kind)
{
	enum explore_order order = taste.order;

	if (kind == FENCE && percent(40))
		return EXPLORE_SEQ_CST;
	if (percent(taste.preferred) && order_is_possible(kind, order))
		return order;
	do
		order = (enum explore_order)below(EXPLORE_SEQ_CST + 1);
	while (!order_is_possible(kind, order));
	return order;
}

static int total(const struct program *p)
{
	int t, sum = 0;

	for (t = 0; t < p->threads; t++)
		sum += p->count[t];
	return sum;
}

static void append(struct program *p, int t, enum kind kind, int place)
{
	if (p->count[t] == OPERATIONS_EACH || total(p) == OPERATIONS)
		return;
	p->operation[t][p->count[t]++] = (struct operation){
		.kind = kind, .place = place, .order = choose_order(kind)
	};
}

static enum kind choose_kind(bool writes)
{
	if (percent(taste.modifications))
		return ADD + (enum kind)below(3);
	return writes ? STORE : LOAD;
}

static void append_fence(struct program *p, int t)
{
	if (percent(taste.barriers))
		append(p, t, BARRIER, 0);
	else if (percent(taste.fences))
		append(p, t, FENCE, 0);
}

/* --- whole programs ------------------------------------------------------- */

/* Threads' accesses; each also with x and y swapped by chance. */
static const char *const shapes[] = {
	"Wx Ry|Wy Rx", "Wx Wy|Ry Rx", "Rx Wy|Ry Wx", "Wx Wy|Wy Wx",
	"Wx Wy|Wy Rx", "Wx Wy|Ry Wx", "Wx Wx|Rx Rx", "Wx Rx|Wx Rx",
	"Wx|Wy|Rx Ry|Ry Rx", "Wx|Rx Wy|Ry Rx", "Wx|Rx Ry|Wy Rx",
	"Wx Wy|Ry Wz|Rz Rx", "Wx Wy|Wy Wz|Rz Rx", "Wx Wy|Wy Wz|Wz Wx",
	"Wx Wy|Ry Wz|Wz Rx", "Wx Wy|Wy Rz|Wz Rx", "Wx Ry|Wy Rz|Wz Rx",
	"Wx Wy|Wy|Ry Rx", "Wx Wy|Mx My|Ry Rx", "Mx Ry|My Rx",
	"Wx Wy|My Ry|Wy Rx", "Mx|Mx|Mx Rx", "Wx Wy|My|My|Ry Rx",
	"Wx F Wy|Ry Wz|Rz F Rx", "Wx F Wy|My Rz|Wz F Rx",
	"Wx F Wy|Ry Wz|Wz F Rx", "Wx|Rx F Ry|Wy F Rx", "Wx|Rx F Ry|Ry F Rx|Wy",
	"Wx Wy|Ry Rz|Wz B Rx", "Wx B Ry|Wy Rx", "Wx Wy|Ry Rz|Wz B Rx",
	"Wx Wy Wy|My|Ry Rx", "Wx Rx Ry|Wy Ry Rx", "Wx Ry Rx|Wx Wy",
	"Rx Wy|Ry Wz|Rz Wx", "Wx|Wx|Rx Rx|Rx Rx", "Wx|Wy|Rx Ry|My Mx",
};

static void make_shaped(struct program *p)
{
	const char *s = shapes[below((int)(sizeof(shapes) / sizeof(*shapes)))];
	int swapped = percent(50), place;

	p->threads = 1;
	for (; *s != '\0'; s++) {
		if (*s == '|')
			p->threads++;
		if (*s == 'F' || *s == 'B')
			append(p, p->threads - 1, *s == 'F' ? FENCE : BARRIER,
			       0);
		if (!isupper(*s) || *s == 'F' || *s == 'B')
			continue;
		place = s[1] == 'z' ? 2 : (s[1] - 'x') ^ swapped;
		if (p->count[p->threads - 1] > 0)
			append_fence(p, p->threads - 1);
		append(p, p->threads - 1,
		       *s == 'M' ? ADD + (enum kind)below(3) :
				   choose_kind(*s == 'W'),
		       place);
	}
}

static void make_free(struct program *p)
{
	int places = 1 + below(4), length = 4 + below(OPERATIONS - 3), t, i;

	if (places > PLACES)
		places = 2;
	p->threads = 2 + (percent(50) ? 1 + percent(25) : 0);
	for (i = 0; i < length; i++) {
		t = below(p->threads);
		if (percent(30))
			append_fence(p, t);
		append(p, t, choose_kind(percent(50)), below(places));
	}
}

/*
 * Each addition has a bit of its own; each store a value of its own, or all have
 * one of two.
 */
static void give_values(struct program *p)
{
	int t, i, stored = 0, added = 32, values = percent(25) ? 2 : 31;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++) {
			struct operation *o = &p->operation[t][i];

			if (o->kind == ADD) {
				o->value = added;
				added *= 2;
			} else if (is_access(o) && o->kind != LOAD) {
				o->value = 1 + stored++ % values;
			}
		}
}

static void expect_something(const struct program *p, struct operation *o)
{
	int t = below(p->threads), i = below(OPERATIONS_EACH);
	const struct operation *other = &p->operation[t][i];

	if (i < p->count[t] && other != o && is_access(other) &&
	    other->place == o->place)
		o->expected = other->value;
}

static void give_expectations(struct program *p)
{
	int t, i, tries;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			for (tries = below(8); tries > 0; tries--)
				if (p->operation[t][i].kind == CAS)
					expect_something(
						p, &p->operation[t][i]);
}

bool program_is_whole(const struct program *p)
{
	int users[PLACES] = { 0 }, writers = 0, t, i, barriers = 0;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++) {
			const struct operation *o = &p->operation[t][i];

			barriers += o->kind == BARRIER;
			if (!is_access(o))
				continue;
			users[o->place] |= 1 << t;
			writers |= (o->kind != LOAD) << o->place;
		}
	for (i = 0; i < PLACES; i++)
		if (users[i] != 0 && ((users[i] & (users[i] - 1)) == 0 ||
				      !((writers >> i) & 1)))
			return false;
	return barriers <= 2 && writers != 0;
}

void program_make(struct program *p, uint64_t seed)
{
	chance.state = seed;
	do {
		memset(p, 0, sizeof(*p));
		choose_taste();
		if (percent(50))
			make_shaped(p);
		else
			make_free(p);
	} while (!program_is_whole(p));
	give_values(p);
	give_expectations(p);
}
