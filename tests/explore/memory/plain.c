/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/*
 * Data races: two accesses that are not both atomic, one a store, and neither
 * happens before the other. The compiler tells each access by the calls that it
 * makes for the thread sanitizer. Only what is watched is looked at: the
 * region, and what a scene shares.
 */

#define RANGES 16
#define GRANULES 4096

struct granule {
	uintptr_t address;
	uint8_t writer;
	uint16_t written;	/* the writer's time; 0: never */
	struct clock readers;
};

static struct {
	uintptr_t from, to;
} ranges[RANGES];
static int range_count;
static struct granule granules[GRANULES];
static uint16_t in_use[GRANULES];
static int in_use_count;

void plain_forget(void)
{
	range_count = 0;
}

void plain_watch(const void *from, size_t size)
{
	if (range_count == RANGES)
		abort();
	ranges[range_count].from = (uintptr_t)from;
	ranges[range_count++].to = (uintptr_t)from + size;
}

void plain_reset(void)
{
	while (in_use_count > 0)
		memset(&granules[in_use[--in_use_count]], 0,
		       sizeof(granules[0]));
}

static bool is_watched(uintptr_t address)
{
	int i;

	for (i = 0; i < range_count; i++)
		if (address >= ranges[i].from && address < ranges[i].to)
			return true;
	return false;
}

static struct granule *find(uintptr_t address, bool make)
{
	size_t i = (address >> 3) * 2654435761u % GRANULES;

	while (granules[i].address != 0 && granules[i].address != address)
		i = (i + 1) % GRANULES;
	if (granules[i].address == 0 && !make)
		return NULL;
	if (granules[i].address == 0) {
		if (in_use_count == GRANULES / 2)
			engine_end(CUT);
		granules[i].address = address;
		in_use[in_use_count++] = (uint16_t)i;
	}
	return &granules[i];
}

static bool has_readers_beside(const struct granule *g,
			       const struct clock *clock)
{
	int i;

	for (i = 1; i < PARTICIPANTS; i++)
		if (i != engine.current && g->readers.at[i] > clock->at[i])
			return true;
	return false;
}

static bool races_with_writer(const struct granule *g,
			      const struct clock *clock)
{
	return g->written != 0 && g->writer != engine.current &&
	       !happened(clock, g->writer, g->written);
}

/* The time of what comes next, so that it is after the last release. */
static uint16_t present(void)
{
	return (uint16_t)(self()->events + 1);
}

static void access_granule(uintptr_t address, bool writes)
{
	const struct clock *clock = &self()->current.clock;
	struct granule *g = find(address, true);

	if (races_with_writer(g, clock) ||
	    (writes && has_readers_beside(g, clock)) ||
	    !memory_is_ordered(address, clock) ||
	    !memory_is_ordered(address + 4, clock))
		scene_violated("data race: a plain %s at %#zx",
			       writes ? "store" : "load",
			       system_place((const void *)address));
	if (writes) {
		g->writer = (uint8_t)engine.current;
		g->written = present();
	} else {
		g->readers.at[engine.current] = present();
	}
}

static void access_range(const volatile void *p, size_t size, bool writes)
{
	uintptr_t address = (uintptr_t)p & ~(uintptr_t)7;

	if (!engine.running || !is_watched((uintptr_t)p))
		return;
	for (; address < (uintptr_t)p + size; address += 8)
		access_granule(address, writes);
}

void plain_check_atomic(uintptr_t address, bool writes)
{
	const struct clock *clock = &self()->current.clock;
	const struct granule *g = find(address & ~(uintptr_t)7, false);

	if (g != NULL && (races_with_writer(g, clock) ||
			  (writes && has_readers_beside(g, clock))))
		scene_violated("data race: an atomic %s at %#zx",
			       writes ? "store" : "load",
			       system_place((const void *)address));
}

/* --- what the compiler calls ---------------------------------------------- */

#define EXPLORE_PLAIN(size)                                                    \
	void __tsan_read##size(void *p);                                       \
	void __tsan_write##size(void *p);                                      \
	void __tsan_unaligned_read##size(void *p);                             \
	void __tsan_unaligned_write##size(void *p);                            \
	void __tsan_read##size(void *p) { access_range(p, size, false); }      \
	void __tsan_write##size(void *p) { access_range(p, size, true); }      \
	void __tsan_unaligned_read##size(void *p)                              \
	{                                                                      \
		access_range(p, size, false);                                  \
	}                                                                      \
	void __tsan_unaligned_write##size(void *p)                             \
	{                                                                      \
		access_range(p, size, true);                                   \
	}
EXPLORE_PLAIN(1)
EXPLORE_PLAIN(2)
EXPLORE_PLAIN(4)
EXPLORE_PLAIN(8)
EXPLORE_PLAIN(16)

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);
void __tsan_read_range(void *p, size_t size);
void __tsan_write_range(void *p, size_t size);
void *__tsan_memcpy(void *to, const void *from, size_t size);
void *__tsan_memset(void *to, int byte, size_t size);
void *explore_copy(void *to, const void *from, size_t size);
void *explore_fill(void *to, int byte, size_t size);

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
	(void)caller;
}

void __tsan_func_exit(void)
{
}

void __tsan_read_range(void *p, size_t size)
{
	access_range(p, size, false);
}

void __tsan_write_range(void *p, size_t size)
{
	access_range(p, size, true);
}

void *explore_copy(void *to, const void *from, size_t size)
{
	access_range(from, size, false);
	access_range(to, size, true);
	return memcpy(to, from, size);
}

void *explore_fill(void *to, int byte, size_t size)
{
	access_range(to, size, true);
	return memset(to, byte, size);
}

void *__tsan_memcpy(void *to, const void *from, size_t size)
{
	return explore_copy(to, from, size);
}

void *__tsan_memset(void *to, int byte, size_t size)
{
	return explore_fill(to, byte, size);
}
