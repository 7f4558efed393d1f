/* SPDX-License-Identifier: MIT */
#include "memory.h"

/*
 * Atomic memory as RC11 has it (Lahav and others, PLDI 2017; C++20 took its
 * repair of sequential consistency, P0668). Each location keeps all its stores
 * in modification order. A load may return any store that is not hidden by what
 * its participant knows (view), a store may go anywhere behind what is known, a
 * read-modify-write goes right behind the store that it reads. Events happen
 * in program order, but for stores that are promised (promises.c). What is
 * sequentially consistent is checked against all the rest by coherence.c.
 */

/* --- reading -------------------------------------------------------------- */

void memory_learn(struct location *l, struct store *s, struct event *e,
		  enum explore_order order)
{
	struct participant *p = self();
	uint32_t i = location_index(l);

	e->read = s->stamp;
	if (p->current.at[i] < s->stamp)
		p->current.at[i] = s->stamp;
	view_join(&p->acquired, &s->message);
	if (acquires(order)) {
		view_join(&p->current, &s->message);
		promises_acquire(s);
	}
	if (promises_any()) {
		s->readers |= (uint8_t)(1u << engine.current);
		s->taken |= acquires(order);
	}
	engine_note('r' + (uint64_t)(l->address & 0xffffff) * 256,
		    location_name_store(s));
}

/* Up to where a participant may read and write: its own promise comes later. */
static int end_of(const struct location *l)
{
	const struct store *own = promises_own(l);
	int i = l->count;

	while (own != NULL && location_store_at(l, --i) != own)
		;
	return i;
}

/*
 * The stores that may be read, newest first. One that has been modified is read
 * by no other modification, of any value or of one that is expected. (A
 * modification that finds another value is a relaxed load.)
 */
static int readable(const struct location *l, enum explore_order order,
		    bool modify, const uint64_t *expected,
		    int places[STORES_EACH])
{
	uint32_t seen = self()->current.at[location_index(l)];
	int i, count = 0;

	for (i = end_of(l) - 1; i >= 0; i--) {
		const struct store *s = location_store_at(l, i);
		bool takes = expected == NULL || s->value == *expected;

		if (s->stamp < seen)
			break;
		if (takes && acquires(order) && !promises_allow(s))
			continue;
		if (!takes || !modify || !s->modified || promises_to_modify(s))
			places[count++] = i;
	}
	return count;
}

int memory_choose_read(const struct location *l, enum explore_order order,
		       bool modify, const uint64_t *expected)
{
	int places[STORES_EACH], values[STORES_EACH], i;
	int count = readable(l, order, modify, expected, places);

	for (i = 0; i < count; i++)
		values[i] = i;
	if (count == 0)
		engine_end(FORBIDDEN);
	return places[count == 1 ? 0 :
				   trail_choose('r', count, values, false)];
}

/* --- writing -------------------------------------------------------------- */

/* Places where a store may go, the last first; counted from the end. */
int memory_choose_place(const struct location *l)
{
	uint32_t seen = self()->current.at[location_index(l)];
	int values[STORES_EACH], count = 0, i;

	for (i = end_of(l); i > 0; i--) {
		const struct store *before = location_store_at(l, i - 1);

		if (before->stamp < seen)
			break;
		if (!before->modified)
			values[count++] = l->count - i;
	}
	if (count == 0)
		engine_end(FORBIDDEN);
	return l->count -
	       (count == 1 ? values[0] :
			     trail_choose('w', count, values, false));
}

/* What it releases; read: the store that a modification builds upon, or NULL. */
static void announce(struct location *l, struct store *s,
		     const struct view *released, struct store *read)
{
	view_copy(&s->message, released);
	if (read != NULL) {
		read->modified = true;
		view_join(&s->message, &read->message);
	}
	s->message.at[location_index(l)] = s->stamp;
	location_rehash(l);
}

void memory_come_to(struct location *l, struct store *s,
		    enum explore_order order, struct event *e,
		    struct store *read)
{
	struct participant *p = self();

	s->index = e->index;
	e->written = s->stamp;
	p->current.at[location_index(l)] = s->stamp;
	announce(l, s, releases(order) ? &p->current : &p->released, read);
	engine_note('w' + (uint64_t)(l->address & 0xffffff) * 256, 0);
}

/* --- promises ------------------------------------------------------------- */

/*
 * Of those with this value, one that no modification has read; it may be its
 * participant's own promise, which comes before it.
 */
static int choose_modified(const struct location *l, uint64_t found)
{
	uint32_t seen = self()->current.at[location_index(l)];
	int values[STORES_EACH], count = 0, i;

	for (i = l->count - 1; i >= 0; i--) {
		const struct store *s = location_store_at(l, i);

		if (s->stamp < seen)
			break;
		if (s->value == found && !s->modified)
			values[count++] = i;
	}
	if (count == 0)
		engine_end(FORBIDDEN);
	return count == 1 ? values[0] :
			    trail_choose('r', count, values, false);
}

struct store *memory_store_ahead(struct location *l, uint64_t value,
				 const uint64_t *found,
				 struct store **modified)
{
	int place = found != NULL ? choose_modified(l, *found) + 1 :
				    memory_choose_place(l);
	struct store *s;

	*modified = found != NULL ? location_store_at(l, place - 1) : NULL;
	s = location_insert(l, place, value);
	s->index = AHEAD;
	announce(l, s, &self()->released, *modified);
	return s;
}

/* It must be behind all that its participant knew before it. */
void memory_keep_promise(struct location *l, struct store *s,
			 enum explore_order order, struct event *e,
			 struct store *read)
{
	struct view before;

	if (self()->current.at[location_index(l)] >= s->stamp)
		engine_end(FORBIDDEN);
	view_copy(&before, &s->message);
	memory_come_to(l, s, order, e, read);
	promises_settle(l, s, &before);
}
