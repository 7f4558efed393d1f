/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/*
 * membarrier(2): a fence in its caller, one in each other participant wherever
 * it is by then, and one in its caller. Nothing happens before anything by this
 * alone; only the order of the fences is fixed. The others come to theirs at
 * different times: each before its next step, or before a later one, but before
 * the caller goes on. (Who has ended or sleeps had its fence when it was taken
 * off its processor.)
 *
 * Who has made a store ahead has the fence between two that changed places: it
 * orders neither of them. What comes behind both comes behind the fence, and finds
 * what the caller found before. Who has its store and its load exchanged, without
 * the barrier that it should have (a mutant), has a fence that orders nothing: a
 * load that is late stands there for the next one.
 */

struct barrier {
	uint8_t pending;	/* participants that have not come to theirs */
	int16_t first;
	int16_t between[PARTICIPANTS];
	int count;
	struct view seen;	/* by the caller, before */
};
static struct barrier barriers[PARTICIPANTS];	/* by caller */
static int outstanding;				/* callers */
static struct view owed[PARTICIPANTS];	/* to be found behind what changed places */
static uint8_t owing;			/* participants */

void membarrier_reset(void)
{
	memset(barriers, 0, sizeof(barriers));
	outstanding = 0;
	owing = 0;
}

uint64_t membarrier_hash(void)
{
	uint64_t hash = 0;
	int caller;

	for (caller = 1; outstanding > 0 && caller < PARTICIPANTS; caller++)
		hash = mix(hash, barriers[caller].pending);
	return hash;
}

static bool is_ordered(int who)
{
	return !engine.participant[who].exposed &&
	       (!promises_has(who) || engine.promises == PROMISES_OF_C11);
}

static void owe(const struct barrier *b)
{
	int who = engine.current;

	if (((owing >> who) & 1) == 0)
		memset(&owed[who], 0, sizeof(owed[who]));
	owing |= (uint8_t)(1u << who);
	view_join(&owed[who], &b->seen);
	engine_note('m', (uint64_t)b->first);
}

static void find_what_is_owed(void)
{
	int who = engine.current;

	if (((owing >> who) & 1) == 0 || !is_ordered(who))
		return;
	owing &= (uint8_t)~(1u << who);
	view_join_places(&self()->current, &owed[who]);
}

/* Of who is current. */
static void fence_between(struct barrier *b)
{
	int16_t node = memory_fence(EXPLORE_SEQ_CST)->node;

	b->between[b->count++] = node;
	if (!coherence_order(b->first, node))
		engine_end(FORBIDDEN);
}

static void pass(struct barrier *b, int who)
{
	int current = engine.current;

	b->pending &= (uint8_t)~(1u << who);
	engine.current = who;
	if (engine.promises != PROMISES_OF_C11)
		promises_interrupt(true);
	if (is_ordered(who))
		fence_between(b);
	else if (!engine.participant[who].exposed)
		owe(b);
	engine.current = current;
}

/* A barrier of somebody else's reaches who runs now, or only later. */
void membarrier_point(void)
{
	static const int now_or_later[] = { 0, 1 };
	int caller;

	find_what_is_owed();
	for (caller = 1; outstanding > 0 && caller < PARTICIPANTS; caller++)
		if ((barriers[caller].pending >> engine.current) & 1 &&
		    trail_choose('m', 2, now_or_later, false) == 0)
			pass(&barriers[caller], engine.current);
}

static uint8_t list_others(void)
{
	unsigned int list = 0;
	int who;

	for (who = 1; who < PARTICIPANTS; who++)
		if (who != engine.current &&
		    (engine.participant[who].events > 0 || engine_is_ready(who)))
			list |= 1u << who;
	return (uint8_t)list;
}

void memory_membarrier(void)
{
	struct barrier *b = &barriers[engine.current];
	int16_t last;
	int who;

	promises_barrier();
	b->first = memory_fence(EXPLORE_SEQ_CST)->node;
	memset(&b->seen, 0, sizeof(b->seen));
	view_join(&b->seen, &self()->current);
	b->count = 0;
	b->pending = list_others();
	outstanding++;
	engine_point();
	outstanding--;
	for (who = 1; who < PARTICIPANTS; who++)
		if ((b->pending >> who) & 1)
			pass(b, who);
	last = memory_fence(EXPLORE_SEQ_CST)->node;
	while (b->count > 0)
		if (!coherence_order(b->between[--b->count], last))
			engine_end(FORBIDDEN);
}

void membarrier_leave(void)
{
	outstanding -= barriers[engine.current].pending != 0;
	barriers[engine.current].pending = 0;
}
