/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Locations: each keeps all its stores in modification order. One that a single
 * participant uses, or nobody writes, needs none of this: its memory is read
 * and written as it is. Which those are is learnt while exploring.
 */

#define SLOTS 1024
#define POOL 4096

static struct location locations[LOCATIONS];
uint32_t location_count;
static uint16_t slots[SLOTS];	/* of locations by address, from 1 */
static struct store pool[POOL];
static uint32_t pool_used;
static uint64_t order_hash;	/* of all locations' modification orders */
static bool learnt;

struct location *location_of(const void *p, size_t size)
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

const struct location *location_at(uintptr_t address)
{
	size_t slot = (address >> 2) * 2654435761u % SLOTS;

	for (; slots[slot] != 0; slot = (slot + 1) % SLOTS)
		if (locations[slots[slot] - 1].address == address)
			return &locations[slots[slot] - 1];
	return NULL;
}

const struct location *location_numbered(uint32_t index)
{
	return &locations[index];
}

uint32_t location_index(const struct location *l)
{
	return (uint32_t)(l - locations);
}

void location_use(struct location *l, bool writes)
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

uint64_t location_read_plain(const void *p, size_t size)
{
	uint32_t half;
	uint64_t whole;

	if (size == sizeof(half)) {
		memcpy(&half, p, sizeof(half));
		return half;
	}
	memcpy(&whole, p, sizeof(whole));
	return whole;
}

void location_write_plain(void *p, size_t size, uint64_t value)
{
	memcpy(p, &value, size);
}

struct store *location_store_at(const struct location *l, int place)
{
	return &pool[l->order[place]];
}

struct store *location_newest(const struct location *l)
{
	return location_store_at(l, l->count - 1);
}

uint32_t location_stores(void)
{
	return pool_used;
}

/* What setup left was always there. */
bool location_is_among(const struct store *s, uint32_t stores)
{
	return s->by == 0 || (uint32_t)(s - pool) < stores;
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
	s->modified = s->taken = false;
	s->readers = 0;
	view_empty(&s->message);
	return (uint16_t)pool_used++;
}

void memory_acquire_all(void)
{
	uint32_t i;

	for (i = 0; promises_any() && i < pool_used; i++)
		pool[i].taken |= (pool[i].readers >> engine.current) & 1;
}

/* What setup left is the first store, before everything. */
void location_begin_history(struct location *l)
{
	if (l->count > 0)
		return;
	l->order[0] = new_store(STAMP,
				location_read_plain((const void *)l->address,
						    l->size));
	l->count = 1;
	pool[l->order[0]].by = 0;
	l->hash = 0;
}

static uint32_t stamp_for(const struct location *l, int place)
{
	uint32_t before = location_store_at(l, place - 1)->stamp, after;

	if (place == l->count)
		return before + STAMP;
	after = location_store_at(l, place)->stamp;
	if (after - before < 2)
		engine_end(CUT);
	return before + (after - before) / 2;
}

struct store *location_insert(struct location *l, int place, uint64_t value)
{
	uint32_t stamp = stamp_for(l, place);

	if (l->count == STORES_EACH)
		engine_end(CUT);
	memmove(&l->order[place + 1], &l->order[place],
		(size_t)(l->count - place) * sizeof(l->order[0]));
	l->order[place] = new_store(stamp, value);
	l->count++;
	if (place == l->count - 1) {
		if (value != location_store_at(l, place - 1)->value)
			engine_changed();
		location_write_plain((void *)l->address, l->size, value);
	}
	return location_store_at(l, place);
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

uint64_t location_name_store(const struct store *s)
{
	uint64_t name = (uint64_t)s->by << 16 | s->index;

	/* It may have promised the same value twice. */
	return s->index == AHEAD ? mix(mix(name, s->value), s->stamp) : name;
}

void location_rehash(struct location *l)
{
	uint64_t hash = l->address & 0xffffff;
	int i;

	order_hash -= l->hash;
	for (i = 0; i < l->count; i++)
		hash = mix(hash, location_name_store(location_store_at(l, i)));
	l->hash = hash;
	order_hash += hash;
}

uint64_t memory_newest(const void *p, size_t size)
{
	struct location *l;

	if (!engine.running)
		return location_read_plain(p, size);
	l = location_of(p, size);
	location_use(l, false);
	if (!l->active)
		return location_read_plain(p, size);
	location_begin_history(l);
	return location_newest(l)->value;
}

void memory_settle(void)
{
	uint32_t i;
	int who;

	for (i = 0; i < location_count; i++)
		for (who = 0; who < PARTICIPANTS && locations[i].count > 0;
		     who++)
			engine.participant[who].current.at[i] =
				location_newest(&locations[i])->stamp;
}
