/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Interleavings that made the same execution graph (the same events, each load
 * reading the same store, the same order of the stores to each location) go on
 * alike: one of them is enough. This is the partial-order reduction. What is
 * kept is a hash of the graph, of 64 bits, with the bounds that were left.
 */
struct entry {
	uint64_t hash;
	uint8_t left, kills;
};

static struct entry *table;
static uint64_t size, used;

static void insert(struct entry *into, uint64_t mask, const struct entry *e)
{
	uint64_t i = e->hash & mask;

	while (into[i].hash != 0)
		i = (i + 1) & mask;
	into[i] = *e;
}

static void grow(void)
{
	uint64_t wanted = size == 0 ? UINT64_C(1) << 16 : size * 2, i;
	struct entry *larger = calloc(wanted, sizeof(*larger));

	if (larger == NULL) {
		fprintf(stderr, "explore: no memory for %llu states\n",
			(unsigned long long)wanted);
		exit(1);
	}
	for (i = 0; i < size; i++)
		if (table[i].hash != 0)
			insert(larger, wanted - 1, &table[i]);
	free(table);
	table = larger;
	size = wanted;
}

void seen_clear(void)
{
	if (size > UINT64_C(1) << 18) {
		free(table);
		table = NULL;
		size = 0;
	}
	if (size > 0)
		memset(table, 0, size * sizeof(*table));
	used = 0;
}

uint64_t seen_count(void)
{
	return used;
}

bool seen_before(uint64_t hash, int left, int kills_left)
{
	struct entry e = { hash != 0 ? hash : 1, (uint8_t)left,
			   (uint8_t)kills_left };
	uint64_t i;

	if (used * 2 >= size)
		grow();
	for (i = e.hash & (size - 1); table[i].hash != 0;
	     i = (i + 1) & (size - 1)) {
		if (table[i].hash != e.hash)
			continue;
		if (table[i].left >= e.left && table[i].kills >= e.kills)
			return true;
		table[i] = e;
		return false;
	}
	table[i] = e;
	used++;
	return false;
}
