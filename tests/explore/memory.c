/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
 *
 * A location that one participant uses, or nobody writes, needs none of this.
 * Which those are is learnt while exploring.
 */

#define STAMP 4096u
#define SLOTS 1024
#define POOL 4096

struct store {
	uint32_t stamp;
	uint64_t value;
	uint8_t by;
	uint16_t index;
	bool modified;		/* the next store is a modification of it */
	struct view message;	/* what an acquire load of it learns */
};

struct location {
	uintptr_t address;
	uint32_t users;		/* participants that access it */
	bool written, active;
	uint8_t size;
	int count;
	uint16_t order[STORES_EACH];
	uint64_t hash;
};

static struct location locations[LOCATIONS];
static uint32_t location_count;
static uint16_t slots[SLOTS];	/* of locations by address, from 1 */
static struct store pool[POOL];
static uint32_t pool_used;
static uint64_t order_hash;	/* of all locations' modification orders */
static bool learnt;
static struct event events[PARTICIPANTS][EVENTS_EACH];

/* --- views ----------------------------------------------------------------- */

static void empty(struct view *view)
{
	memset(view, 0, sizeof(view->clock) +
				location_count * sizeof(view->at[0]));
}

static void join_clock(struct clock *into, const struct clock *from)
{
	int i;

	for (i = 0; i < 8; i++)
		if (into->at[i] < from->at[i])
			into->at[i] = from->at[i];
}

static void join(struct view *into, const struct view *from)
{
	uint32_t i;

	join_clock(&into->clock, &from->clock);
	for (i = 0; i < location_count; i++)
		if (into->at[i] < from->at[i])
			into->at[i] = from->at[i];
}

static void copy(struct view *into, const struct view *from)
{
	memcpy(into, from, sizeof(from->clock) +
				   location_count * sizeof(from->at[0]));
}

void memory_join(struct view *into, const struct view *from)
{
	join(into, from);
}

/* --- locations --------------------------------------------------------------- */

static struct location *locate(const void *p, size_t size)
{
	uintptr_t address = (uintptr_t)p;
	size_t slot = (address >> 2) * 2654435761u % SLOTS;
	uint32_t i;

	while (slots[slot] != 0) {
		if (locations[slots[slot] - 1].address == address)
			return &locations[slots[slot] - 1];
		slot = (slot + 1) % SLOTS;
	}
	if (location_count == LOCATIONS) {
		fprintf(stderr, "explore: too many locations\n");
		abort();
	}
	for (i = 0; i < pool_used; i++)
		pool[i].message.at[location_count] = 0;
	slots[slot] = (uint16_t)++location_count;
	locations[location_count - 1] = (struct location){
		.address = address, .size = (uint8_t)size,
		.active = engine.following
	};
	return &locations[location_count - 1];
}

static uint32_t index_of(const struct location *l)
{
	return (uint32_t)(l - locations);
}

/* Two users and a store by one of them make it worth the trouble. */
static void use(struct location *l, bool writes)
{
	bool shared;

	if (!engine.running)
		return;
	l->users |= 1u << engine.current;
	l->written |= writes;
	shared = l->written && (l->users & (l->users - 1)) != 0;
	if (shared && !l->active)
		learnt = true;
}

bool memory_learnt(void)
{
	uint32_t i;
	bool result = learnt;

	for (i = 0; i < location_count; i++)
		locations[i].active |= locations[i].written &&
				       (locations[i].users &
					(locations[i].users - 1)) != 0;
	learnt = false;
	return result;
}

static uint64_t read_plain(const struct location *l)
{
	uint32_t half;
	uint64_t whole;

	if (l->size == sizeof(half)) {
		memcpy(&half, (const void *)l->address, sizeof(half));
		return half;
	}
	memcpy(&whole, (const void *)l->address, sizeof(whole));
	return whole;
}

static void write_plain(const struct location *l, uint64_t value)
{
	memcpy((void *)l->address, &value, l->size);
}

static struct store *store_at(const struct location *l, int place)
{
	return &pool[l->order[place]];
}

static struct store *newest(const struct location *l)
{
	return store_at(l, l->count - 1);
}

static uint16_t new_store(uint32_t stamp, uint64_t value)
{
	struct store *s;

	if (pool_used == POOL)
		engine_end(CUT);
	s = &pool[pool_used];
	s->stamp = stamp;
	s->value = value;
	s->by = (uint8_t)engine.current;
	s->index = 0;
	s->modified = false;
	empty(&s->message);
	return (uint16_t)pool_used++;
}

/* What setup left is the first store, before everything. */
static void begin_history(struct location *l)
{
	if (l->count > 0)
		return;
	l->order[0] = new_store(STAMP, read_plain(l));
	l->count = 1;
	pool[l->order[0]].by = 0;
	l->hash = 0;
}

void memory_forget(void)
{
	memset(locations, 0, sizeof(locations));
	memset(slots, 0, sizeof(slots));
	location_count = 0;
	learnt = false;
}

void memory_reset(void)
{
	uint32_t i;
	int who;

	pool_used = 0;
	order_hash = 0;
	for (i = 0; i < location_count; i++) {
		locations[i].count = 0;
		locations[i].hash = 0;
	}
	for (who = 0; who < PARTICIPANTS; who++) {
		memset(&engine.participant[who].current, 0,
		       sizeof(struct view));
		memset(&engine.participant[who].acquired, 0,
		       sizeof(struct view));
		memset(&engine.participant[who].released, 0,
		       sizeof(struct view));
	}
}

uint64_t memory_hash(void)
{
	return order_hash;
}

static void rehash(struct location *l)
{
	uint64_t hash = l->address & 0xffffff;
	int i;

	order_hash -= l->hash;
	for (i = 0; i < l->count; i++)
		hash = mix(hash, (uint64_t)store_at(l, i)->by << 16 |
					 store_at(l, i)->index);
	l->hash = hash;
	order_hash += hash;
}

uint64_t memory_newest(const void *p, size_t size)
{
	struct location *l = locate(p, size);

	use(l, false);
	if (!engine.running || !l->active)
		return read_plain(l);
	begin_history(l);
	return newest(l)->value;
}

void memory_settle(void)
{
	uint32_t i;
	int who;

	for (i = 0; i < location_count; i++)
		for (who = 0; who < PARTICIPANTS && locations[i].count > 0;
		     who++)
			engine.participant[who].current.at[i] =
				newest(&locations[i])->stamp;
}

/* --- events ------------------------------------------------------------------- */

static struct event *new_event(uint32_t location, bool sc)
{
	struct participant *p = self();
	struct event *e = &events[engine.current][p->events + 1];

	if (p->events + 2 >= EVENTS_EACH)
		engine_end(CUT);
	p->events++;
	p->current.clock.at[engine.current] = (uint16_t)p->events;
	e->by = (uint8_t)engine.current;
	e->index = (uint16_t)p->events;
	e->location = (uint16_t)location;
	e->sc = sc;
	e->is_fence = location == LOCATIONS;
	e->read = e->written = 0;
	e->node = -1;
	return e;
}

const struct event *memory_event_at(int who, uint32_t index)
{
	return &events[who][index];
}

uint32_t memory_event_count(int who)
{
	return engine.participant[who].events;
}

uint32_t memory_location_count(void)
{
	return location_count;
}

uint32_t memory_known_store(uint32_t location, const struct clock *clock)
{
	const struct location *l = &locations[location];
	int i;

	for (i = l->count - 1; i >= 0; i--)
		if (happened(clock, store_at(l, i)->by, store_at(l, i)->index))
			return store_at(l, i)->stamp;
	return 0;
}

static void seal(struct event *e)
{
	e->clock = self()->current.clock;
	e->source = e->read != 0 ? e->read : e->written;
	if (!coherence_add(e))
		engine_end(FORBIDDEN);
}

bool memory_is_ordered(uintptr_t address, const struct clock *clock)
{
	const struct location *l = NULL;
	size_t slot = (address >> 2) * 2654435761u % SLOTS;
	int i;

	for (; slots[slot] != 0; slot = (slot + 1) % SLOTS)
		if (locations[slots[slot] - 1].address == address)
			l = &locations[slots[slot] - 1];
	if (l == NULL)
		return true;
	for (i = 1; i < l->count; i++)
		if (!happened(clock, store_at(l, i)->by, store_at(l, i)->index))
			return false;
	return true;
}

/* --- reading -------------------------------------------------------------------- */

static bool acquires(enum explore_order order)
{
	return order == EXPLORE_ACQUIRE || order >= EXPLORE_ACQ_REL;
}

static bool releases(enum explore_order order)
{
	return order >= EXPLORE_RELEASE;
}

static void learn(struct location *l, struct store *s, struct event *e,
		  enum explore_order order)
{
	struct participant *p = self();
	uint32_t i = index_of(l);

	e->read = s->stamp;
	if (p->current.at[i] < s->stamp)
		p->current.at[i] = s->stamp;
	join(&p->acquired, &s->message);
	if (acquires(order))
		join(&p->current, &s->message);
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
	uint32_t seen = self()->current.at[index_of(l)];
	int i, count = 0;

	for (i = l->count - 1; i >= 0 && count < 12; i--) {
		const struct store *s = store_at(l, i);
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
	uint32_t seen = self()->current.at[index_of(l)];
	int values[STORES_EACH], count = 1, i;

	values[0] = 0;
	for (i = l->count - 1; i > 0 && count < 12; i--) {
		if (store_at(l, i)->stamp <= seen)
			break;
		if (!store_at(l, i - 1)->modified &&
		    store_at(l, i - 1)->stamp >= seen)
			values[count++] = l->count - i;
	}
	return l->count -
	       (count == 1 ? 0 : trail_choose('w', count, values, false));
}

static uint32_t stamp_for(const struct location *l, int place)
{
	uint32_t before = store_at(l, place - 1)->stamp, after;

	if (place == l->count)
		return before + STAMP;
	after = store_at(l, place)->stamp;
	if (after - before < 2)
		engine_end(CUT);
	return before + (after - before) / 2;
}

static struct store *insert(struct location *l, int place, uint64_t value)
{
	uint32_t stamp = stamp_for(l, place);

	if (l->count == STORES_EACH)
		engine_end(CUT);
	memmove(&l->order[place + 1], &l->order[place],
		(size_t)(l->count - place) * sizeof(l->order[0]));
	l->order[place] = new_store(stamp, value);
	l->count++;
	if (place == l->count - 1) {
		if (value != store_at(l, place - 1)->value)
			engine_changed();
		write_plain(l, value);
	}
	return store_at(l, place);
}

/* read: the store that a read-modify-write builds upon, or NULL. */
static void write(struct location *l, int place, uint64_t value,
		  enum explore_order order, struct event *e, struct store *read)
{
	struct participant *p = self();
	struct store *s = insert(l, place, value);

	s->index = e->index;
	e->written = s->stamp;
	p->current.at[index_of(l)] = s->stamp;
	copy(&s->message, releases(order) ? &p->current : &p->released);
	if (read != NULL) {
		read->modified = true;
		join(&s->message, &read->message);
	}
	s->message.at[index_of(l)] = s->stamp;
	rehash(l);
	engine_note('w' + (uint64_t)(l->address & 0xffffff) * 256,
		    (uint64_t)place);
}

/* --- the operations ----------------------------------------------------------------- */

/* NULL: nobody else cares; do it to the plain memory. */
static struct location *begin(struct explore_site *site, const void *p,
			      size_t size, bool writes)
{
	struct location *l = locate(p, size);

	engine.step++;
	use(l, writes);
	sites_reach(site);
	if (!engine.running || !l->active)
		return NULL;
	engine_point();
	begin_history(l);
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
		return read_plain(locate(p, size));
	s = store_at(l, choose_read(l, false, NULL));
	e = new_event(index_of(l), order == EXPLORE_SEQ_CST);
	learn(l, s, e, order);
	seal(e);
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
		write_plain(locate(p, size), value);
		return;
	}
	place = choose_place(l);
	e = new_event(index_of(l), order == EXPLORE_SEQ_CST);
	write(l, place, value, order, e, NULL);
	seal(e);
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
	struct store *s = store_at(l, place);
	uint64_t found = s->value, value = modified(site, found, operand);
	struct event *e;

	*done = expected == NULL || found == *expected;
	e = new_event(index_of(l), *done && order == EXPLORE_SEQ_CST);
	learn(l, s, e, *done ? order : EXPLORE_RELAXED);
	if (l->size == sizeof(uint32_t))
		value = (uint32_t)value;
	if (*done)
		write(l, place + 1, value, order, e, s);
	else
		engine_note('f', 0);
	seal(e);
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
		l = locate(p, size);
		found = read_plain(l);
		done = found == *expected;
		if (done)
			write_plain(l, desired);
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
	l = locate(p, size);
	found = read_plain(l);
	write_plain(l, modified(site, found, operand));
	return found;
}

/* --- fences ---------------------------------------------------------------------------- */

static struct event *fence(enum explore_order order)
{
	struct participant *p = self();
	struct event *e;

	if (acquires(order))
		join(&p->current, &p->acquired);
	e = new_event(LOCATIONS, order == EXPLORE_SEQ_CST);
	if (releases(order))
		copy(&p->released, &p->current);
	engine_note('F', (uint64_t)order);
	seal(e);
	return e;
}

void explore_fence(struct explore_site *site)
{
	enum explore_order order = sites_order(site);

	engine.step++;
	sites_reach(site);
	if (!engine.running)
		return;
	engine_point();
	fence(order);
	engine_trace(site, "fence");
}

/*
 * The compiler keeps a store before the load behind this. Without it the two
 * may change places, and then a membarrier between them is a membarrier outside
 * of them.
 */
void explore_compiler_barrier(struct explore_site *site)
{
	engine.step++;
	sites_reach(site);
	if (engine.running && sites_order(site) != EXPLORE_SEQ_CST)
		self()->exposed = true;
}

/*
 * A fence here, then one in each other participant wherever it is, then one
 * here. Nothing happens before anything by this alone; only the order of the
 * fences is fixed.
 */
void memory_membarrier(void)
{
	int who, caller = engine.current;
	int16_t first = fence(EXPLORE_SEQ_CST)->node, last;
	int16_t others[PARTICIPANTS];

	/* Who has ended or sleeps had its fence when it was taken off. */
	for (who = 1; who < PARTICIPANTS; who++) {
		struct participant *p = &engine.participant[who];

		others[who] = -1;
		if (who == caller || p->exposed)
			continue;
		engine.current = who;
		others[who] = fence(EXPLORE_SEQ_CST)->node;
	}
	engine.current = caller;
	last = fence(EXPLORE_SEQ_CST)->node;
	for (who = 1; who < PARTICIPANTS; who++)
		if (who != caller && others[who] >= 0 &&
		    (!coherence_order(first, others[who]) ||
		     !coherence_order(others[who], last)))
			engine_end(FORBIDDEN);
}

void memory_enter_kernel(struct kernel_object *object)
{
	struct participant *p = self();
	struct event *e;

	engine_note('K', object->last);
	join(&p->current, &object->view);
	join(&p->acquired, &object->view);
	e = new_event(LOCATIONS, false);
	seal(e);
	join(&object->view, &p->current);
	object->last = (uint64_t)engine.current << 16 | e->index;
}
