/* SPDX-License-Identifier: MIT */
/* sequence.h and atomic.h: loads, stores, compare-and-swap, counting. */
#include <ring.h>

#define ADDERS 4

static void loads_see_stores(void **state)
{
	struct disruptor_sequence s = { 0 };
	int64_t expected = 5;

	(void)state;
	disruptor_sequence_store_release(&s, DISRUPTOR_SEQUENCE_MAX);
	CHECK_EQ(disruptor_sequence_load_relaxed(&s), DISRUPTOR_SEQUENCE_MAX);
	CHECK_EQ(disruptor_sequence_load_acquire(&s), DISRUPTOR_SEQUENCE_MAX);
	CHECK_EQ(disruptor_sequence_load_seq_cst(&s), DISRUPTOR_SEQUENCE_MAX);
	CHECK(!disruptor_sequence_cas(&s, &expected, 6));
	CHECK_EQ(expected, DISRUPTOR_SEQUENCE_MAX);
	CHECK(disruptor_sequence_cas(&s, &expected, 6));
	CHECK_EQ(s.value, 6);
}

static void bits(void **state)
{
	uint32_t word = 1;
	uint64_t wide = 0;

	(void)state;
	CHECK_EQ(disruptor_fetch_or_u32(&word, 6), 1);
	CHECK_EQ(disruptor_fetch_and_u32(&word, ~UINT32_C(1)), 7);
	CHECK_EQ(disruptor_load_relaxed_u32(&word), 6);
	disruptor_store_seq_cst_u64(&wide, UINT64_MAX);
	CHECK_EQ(disruptor_fetch_add_u64(&wide, 3), UINT64_MAX);
	CHECK_EQ(disruptor_load_seq_cst_u64(&wide), 2);
}

static void *add(void *argument)
{
	int64_t i;

	for (i = 0; i < scaled(100000); i++)
		disruptor_fetch_add_i64(argument, 1);
	return NULL;
}

static void *swap(void *argument)
{
	struct disruptor_sequence *s = argument;
	int64_t i, seen = 0;

	for (i = 0; i < scaled(100000); i++)
		while (!disruptor_sequence_cas(s, &seen, seen + 1))
			;
	return NULL;
}

static int64_t count(void *(*run)(void *))
{
	struct disruptor_sequence s = { 0 };
	pthread_t threads[ADDERS];
	int i;

	for (i = 0; i < ADDERS; i++)
		threads[i] = thread_start(run, &s);
	for (i = 0; i < ADDERS; i++)
		thread_join(threads[i]);
	return s.value;
}

static void no_step_is_lost(void **state)
{
	(void)state;
	CHECK_EQ(count(add), ADDERS * scaled(100000));
	CHECK_EQ(count(swap), ADDERS * scaled(100000));
}

/* Words of one slot only grow, and tell event, gap and lap apart. */
static void commit_words(void **state)
{
	static const int64_t some[] = { 0, 1, INT64_C(1) << 31,
					INT64_C(1) << 32,
					DISRUPTOR_SEQUENCE_MAX - 2 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		uint64_t word = disruptor_word_published(some[i]);

		CHECK(word > 0);
		CHECK(disruptor_word_gap(some[i]) > word);
		CHECK(disruptor_word_published(some[i] + 1) >
		      disruptor_word_gap(some[i]));
	}
	CHECK_EQ(disruptor_word_published(0), 2);
	CHECK_EQ(disruptor_word_gap(0), 3);
}

TEST_MAIN(TEST(loads_see_stores), TEST(bits), TEST(no_step_is_lost),
	  TEST(commit_words));
