/* SPDX-License-Identifier: MIT */
/* sequence_barrier.h: the cursor, the commit words, the slowest upstream. */
#include <ring.h>

#include <disruptor/sequence_barrier.h>

#define CAPACITY 8

struct region {
	struct disruptor_shared_words shared;
	struct disruptor_sequence upstream[3];
	const struct disruptor_sequence *list[3];
	uint64_t words[CAPACITY];
};

static struct disruptor_sequence_barrier barrier(struct region *r, bool words,
						 uint32_t upstream)
{
	uint32_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < 3; i++)
		r->list[i] = &r->upstream[i];
	return (struct disruptor_sequence_barrier){
		.ring = { .words = words ? (unsigned char *)r->words : NULL,
			  .mask = CAPACITY - 1,
			  .word_stride = 8 },
		.cursor = &r->shared.cursor,
		.control = &r->shared.control,
		.upstream = r->list,
		.upstream_count = upstream,
	};
}

static void follows_the_cursor(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, false, 0);

	(void)state;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 0);
	r.shared.cursor.value = 5;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 5);
}

static void publish(struct region *r, int64_t sequence)
{
	r->words[sequence % CAPACITY] = disruptor_word_published(sequence);
}

static void scans_the_words(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, true, 0);

	(void)state;
	/* Claimed is not published. */
	r.shared.cursor.value = 8;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 0);
	publish(&r, 1);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 0);
	publish(&r, 0);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 2);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 1), 1);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 2, 8), 2);
	publish(&r, 2);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 2, 8), 3);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 3, 3), 3);
}

static void scan_stops_at_a_gap(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, true, 0);

	(void)state;
	publish(&r, 0);
	r.words[1] = disruptor_word_gap(1);
	publish(&r, 2);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 1);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 2, 8), 3);
}

static void other_laps_do_not_count(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, true, 0);
	int64_t i;

	(void)state;
	for (i = 0; i < CAPACITY; i++)
		publish(&r, i);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 8, 16), 8);
	publish(&r, 8);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 8, 16), 9);
	/* Overrun: what it wanted is gone. */
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 0);
}

static void full_ring_ends_the_scan(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, true, 0);
	int64_t i, first = DISRUPTOR_SEQUENCE_MAX - CAPACITY;

	(void)state;
	for (i = first; i < first + CAPACITY; i++)
		publish(&r, i);
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, first, first + CAPACITY),
		 first + CAPACITY);
}

static void follows_the_slowest(void **state)
{
	struct region r;
	struct disruptor_sequence_barrier b = barrier(&r, true, 3);

	(void)state;
	r.shared.cursor.value = 9;
	r.upstream[0].value = 7;
	r.upstream[1].value = 6;
	r.upstream[2].value = 8;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 6);
	r.upstream[1].value = 9;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 7);
	b.upstream_count = 1;
	r.upstream[0].value = 3;
	CHECK_EQ(disruptor_sequence_barrier_ready(&b, 0, 8), 3);
}

TEST_MAIN(TEST(follows_the_cursor), TEST(scans_the_words),
	  TEST(scan_stops_at_a_gap), TEST(other_laps_do_not_count),
	  TEST(full_ring_ends_the_scan), TEST(follows_the_slowest));
