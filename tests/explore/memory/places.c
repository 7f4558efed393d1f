/* SPDX-License-Identifier: MIT */
#include "promises.h"

/*
 * Where a store may be promised that a participant comes to later: where it
 * began to run, and behind each store that it has made since. The first is as
 * good as the others, for nobody else does anything in between, but for what
 * needs a store of its own: a modification of it, and in scenes what comes behind
 * an acquire that reads it. (That others run in between is not enough to begin
 * again there: who runs takes a step, and it may be the one that reads what is
 * promised.)
 */

void stretch_begin(struct stretch *w, int made)
{
	w->begun = true;
	w->made = made;
	w->place_count = w->held_count = w->least = w->passed = 0;
}

int stretch_open(struct stretch *w)
{
	struct place *p = &w->places[w->place_count];

	if (w->place_count++ == PLACES)
		engine_end(CUT);
	p->events = self()->events;
	p->stores = location_stores();
	w->stored = false;
	return trail_open(PROMISE, &p->choice);
}

/* The first place where s is there already. */
static int place_behind(const struct stretch *w, const struct store *s)
{
	int i = w->least;

	while (i < w->place_count &&
	       !location_is_among(s, w->places[i].stores))
		i++;
	return i;
}

void stretch_acquire(struct stretch *w, const struct store *s)
{
	if (w->begun && engine.promises != PROMISES_OF_C11)
		w->least = place_behind(w, s);
}

static void offer_at(struct stretch *w, int choice, const struct offer *o)
{
	struct held *h = &w->held[w->held_count];

	if (w->count == 0) {
		trail_offer(choice, offer_note(o));
		return;
	}
	if (w->held_count++ == HELD)
		engine_end(CUT);
	h->choice = choice;
	h->offer = offer_note(o);
}

void stretch_offer(struct stretch *w, const struct location *l,
		   enum explore_order order, uint64_t value,
		   const struct store *modified)
{
	struct offer o = { .address = l->address, .size = l->size,
			   .value = value, .modifies = modified != NULL };
	int i;

	if (!w->begun || !system_holds((const void *)l->address))
		return;
	if (engine.promises != PROMISES_OF_C11 && releases(order))
		return;
	i = o.modifies ? place_behind(w, modified) : w->least;
	/* Something must come before it; a modification is an event already. */
	if (i == w->place_count ||
	    w->places[i].events == self()->events - o.modifies)
		return;
	o.late = i < w->passed;
	o.found = o.modifies ? modified->value : 0;
	offer_at(w, w->places[i].choice, &o);
}

void stretch_offer_held(struct stretch *w)
{
	int i;

	for (i = 0; w->begun && i < w->held_count; i++)
		trail_offer(w->held[i].choice, w->held[i].offer);
	w->held_count = 0;
}
