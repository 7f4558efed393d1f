/* SPDX-License-Identifier: MIT */
/* What locations.c, events.c, memory.c, operations.c and fences.c share. */
#ifndef EXPLORE_MEMORY_H
#define EXPLORE_MEMORY_H

#include "engine.h"

/* Between two stores, so that others find room there. */
#define STAMP 4096u
#define AHEAD 0xffff

/* One of a location. */
struct store {
	uint32_t stamp;
	uint64_t value;
	uint8_t by;
	uint16_t index;		/* AHEAD: promised */
	bool modified;		/* the next store is a modification of it */
	bool taken;		/* while promises were open: acquired, by … */
	uint8_t readers;	/* … one of these, or read by them */
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

/* --- views.c -------------------------------------------------------------- */

void view_empty(struct view *view);
void view_join(struct view *into, const struct view *from);
/* Where loads and stores go, without what happens before them. */
void view_join_places(struct view *into, const struct view *from);
void view_copy(struct view *into, const struct view *from);

/* --- locations.c ---------------------------------------------------------- */

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
/* The same in each execution that has it. */
uint64_t location_name_store(const struct store *s);
struct store *location_store_at(const struct location *l, int place);
struct store *location_newest(const struct location *l);
/* How many there are of all locations; and whether it was one of so many. */
uint32_t location_stores(void);
bool location_is_among(const struct store *s, uint32_t stores);
/* Puts one there; it is nobody's event yet. */
struct store *location_insert(struct location *l, int place, uint64_t value);
uint64_t location_read_plain(const void *p, size_t size);
void location_write_plain(void *p, size_t size, uint64_t value);

/* A fence acquires all that who runs has read while promises were open. */
void memory_acquire_all(void);

/* --- events.c ------------------------------------------------------------- */

/* The next one of who runs; location LOCATIONS: a fence. */
struct event *event_new(uint32_t location, bool sc);
/* All is known of it; ends an execution that does not exist. */
void event_seal(struct event *e);

/* --- memory.c ------------------------------------------------------------- */

/*
 * Where in the modification order: the store to read, newest first; modify: none
 * that another modification has read, of any value or of one that is expected.
 */
int memory_choose_read(const struct location *l, enum explore_order order,
		       bool modify, const uint64_t *expected);
void memory_learn(struct location *l, struct store *s, struct event *e,
		  enum explore_order order);
/* Where a store goes. */
int memory_choose_place(const struct location *l);
/* It is e's; read: the store that it modifies, or NULL. */
void memory_come_to(struct location *l, struct store *s,
		    enum explore_order order, struct event *e,
		    struct store *read);
/* found: what it modifies; then *modified is the store that it modifies. */
struct store *memory_store_ahead(struct location *l, uint64_t value,
				 const uint64_t *found,
				 struct store **modified);
/* Comes to a store that was promised. */
void memory_keep_promise(struct location *l, struct store *s,
			 enum explore_order order, struct event *e,
			 struct store *read);

/* --- fences.c ------------------------------------------------------------- */

struct event *memory_fence(enum explore_order order);

/* --- promises.c ----------------------------------------------------------- */

enum access { READS, WRITES, MODIFIES };

/* Before an access: stores that come later may be made here. */
void promises_point(enum access access);
/* Whether an acquire may read it, which stands before what was promised. */
bool promises_allow(const struct store *s);
/* This store if it was promised; NULL: it may be, in another execution. */
struct store *promises_take(struct location *l, enum explore_order order,
			    uint64_t value, const struct store *modified);
/* It acquires this one. */
void promises_acquire(const struct store *s);
bool promises_to_modify(const struct store *s);
/* The first that who runs has promised there; it is behind all that he knows. */
const struct store *promises_own(const struct location *l);
void promises_release(void);

/* --- settle.c ------------------------------------------------------------- */

void promises_settle(struct location *l, const struct store *s,
		     const struct view *before);

static inline bool acquires(enum explore_order order)
{
	return order == EXPLORE_ACQUIRE || order >= EXPLORE_ACQ_REL;
}

static inline bool releases(enum explore_order order)
{
	return order >= EXPLORE_RELEASE;
}

#endif
