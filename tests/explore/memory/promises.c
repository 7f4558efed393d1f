/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdio.h>
#include <string.h>

/*
 * Stores that are made ahead of what stands before them in the program: load
 * buffering. A participant promises a store, others read it, and then it must
 * come to that store indeed, or there is no such execution (Kang and others, "A
 * promising semantics for relaxed-memory concurrency", POPL 2017). What may be
 * promised is what the participant did in another execution, alone from the same
 * place on, without anybody's help: so no value comes out of thin air.
 *
 * C11 allows it for any store, whatever comes before it, as long as happens-
 * before and coherence have no cycle; so do the litmus tests.
 * Scenes have what processors and compilers do: a relaxed store goes ahead of
 * whatever does not acquire, but not ahead of a fence, a call or the compiler's
 * barrier; and who made one ahead may be killed in between, as a compiler that
 * changed their order would have it. (A modification goes ahead of nothing.)
 */

#define OFFERS 2048
#define PROMISES_EACH 8

/* A store that somebody may make ahead. */
struct offer {
	uintptr_t address;
	size_t size;
	bool modifies;
	uint64_t found;		/* what it modifies */
	uint64_t value;
};
static struct offer offers[OFFERS];	/* from 1 */
static int offer_count;

struct promise {
	struct location *location;
	struct store *store;
	struct store *modified;	/* the one that it modifies, or NULL */
	uint64_t value;
};

/* A participant's way since it came to run, or since what goes ahead of nothing. */
struct stretch {
	bool begun;
	int place;		/* of the choice at its beginning */
	uint32_t events;	/* that came before it */
	struct promise promises[PROMISES_EACH];
	int count;
};
static struct stretch stretches[PARTICIPANTS];
static int outstanding;		/* promises, of all */

void promises_forget(void)
{
	offer_count = 0;
}

void promises_reset(void)
{
	memset(stretches, 0, sizeof(stretches));
	outstanding = 0;
}

static struct stretch *stretch(void)
{
	return &stretches[engine.current];
}

uint32_t promises_stretch(void)
{
	return stretch()->begun ? stretch()->events + 1 : 0;
}

bool promises_any(void)
{
	return outstanding > 0;
}

bool promises_has(int who)
{
	return stretches[who].count > 0;
}

/* --- names ---------------------------------------------------------------- */

static int note_offer(const struct offer *o)
{
	int i;

	for (i = 1; i <= offer_count; i++)
		if (offers[i].address == o->address &&
		    offers[i].modifies == o->modifies &&
		    offers[i].found == o->found && offers[i].value == o->value)
			return i;
	if (offer_count + 1 == OFFERS)
		engine_end(CUT);
	offers[++offer_count] = *o;
	return offer_count;
}

/* "place.size=value", or "place.size:found=value" of what modifies. */
void promise_name(int id, char *text, size_t size)
{
	const struct offer *o = &offers[id];
	int used = snprintf(text, size, "%zx.%zu",
			    system_place((const void *)o->address), o->size);

	if (o->modifies)
		used += snprintf(text + used, size - (size_t)used, ":%llx",
				 (unsigned long long)o->found);
	snprintf(text + used, size - (size_t)used, "=%llx",
		 (unsigned long long)o->value);
}

const char *promise_read(const char *text, int *id)
{
	unsigned long long found = 0, value;
	struct offer o = { 0 };
	size_t place;
	int read;

	if (sscanf(text, "%zx.%zu:%llx=%llx%n", &place, &o.size, &found, &value,
		   &read) == 4)
		o.modifies = true;
	else if (sscanf(text, "%zx.%zu=%llx%n", &place, &o.size, &value,
			&read) != 3)
		return NULL;
	o.address = (uintptr_t)system_at(place);
	o.found = found;
	o.value = value;
	*id = note_offer(&o);
	return text + read;
}

/* --- making and keeping them ---------------------------------------------- */

static void promise(const struct offer *o)
{
	struct stretch *w = stretch();
	struct promise p = { .value = o->value };

	if (w->count == PROMISES_EACH)
		engine_end(CUT);
	p.location = location_of((const void *)o->address, o->size);
	location_begin_history(p.location);
	p.store = memory_store_ahead(p.location, o->value,
				     o->modifies ? &o->found : NULL,
				     &p.modified);
	w->promises[w->count++] = p;
	outstanding++;
	engine_trace(NULL, "promises %#llx", (unsigned long long)o->value);
}

static bool may_begin(enum access access)
{
	return engine.promises != NO_PROMISES &&
	       (engine.left > 0 || engine.following) &&
	       (engine.promises == PROMISES_OF_C11 || access != WRITES ||
		engine_may_die());
}

void promises_point(enum explore_order order, enum access access)
{
	struct stretch *w = stretch();
	int id;

	if (engine.promises != PROMISES_OF_C11 && acquires(order)) {
		promises_barrier();
		return;
	}
	while (!w->begun && may_begin(access)) {
		w->begun = true;
		w->events = self()->events;
		id = trail_open(PROMISE, &w->place);
		if (id == 0)
			return;
		promise(&offers[id]);
		promises_break(engine.current);
		engine_point();
	}
}

static void offer(const struct location *l, enum explore_order order,
		  uint64_t value, const struct store *modified)
{
	const struct stretch *w = stretch();
	struct offer o = { .address = l->address, .size = l->size,
			   .value = value };

	/* Something must come before it; a modification is an event already. */
	if (!w->begun || w->events == self()->events - (modified != NULL) ||
	    !system_holds((const void *)l->address))
		return;
	if (engine.promises != PROMISES_OF_C11 &&
	    (order != EXPLORE_RELAXED || modified != NULL))
		return;
	o.modifies = modified != NULL;
	o.found = modified != NULL ? modified->value : 0;
	trail_offer(w->place, note_offer(&o));
}

struct store *promises_take(struct location *l, enum explore_order order,
			    uint64_t value, const struct store *modified)
{
	struct stretch *w = stretch();
	struct store *s;
	int i, first = w->count;

	/* Of two alike the first in modification order, as it comes to them. */
	for (i = 0; i < w->count; i++)
		if (w->promises[i].location == l &&
		    w->promises[i].value == value &&
		    w->promises[i].modified == modified &&
		    (first == w->count ||
		     w->promises[i].store->stamp <
			     w->promises[first].store->stamp))
			first = i;
	i = first;
	if (i == w->count) {
		offer(l, order, value, modified);
		return NULL;
	}
	s = w->promises[i].store;
	w->promises[i] = w->promises[--w->count];
	outstanding--;
	return s;
}

bool promises_to_modify(const struct store *s)
{
	const struct stretch *w = stretch();
	int i;

	for (i = 0; i < w->count; i++)
		if (w->promises[i].modified == s)
			return true;
	return false;
}

const struct store *promises_own(const struct location *l)
{
	const struct stretch *w = stretch();
	const struct store *lowest = NULL;
	int i;

	for (i = 0; i < w->count; i++)
		if (w->promises[i].location == l &&
		    (lowest == NULL ||
		     w->promises[i].store->stamp < lowest->stamp))
			lowest = w->promises[i].store;
	return lowest;
}

static bool is_same(const struct view *a, const struct view *b)
{
	return memcmp(a, b, sizeof(a->clock) +
				    location_count * sizeof(a->at[0])) == 0;
}

static void pass_on(struct store *s, const struct view *message)
{
	int who;

	if (s->taken)
		engine_end(FORBIDDEN);
	view_join(&s->message, message);
	for (who = 0; who < PARTICIPANTS; who++)
		if ((s->readers >> who) & 1)
			view_join(&engine.participant[who].acquired, message);
}

/*
 * What a store releases is known when it is come to. Who read it before, or a
 * modification of it, learns it now, for a fence to acquire; who has acquired it
 * already cannot have: this store would happen before what it is a cause of.
 */
void promises_settle(struct location *l, const struct store *s,
		     const struct view *before)
{
	struct view message;
	int i = 0;

	if (is_same(&s->message, before))
		return;
	view_copy(&message, &s->message);
	while (location_store_at(l, i) != s)
		i++;
	do
		pass_on(location_store_at(l, i), &message);
	while (location_store_at(l, i++)->modified);
}

/* A fence stands before the stores that are promised. */
void promises_release(void)
{
	struct stretch *w = stretch();
	struct view before;
	int i;

	for (i = 0; i < w->count; i++) {
		struct store *s = w->promises[i].store;

		view_copy(&before, &s->message);
		view_join(&s->message, &self()->released);
		promises_settle(w->promises[i].location, s, &before);
	}
}

/* --- where none goes ahead ------------------------------------------------ */

void promises_break(int who)
{
	stretches[who].begun = false;
}

void promises_barrier(void)
{
	if (stretch()->count > 0)
		engine_end(FORBIDDEN);
	promises_break(engine.current);
}

/* As a compiler would have it that has put the store first. */
static void keep_last(struct stretch *w)
{
	const struct promise *p = &w->promises[--w->count];
	struct event *e = event_new(location_index(p->location), false);

	outstanding--;
	memory_keep_promise(p->location, p->store, EXPLORE_RELAXED, e, NULL);
	event_seal(e);
}

void promises_leave(enum state state)
{
	struct stretch *w = stretch();

	w->begun = false;
	if (w->count == 0)
		return;
	if (state != DEAD || engine.promises == PROMISES_OF_C11)
		engine_end(FORBIDDEN);
	while (w->count > 0)
		keep_last(w);
}
