/* SPDX-License-Identifier: MIT */
#include "promises.h"

/*
 * Stores that are made ahead of what stands before them in the program: load
 * buffering. A modification is made ahead whole, right behind the store that it
 * modifies. A participant promises a store, others read it, and then it must
 * come to that store indeed, or there is no such execution (Kang and others, "A
 * promising semantics for relaxed-memory concurrency", POPL 2017). What may be
 * promised is what the participant did in another execution, alone from the same
 * place on, without anybody's help: so no value comes out of thin air. (places.c
 * has the places.)
 *
 * C11 allows it for any store, whatever comes before it, as long as happens-
 * before and coherence have no cycle; so do the litmus tests.
 * Scenes have what processors and compilers do. What does not release goes ahead,
 * a modification that acquires too, but not ahead of a fence or a call. An acquire
 * that it goes ahead of has been made before it: it reads a store that there was
 * when the promise was made. (In the terms of herd's aarch64.cat: po;[L], [A];po,
 * dmb and rmw are kept, dependencies are not.)
 * Who made one ahead may be killed in between, as a compiler that changed their
 * order would have it; but not across the compiler's barrier: what processors do is
 * precise when they are interrupted.
 */

static struct stretch stretches[PARTICIPANTS];
static int outstanding;		/* promises, of all */

void promises_reset(void)
{
	int who;

	for (who = 0; who < PARTICIPANTS; who++) {
		stretches[who].begun = false;
		stretches[who].count = 0;
	}
	outstanding = 0;
}

static struct stretch *stretch(void)
{
	return &stretches[engine.current];
}

void promises_acquire(const struct store *s)
{
	stretch_acquire(stretch(), s);
}

uint32_t promises_stretch(void)
{
	const struct stretch *w = stretch();

	return w->begun ? (w->places[0].events + 1) * (PROMISES_EACH + 1) +
				  (uint32_t)w->made :
			  0;
}

/* Acquires may read what there was when they were made. */
uint64_t promises_hash(void)
{
	uint64_t hash = 0;
	int who, i;

	if (engine.promises == PROMISES_OF_C11)
		return 0;
	for (who = 0; outstanding > 0 && who < PARTICIPANTS; who++)
		for (i = 0; i < stretches[who].count; i++) {
			const struct promise *p = &stretches[who].promises[i];

			hash += mix(mix(p->hash, (uint64_t)who * 2 + p->late),
				    p->store->stamp ^ p->location->address);
		}
	return hash;
}

bool promises_any(void)
{
	return outstanding > 0;
}

bool promises_has(int who)
{
	return stretches[who].count > 0;
}

/* --- making and keeping them ---------------------------------------------- */

static void promise(const struct offer *o)
{
	struct stretch *w = stretch();
	struct promise p = { .value = o->value, .late = o->late,
			     .stores = location_stores(),
			     .hash = memory_hash() };

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

void promises_point(enum access access)
{
	struct stretch *w = stretch();
	int id, made;

	for (made = 0; (!w->begun || w->stored) && may_begin(access); made++) {
		if (!w->begun)
			stretch_begin(w, made);
		id = stretch_open(w);
		if (id == 0)
			return;
		promise(offer_numbered(id));
		promises_break(engine.current);
		engine_point();
	}
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
		stretch_offer(w, l, order, value, modified);
		w->stored = true;
		return NULL;
	}
	s = w->promises[i].store;
	w->promises[i] = w->promises[--w->count];
	outstanding--;
	if (w->count == 0)
		stretch_offer_held(w);
	return s;
}

bool promises_allow(const struct store *s)
{
	const struct stretch *w = stretch();
	int i;

	for (i = 0; i < w->count && engine.promises != PROMISES_OF_C11; i++)
		if (!location_is_among(s, w->promises[i].stores))
			return false;
	return true;
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

/* Processors do not know of it. */
void promises_pass(void)
{
	struct stretch *w = stretch();
	int i;

	for (i = 0; i < w->count; i++)
		if (!w->promises[i].late)
			engine_end(FORBIDDEN);
	w->passed = w->place_count;
}

/*
 * Interrupts are precise, whatever processors do: what a killed one has made
 * ahead a compiler has put there, and no compiler puts a modification elsewhere
 * that a fence might come before.
 */
void promises_interrupt(bool by_fence)
{
	const struct stretch *w = stretch();
	int i;

	for (i = 0; i < w->count; i++)
		if (w->promises[i].late ||
		    (by_fence && w->promises[i].modified != NULL))
			engine_end(FORBIDDEN);
}

/* Of each location in modification order. */
static struct promise take_lowest(struct stretch *w)
{
	struct promise lowest;
	int i, first = 0;

	for (i = 1; i < w->count; i++)
		if (w->promises[i].store->stamp <
		    w->promises[first].store->stamp)
			first = i;
	lowest = w->promises[first];
	w->promises[first] = w->promises[--w->count];
	outstanding--;
	return lowest;
}

/* As a compiler would have it that has put the store first. */
static void keep_one(struct stretch *w)
{
	struct promise p = take_lowest(w);
	struct event *e = event_new(location_index(p.location), false);

	if (p.modified != NULL)
		e->read = p.modified->stamp;
	memory_keep_promise(p.location, p.store, EXPLORE_RELAXED, e,
			    p.modified);
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
	promises_interrupt(false);
	while (w->count > 0)
		keep_one(w);
}
