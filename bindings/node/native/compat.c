/* SPDX-License-Identifier: MIT */
#include "compat.h"

/*
 * The shared words are the original's, so is the order of everything: all of it
 * sequentially consistent, commits in the order of claims. What is ours: a lost
 * race is tried again, and what would corrupt the ring is refused.
 */

static uint64_t load(const uint64_t *word)
{
	return disruptor_load_seq_cst_u64(word);
}

static int64_t found_full(struct compat *c, bool all_ignoring)
{
	c->state[STATE_CLAIM_START] = 1;
	c->state[STATE_CLAIM_END] = 0;
	c->state[STATE_ALL_IGNORING] = all_ignoring;
	return all_ignoring ? COMPAT_NO_CONSUMERS : COMPAT_FULL;
}

static void note_claim(struct compat *c, uint64_t start, uint64_t count)
{
	c->state[STATE_CLAIM_START] = (double)start;
	c->state[STATE_CLAIM_END] = (double)(start + count - 1);
	c->state[STATE_ALL_IGNORING] = 0;
	c->state[STATE_SLOT] = (double)(start % c->elements);
}

/* How many of count there is room for; the same or 0 if not partial. */
static uint64_t room(const struct compat *c, uint64_t start, uint64_t count,
		     bool partial, bool *all_ignoring)
{
	uint64_t finished, free_elements;
	uint32_t i;

	*all_ignoring = true;
	for (i = 0; i < c->consumers; i++) {
		finished = load(&c->consumer[i]);
		if (finished == COMPAT_IGNORED)
			continue;
		*all_ignoring = false;
		free_elements = c->elements - (start - finished);
		if (free_elements > c->elements)
			free_elements = 0;
		if (count > free_elements)
			count = partial ? free_elements : 0;
	}
	return count;
}

int64_t compat_claim(struct compat *c, uint64_t count, bool partial)
{
	uint64_t start = load(c->next), n;
	bool all_ignoring;

	if (count > c->elements)
		count = c->elements;
	for (;;) {
		n = room(c, start, count, partial, &all_ignoring);
		if (all_ignoring || n == 0)
			return found_full(c, all_ignoring);
		if (disruptor_cas_u64(c->next, &start, start + n))
			break;
	}
	note_claim(c, start, n);
	return (int64_t)n;
}

int64_t compat_commit(struct compat *c, uint64_t start, uint64_t end)
{
	uint64_t expected = start;

	if (start > end)
		return 0;
	if (end >= load(c->next))
		return COMPAT_NOT_CLAIMED;
	if (!disruptor_cas_u64(c->cursor, &expected, end + 1))
		return 0;
	compat_signal(c);
	return 1;
}

int64_t compat_consume_commit(struct compat *c)
{
	uint64_t expected = (uint64_t)c->state[STATE_CONSUME_START];
	uint64_t next = (uint64_t)c->state[STATE_CONSUME_NEXT];

	if (c->me < 0)
		return COMPAT_NOT_A_CONSUMER;
	if (next == 0)
		return 1;
	c->state[STATE_CONSUME_NEXT] = 0;
	if (!disruptor_cas_u64(&c->consumer[c->me], &expected, next))
		return 0;
	compat_signal(c);
	return 1;
}

/*
 * Back on an ignored place: nothing before the cursor is ours, which is read
 * again once producers heed the place.
 */
static int64_t rejoin(struct compat *c)
{
	uint64_t expected = COMPAT_IGNORED, place = load(c->cursor);

	if (disruptor_cas_u64(&c->consumer[c->me], &expected, place))
		disruptor_cas_u64(&c->consumer[c->me], &place,
				  load(c->cursor));
	return 0;
}

int64_t compat_consume(struct compat *c)
{
	uint64_t start, end;

	if (c->me < 0)
		return COMPAT_NOT_A_CONSUMER;
	compat_consume_commit(c);
	start = load(&c->consumer[c->me]);
	if (start == COMPAT_IGNORED)
		return rejoin(c);
	end = load(c->cursor);
	if (end == start)
		return 0;
	/* Somebody else's words, and not those of a ring. */
	if (end - start > c->elements)
		return 0;
	c->state[STATE_CONSUME_START] = (double)start;
	c->state[STATE_CONSUME_NEXT] = (double)end;
	c->state[STATE_SLOT] = (double)(start % c->elements);
	return (int64_t)(end - start);
}

int64_t compat_recover(struct compat *c, uint64_t start, uint64_t end)
{
	if (start > end || load(c->cursor) > start || load(c->next) <= end)
		return 0;
	note_claim(c, start, end - start + 1);
	return (int64_t)(end - start + 1);
}

void compat_ignore(struct compat *c)
{
	disruptor_store_seq_cst_u64(&c->consumer[c->me], COMPAT_IGNORED);
	compat_signal(c);
}

void compat_set_status(struct compat *c, uint32_t status)
{
	disruptor_store_seq_cst_u32(c->status, status);
	compat_signal(c);
}
