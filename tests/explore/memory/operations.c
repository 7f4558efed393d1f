/* SPDX-License-Identifier: MIT */
#include "memory.h"

/* What the library's code calls for each atomic operation. */

/* NULL: nobody else cares; do it to the plain memory. */
static struct location *begin(struct explore_site *site, const void *p,
			      size_t size, enum access access)
{
	bool writes = access != READS;
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
	promises_point(access);
	plain_check_atomic(l->address, writes);
	return l;
}

uint64_t explore_load(struct explore_site *site, const void *p, size_t size)
{
	struct location *l = begin(site, p, size, READS);
	enum explore_order order = sites_order(site);
	struct event *e;
	struct store *s;

	if (l == NULL)
		return location_read_plain(p, size);
	s = location_store_at(l, memory_choose_read(l, order, false, NULL));
	e = event_new(location_index(l), order == EXPLORE_SEQ_CST);
	memory_learn(l, s, e, order);
	event_seal(e);
	self()->exposed = false;
	engine_trace(site, "reads %#llx", (unsigned long long)s->value);
	return s->value;
}

static struct event *write(struct location *l, uint64_t value,
			   enum explore_order order)
{
	struct store *s = promises_take(l, order, value, NULL);
	bool sc = order == EXPLORE_SEQ_CST;
	struct event *e;

	if (s != NULL) {
		e = event_new(location_index(l), sc);
		memory_keep_promise(l, s, order, e, NULL);
	} else {
		s = location_insert(l, memory_choose_place(l), value);
		e = event_new(location_index(l), sc);
		memory_come_to(l, s, order, e, NULL);
	}
	return e;
}

void explore_store(struct explore_site *site, void *p, size_t size,
		   uint64_t value)
{
	struct location *l = begin(site, p, size, WRITES);
	enum explore_order order = sites_order(site);
	struct event *e;

	if (size == sizeof(uint32_t))
		value = (uint32_t)value;
	if (l == NULL) {
		location_write_plain(p, size, value);
		return;
	}
	e = write(l, value, order);
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

static void write_behind(struct location *l, int place, uint64_t value,
			 enum explore_order order, struct event *e)
{
	struct store *read = location_store_at(l, place);
	struct store *s = promises_take(l, order, value, read);

	if (s != NULL) {
		memory_keep_promise(l, s, order, e, read);
		return;
	}
	/* It has promised another modification of this one. */
	if (read->modified)
		engine_end(FORBIDDEN);
	memory_come_to(l, location_insert(l, place + 1, value), order, e, read);
}

static uint64_t modify(struct explore_site *site, struct location *l,
		       const uint64_t *expected, uint64_t operand, bool *done)
{
	enum explore_order order = sites_order(site);
	int place = memory_choose_read(l, order, true, expected);
	struct store *s = location_store_at(l, place);
	uint64_t found = s->value, value = modified(site, found, operand);
	struct event *e;

	*done = expected == NULL || found == *expected;
	e = event_new(location_index(l), *done && order == EXPLORE_SEQ_CST);
	memory_learn(l, s, e, *done ? order : EXPLORE_RELAXED);
	if (l->size == sizeof(uint32_t))
		value = (uint32_t)value;
	if (*done)
		write_behind(l, place, value, order, e);
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
	struct location *l = begin(site, p, size, MODIFIES);
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
	struct location *l = begin(site, p, size, MODIFIES);
	uint64_t found;
	bool done;

	if (l != NULL)
		return modify(site, l, NULL, operand, &done);
	found = location_read_plain(p, size);
	location_write_plain(p, size, modified(site, found, operand));
	return found;
}
