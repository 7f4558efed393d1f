/* SPDX-License-Identifier: MIT */
#include "memory.h"

/*
 * Atomic memory as RC11 has it (Lahav and others, PLDI 2017; C++20 took its
 * repair of sequential consistency, P0668). Each location keeps all its stores
 * in modification order. A load may return any store that is not hidden by what
 * its participant knows (view), a store may go anywhere behind what is known, a
 * read-modify-write goes right behind the store that it reads. Events happen
 * in program order, so a load never returns a store that comes after it:
 * load buffering and values out of thin air are forbidden, as in RC11 and
 * unlike C11, which says too little there. What is sequentially consistent is
 * checked against all the rest by coherence.c.
 */

/* --- reading -------------------------------------------------------------------- */

static void learn(struct location *l, struct store *s, struct event *e,
		  enum explore_order order)
{
	struct participant *p = self();
	uint32_t i = location_index(l);

	e->read = s->stamp;
	if (p->current.at[i] < s->stamp)
		p->current.at[i] = s->stamp;
	view_join(&p->acquired, &s->message);
	if (acquires(order))
		view_join(&p->current, &s->message);
	engine_note('r' + (uint64_t)(l->address & 0xffffff) * 256,
		    (uint64_t)s->by << 16 | s->index);
}

/*
 * The stores that may be read, newest first, but for those that wanted refuses:
 * what is compared equal must not have been modified by somebody else.
 */
static int readable(const struct location *l, bool modify,
		    const uint64_t *expected, int places[STORES_EACH])
{
	uint32_t seen = self()->current.at[location_index(l)];
	int i, count = 0;

	for (i = l->count - 1; i >= 0 && count < 12; i--) {
		const struct store *s = location_store_at(l, i);
		bool takes = modify &&
			     (expected == NULL || s->value == *expected);

		if (s->stamp < seen)
			break;
		if (!takes || !s->modified)
			places[count++] = i;
	}
	return count;
}

static int choose_read(const struct location *l, bool modify,
		       const uint64_t *expected)
{
	int places[STORES_EACH], values[STORES_EACH], i;
	int count = readable(l, modify, expected, places);

	for (i = 0; i < count; i++)
		values[i] = i;
	if (count == 0)
		engine_end(FORBIDDEN);
	return places[count == 1 ? 0 :
				   trail_choose('r', count, values, false)];
}

/* --- writing --------------------------------------------------------------------- */

/* Places where a store may go, the last first; counted from the end. */
static int choose_place(const struct location *l)
{
	uint32_t seen = self()->current.at[location_index(l)];
	int values[STORES_EACH], count = 1, i;

	values[0] = 0;
	for (i = l->count - 1; i > 0 && count < 12; i--) {
		if (location_store_at(l, i)->stamp <= seen)
			break;
		if (!location_store_at(l, i - 1)->modified &&
		    location_store_at(l, i - 1)->stamp >= seen)
			values[count++] = l->count - i;
	}
	return l->count -
	       (count == 1 ? 0 : trail_choose('w', count, values, false));
}

/* read: the store that a read-modify-write builds upon, or NULL. */
static void write(struct location *l, int place, uint64_t value,
		  enum explore_order order, struct event *e, struct store *read)
{
	struct participant *p = self();
	struct store *s = location_insert(l, place, value);

	s->index = e->index;
	e->written = s->stamp;
	p->current.at[location_index(l)] = s->stamp;
	view_copy(&s->message, releases(order) ? &p->current : &p->released);
	if (read != NULL) {
		read->modified = true;
		view_join(&s->message, &read->message);
	}
	s->message.at[location_index(l)] = s->stamp;
	location_rehash(l);
	engine_note('w' + (uint64_t)(l->address & 0xffffff) * 256,
		    (uint64_t)place);
}

/* --- the operations ----------------------------------------------------------------- */

/* NULL: nobody else cares; do it to the plain memory. */
static struct location *begin(struct explore_site *site, const void *p,
			      size_t size, bool writes)
{
	struct location *l;

	engine.step++;
	sites_reach(site);
	if (!engine.running)
		return NULL;
	l = location_of(p, size);
	location_use(l, writes);
	if (!l->active)
		return NULL;
	engine_point();
	location_begin_history(l);
	plain_check_atomic(l->address, writes);
	return l;
}

uint64_t explore_load(struct explore_site *site, const void *p, size_t size)
{
	struct location *l = begin(site, p, size, false);
	enum explore_order order = sites_order(site);
	struct event *e;
	struct store *s;

	if (l == NULL)
		return location_read_plain(p, size);
	s = location_store_at(l, choose_read(l, false, NULL));
	e = event_new(location_index(l), order == EXPLORE_SEQ_CST);
	learn(l, s, e, order);
	event_seal(e);
	self()->exposed = false;
	engine_trace(site, "reads %#llx", (unsigned long long)s->value);
	return s->value;
}

void explore_store(struct explore_site *site, void *p, size_t size,
		   uint64_t value)
{
	struct location *l = begin(site, p, size, true);
	enum explore_order order = sites_order(site);
	struct event *e;
	int place;

	if (size == sizeof(uint32_t))
		value = (uint32_t)value;
	if (l == NULL) {
		location_write_plain(p, size, value);
		return;
	}
	place = choose_place(l);
	e = event_new(location_index(l), order == EXPLORE_SEQ_CST);
	write(l, place, value, order, e, NULL);
	event_seal(e);
	engine_trace(site, "stores %#llx", (unsigned long long)value);
}

/* What the site makes of the value that it found. */
static uint64_t modified(const struct explore_site *site, uint64_t value,
			 uint64_t operand)
{
	switch (site->operation) {
	case EXPLORE_IS_ADD:
		return value + operand;
	case EXPLORE_IS_OR:
		return value | operand;
	case EXPLORE_IS_AND:
		return value & operand;
	default:
		return operand;
	}
}

static uint64_t modify(struct explore_site *site, struct location *l,
		       const uint64_t *expected, uint64_t operand, bool *done)
{
	enum explore_order order = sites_order(site);
	int place = choose_read(l, true, expected);
	struct store *s = location_store_at(l, place);
	uint64_t found = s->value, value = modified(site, found, operand);
	struct event *e;

	*done = expected == NULL || found == *expected;
	e = event_new(location_index(l), *done && order == EXPLORE_SEQ_CST);
	learn(l, s, e, *done ? order : EXPLORE_RELAXED);
	if (l->size == sizeof(uint32_t))
		value = (uint32_t)value;
	if (*done)
		write(l, place + 1, value, order, e, s);
	else
		engine_note('f', 0);
	event_seal(e);
	engine_trace(site, *done ? "finds %#llx, stores %#llx" :
				   "finds %#llx, not what it expects",
		     (unsigned long long)found, (unsigned long long)value);
	return found;
}

bool explore_cas(struct explore_site *site, void *p, size_t size,
		 uint64_t *expected, uint64_t desired)
{
	struct location *l = begin(site, p, size, true);
	uint64_t found;
	bool done;

	if (size == sizeof(uint32_t))
		*expected = (uint32_t)*expected;
	if (l != NULL) {
		found = modify(site, l, expected, desired, &done);
	} else {
		found = location_read_plain(p, size);
		done = found == *expected;
		if (done)
			location_write_plain(p, size, desired);
	}
	*expected = found;
	return done;
}

uint64_t explore_modify(struct explore_site *site, void *p, size_t size,
			uint64_t operand)
{
	struct location *l = begin(site, p, size, true);
	uint64_t found;
	bool done;

	if (l != NULL)
		return modify(site, l, NULL, operand, &done);
	found = location_read_plain(p, size);
	location_write_plain(p, size, modified(site, found, operand));
	return found;
}
