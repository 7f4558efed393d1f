/* SPDX-License-Identifier: MIT */
/*
 * To an instruction without a trap at each one before it. The first run of an
 * operation writes down its route, address by address. Later ones run freely to
 * a place shortly before the instruction, where a breakpoint lies in this
 * process's own copy of the code, and go by single steps from there. A place in
 * a loop is passed as often as it was on the route. Memory that is allocated
 * another way makes detours: who comes to the end without having met the place
 * says so, and is tried again with more of single steps.
 */
#ifndef CRASH_LEAP_H
#define CRASH_LEAP_H

#include <child.h>

#define ROUTE_MAX 65536
#define ROUTE_HASH (4 * ROUTE_MAX)
#define LEAP_SLACK 256
#define LEAP_TURNS 64
#define LEAP_SAMPLE 251
#define LEAP_BREAKPOINT 0xcc
#define LEAP_PAGE 4096

/* Where the program is after so many instructions; 0 is before the first. */
struct route {
	uint32_t length;
	uint64_t at[ROUTE_MAX];
};

/* Where to wait, and how often to let it pass; address 0: nowhere. */
struct leap {
	uint64_t address;
	int64_t visits;
	int64_t index; /* instructions that have run then */
};

static inline void route_add(struct route *route, int64_t index,
			     uint64_t address)
{
	if (index < ROUTE_MAX) {
		route->at[index] = address;
		route->length = (uint32_t)index;
	}
}

/* The judge's: for each instruction the best place to wait, by its index. */
struct leaps {
	const struct route *route;
	uint32_t from[ROUTE_MAX];
	uint32_t visits[ROUTE_MAX];
};

struct leap_place {
	uint64_t address;
	uint32_t count; /* how often the route came there */
};

static inline struct leap_place *leap_place(struct leap_place *table,
					    uint64_t address)
{
	uint64_t i = address * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (i %= ROUTE_HASH; table[i].address != 0; i = (i + 1) % ROUTE_HASH)
		if (table[i].address == address)
			break;
	table[i].address = address;
	return &table[i];
}

/* A string instruction stays where it is: there is no telling its turns apart. */
static inline bool leap_is_repeated(const struct route *route, uint32_t i)
{
	return route->at[i] == route->at[i - 1];
}

static inline void leaps_make(struct leaps *leaps, const struct route *route)
{
	/* Shared, as all of this: else each fork copies its page tables. */
	size_t size = ROUTE_HASH * sizeof(struct leap_place);
	struct leap_place *table = shared_alloc(size);
	uint32_t i, cost = 0; /* traps until instruction i */

	leaps->route = route;
	leaps->from[0] = 0;
	for (i = 1; i <= route->length; i++) {
		struct leap_place *place = leap_place(table, route->at[i]);

		leaps->visits[i] = place->count;
		leaps->from[i] = leaps->from[i - 1];
		cost++;
		if (leap_is_repeated(route, i))
			continue;
		if (2 * place->count + 1 < cost) {
			leaps->from[i] = i;
			cost = 2 * place->count + 1;
		}
		place->count++;
	}
	shared_free(table, size);
}

/* Deep in a loop: most turns are like those before, and far to go to. */
static inline bool leaps_is_deep(const struct leaps *leaps, int64_t target)
{
	return leaps->route != NULL && target <= leaps->route->length &&
	       leaps->visits[target] >= LEAP_TURNS && target % LEAP_SAMPLE != 0;
}

/* Not nearer to it than slack. */
static inline struct leap leaps_find(const struct leaps *leaps, int64_t target,
				     int64_t slack)
{
	struct leap leap = { 0 };

	if (leaps->route == NULL || target > leaps->route->length ||
	    target < slack)
		return leap;
	leap.index = leaps->from[target - slack];
	if (leap.index == 0)
		return leap;
	leap.address = leaps->route->at[leap.index];
	leap.visits = leaps->visits[leap.index];
	return leap;
}

/* --- in the process that leaps --- */

static struct leap leaping;
static unsigned char leap_byte;
static bool leap_passing TEST_UNUSED;

static inline volatile unsigned char *leap_code(void)
{
	/* Code is where the route says. */
	return (volatile unsigned char *)(uintptr_t)leaping.address;
}

static inline void leap_lay(void)
{
	*leap_code() = LEAP_BREAKPOINT;
}

static inline void leap_lift(void)
{
	if (leaping.address != 0)
		*leap_code() = leap_byte;
}

/* Some code cannot be written to: there one goes by steps. */
static inline bool leap_begin(const struct leap *leap)
{
	uintptr_t page = (uintptr_t)leap->address & ~(uintptr_t)(LEAP_PAGE - 1);

	if (leap->address == 0 ||
	    mprotect((void *)page, LEAP_PAGE,
		     PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
		return false;
	leaping = *leap;
	leap_byte = *leap_code();
	return true;
}

#endif
