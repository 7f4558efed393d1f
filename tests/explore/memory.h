/* SPDX-License-Identifier: MIT */
/* What locations.c, events.c, memory.c and fences.c share. */
#ifndef EXPLORE_MEMORY_H
#define EXPLORE_MEMORY_H

#include "engine.h"

/* Between two stores, so that others find room there. */
#define STAMP 4096u


/* One of a location. */
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

/* --- views.c --------------------------------------------------------------- */

void view_empty(struct view *view);
void view_join(struct view *into, const struct view *from);
void view_copy(struct view *into, const struct view *from);

/* --- locations.c ----------------------------------------------------------- */

extern uint32_t location_count;

struct location *location_of(const void *p, size_t size);
/* Without making one; NULL: there is none. */
const struct location *location_at(uintptr_t address);
const struct location *location_numbered(uint32_t index);
uint32_t location_index(const struct location *l);
/* Two users and a store by one of them make it worth the trouble. */
void location_use(struct location *l, bool writes);
void location_begin_history(struct location *l);
void location_rehash(struct location *l);
struct store *location_store_at(const struct location *l, int place);
struct store *location_newest(const struct location *l);
/* Puts one there; it is nobody's event yet. */
struct store *location_insert(struct location *l, int place, uint64_t value);
uint64_t location_read_plain(const void *p, size_t size);
void location_write_plain(void *p, size_t size, uint64_t value);

/* --- events.c -------------------------------------------------------------- */

/* The next one of who runs; location LOCATIONS: a fence. */
struct event *event_new(uint32_t location, bool sc);
/* All is known of it; ends an execution that does not exist. */
void event_seal(struct event *e);

static inline bool acquires(enum explore_order order)
{
	return order == EXPLORE_ACQUIRE || order >= EXPLORE_ACQ_REL;
}

static inline bool releases(enum explore_order order)
{
	return order >= EXPLORE_RELEASE;
}

#endif
