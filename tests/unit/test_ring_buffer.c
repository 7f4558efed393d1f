/* SPDX-License-Identifier: MIT */
/* ring_buffer.h: where sequences lie, and how far they lie side by side. */
#include <ring.h>

static _Alignas(64) unsigned char memory[1024];

/* 8 events of 12 bytes, side by side; words behind them. */
static struct disruptor_ring_buffer packed(void)
{
	return (struct disruptor_ring_buffer){
		.events = memory,
		.words = memory + 512,
		.mask = 7,
		.event_stride = 12,
		.word_stride = 8,
		.event_size = 12,
	};
}

/* 8 slots of 32 bytes: 12 of event, the word at 24. */
static struct disruptor_ring_buffer stamped(void)
{
	return (struct disruptor_ring_buffer){
		.events = memory,
		.words = memory + 24,
		.mask = 7,
		.event_stride = 32,
		.word_stride = 32,
		.event_size = 12,
	};
}

static ptrdiff_t event_offset(const struct disruptor_ring_buffer *ring,
			      int64_t sequence)
{
	return (unsigned char *)disruptor_ring_buffer_event(ring, sequence) -
	       memory;
}

static ptrdiff_t word_offset(const struct disruptor_ring_buffer *ring,
			     int64_t sequence)
{
	return (unsigned char *)disruptor_ring_buffer_word(ring, sequence) -
	       memory;
}

static void packed_addresses(void **state)
{
	struct disruptor_ring_buffer ring = packed();
	int64_t s;

	(void)state;
	for (s = 0; s < 24; s++) {
		CHECK_EQ(event_offset(&ring, s), s % 8 * 12);
		CHECK_EQ(word_offset(&ring, s), 512 + s % 8 * 8);
	}
}

static void stamped_addresses(void **state)
{
	struct disruptor_ring_buffer ring = stamped();
	int64_t s;

	(void)state;
	for (s = 0; s < 24; s++) {
		CHECK_EQ(event_offset(&ring, s), s % 8 * 32);
		CHECK_EQ(word_offset(&ring, s), 24 + s % 8 * 32);
	}
}

/* Whatever a hostile peer makes us ask for lies inside. */
static void any_sequence_is_inside(void **state)
{
	static const int64_t wild[] = {
		INT64_MIN,
		INT64_MIN + 1,
		-1,
		-8,
		INT64_MAX,
		DISRUPTOR_SEQUENCE_MAX,
		DISRUPTOR_SEQUENCE_MAX - 1,
		INT64_C(1) << 32,
		(INT64_C(1) << 32) - 1,
		INT64_C(1) << 31,
	};
	struct disruptor_ring_buffer a = packed(), b = stamped();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		int64_t slot = (int64_t)((uint64_t)wild[i] & 7);

		CHECK_EQ(event_offset(&a, wild[i]), slot * 12);
		CHECK_EQ(word_offset(&a, wild[i]), 512 + slot * 8);
		CHECK_EQ(event_offset(&b, wild[i]), slot * 32);
		CHECK_EQ(word_offset(&b, wild[i]), 24 + slot * 32);
	}
}

static void runs(void **state)
{
	struct disruptor_ring_buffer ring = packed();

	(void)state;
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 0, 8), 8);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 0, 3), 3);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 0, 0), 0);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 5, 8), 3);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 5, 3), 3);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 5, 2), 2);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 7, 8), 1);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 8, 8), 8);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, DISRUPTOR_SEQUENCE_MAX - 2,
					   8),
		 2);
}

static void runs_of_stamped_slots(void **state)
{
	struct disruptor_ring_buffer ring = stamped();

	(void)state;
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 0, 8), 1);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 7, 1), 1);
	CHECK_EQ(disruptor_ring_buffer_run(&ring, 3, 0), 0);
}

static void typed_addresses(void **state)
{
	struct disruptor_ring_buffer a = packed(), b = stamped();
	int64_t s;

	(void)state;
	for (s = 0; s < 16; s++) {
		CHECK(disruptor_ring_buffer_typed(&a, s, 12) ==
		      disruptor_ring_buffer_event(&a, s));
		CHECK(disruptor_ring_buffer_typed(&b, s, 12) ==
		      disruptor_ring_buffer_event(&b, s));
		CHECK(disruptor_ring_buffer_typed(&a, s, 8) ==
		      disruptor_ring_buffer_event(&a, s));
		CHECK(disruptor_ring_buffer_typed(&a, s, 13) == NULL);
		CHECK(disruptor_ring_buffer_typed(&b, s, 13) == NULL);
	}
}

/* Every byte of every event is its own, in rings as the library makes them. */
static void whole_events(const struct flavour *flavour, size_t size)
{
	struct disruptor *d = RING(flavour, .event_size = size, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	unsigned char *event;
	int64_t i;
	size_t j;

	for (i = 0; i < 32; i++) {
		CHECK_EQ(disruptor_claim_n(p, 1), 1);
		memset(disruptor_producer_event(p, 0), (int)i + 1, size);
		disruptor_publish(p);
		if (i % 8 != 7)
			continue;
		CHECK_EQ(disruptor_poll(poller), 8);
		for (j = 0; j < 8 * size; j++) {
			event = disruptor_poller_event(poller,
						       (int64_t)(j / size));
			CHECK_EQ(event[j % size], i - 6 + (int64_t)(j / size));
		}
		disruptor_poller_advance(poller, 8);
	}
	disruptor_free(d);
}

static void sizes(const struct flavour *flavour)
{
	static const size_t all[] = { 1, 2, 3, 7, 8, 9, 31, 56, 64, 100, 4097 };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		whole_events(flavour, all[i]);
}

/* Types of up to 8 bytes of alignment can lie in a ring as they are. */
static void alignment(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .event_size = 24, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	for (i = 0; i < 8; i++)
		CHECK_EQ((uintptr_t)disruptor_producer_event(p, i) % 8, 0);
	disruptor_free(d);
}

TEST_MAIN(TEST(packed_addresses), TEST(stamped_addresses),
	  TEST(any_sequence_is_inside), TEST(runs), TEST(runs_of_stamped_slots),
	  TEST(typed_addresses), TEST_EACH(sizes), TEST_EACH(alignment));
