/* SPDX-License-Identifier: MIT */
/*
 * Whom a consumer follows is several words, which are read while they are
 * rewritten: what comes out was the whole set at one instant.
 */
#include <ring.h>

#include <internal.h>

#define RECORDS 1024
#define GONE 200u /* the one that goes; in the last word */

/* Those whom it followed, and who are followed in its stead. */
static const uint32_t instead[] = { 3, 63, 64, 130, 255 };

#define INSTEAD (sizeof(instead) / sizeof(instead[0]))

struct rewriting {
	struct disruptor_consumer_record records[RECORDS];
	uint32_t at; /* the record that is being rewritten */
	uint32_t ready;
};

static void add(uint64_t *bits, uint32_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

/* As relink_follower() does it: first more, then less. */
static void relink(struct disruptor_consumer_record *r, const uint64_t *more)
{
	uint32_t w;

	for (w = 0; w < DISRUPTOR_CONSUMERS_LIMIT / 64; w++)
		disruptor_fetch_or_u64(&r->upstream[w], more[w]);
	disruptor_fetch_and_u64(&r->upstream[GONE / 64],
				~(UINT64_C(1) << (GONE % 64)));
}

static void reset(struct rewriting *r)
{
	uint32_t i;

	for (i = 0; i < RECORDS; i++) {
		memset(&r->records[i], 0, sizeof(r->records[i]));
		add(r->records[i].upstream, GONE);
	}
	disruptor_store_release_u32(&r->ready, 0);
	disruptor_store_release_u32(&r->at, 0);
}

static void *rewrite(void *argument)
{
	struct rewriting *r = argument;
	uint64_t more[DISRUPTOR_CONSUMERS_LIMIT / 64] = { 0 };
	uint32_t i, spin;

	for (i = 0; i < INSTEAD; i++)
		add(more, instead[i]);
	while (disruptor_load_acquire_u32(&r->ready) == 0)
		;
	for (i = 0; i < RECORDS; i++) {
		disruptor_store_release_u32(&r->at, i);
		/* The reader comes to this record. */
		for (spin = 0; spin < i % 32; spin++)
			disruptor_spin_hint();
		relink(&r->records[i], more);
	}
	disruptor_store_release_u32(&r->at, RECORDS);
	return NULL;
}

/* The one that goes, or all whom it followed: nobody is let out of sight. */
static bool is_legal(const struct disruptor_consumer_set *set)
{
	uint32_t i, count = 0;

	for (i = 0; i < INSTEAD; i++)
		count += disruptor_set_has(set->bits, instead[i]);
	return disruptor_set_has(set->bits, GONE) || count == INSTEAD;
}

static void read_while_rewritten(struct rewriting *r)
{
	struct disruptor_consumer_set set;
	uint32_t i;

	disruptor_store_release_u32(&r->ready, 1);
	while ((i = disruptor_load_acquire_u32(&r->at)) < RECORDS)
		if (disruptor_consumer_upstream(&r->records[i], &set))
			CHECK(is_legal(&set));
}

static void always_whole(void **state)
{
	struct rewriting *r = disruptor_allocate(sizeof(*r));
	struct disruptor_consumer_set set;
	int64_t round;
	pthread_t thread;

	(void)state;
	CHECK(r != NULL);
	for (round = 0; round < scaled(300); round++) {
		reset(r);
		thread = thread_start(rewrite, r);
		read_while_rewritten(r);
		thread_join(thread);
	}
	CHECK(disruptor_consumer_upstream(&r->records[1], &set));
	CHECK(!disruptor_set_has(set.bits, GONE));
	CHECK(is_legal(&set));
	free(r);
}

/* As long as nobody rewrites it, the first answer is right. */
static void at_rest(void **state)
{
	struct disruptor_consumer_record *r = disruptor_allocate(sizeof(*r));
	struct disruptor_consumer_set set;
	uint32_t i;

	(void)state;
	CHECK(r != NULL);
	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i += 7)
		r->upstream[i / 64] |= UINT64_C(1) << (i % 64);
	CHECK(disruptor_consumer_upstream(r, &set));
	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i++)
		CHECK_EQ(disruptor_set_has(set.bits, i), i % 7 == 0);
	free(r);
}

TEST_MAIN(TEST(always_whole), TEST(at_rest));
