/* SPDX-License-Identifier: MIT */
/*
 * The single producer is killed at random and replaced: the role is free at
 * once, nothing that was published is lost, and there is nothing to recover.
 */
#include <load.h>

struct storm {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t ready;
	int64_t published; /* at least, by what producers said */
	int64_t received;
	bool last; /* this one ends the stream */
};

static void produce(void *argument)
{
	struct storm *storm = argument;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t n, i, first, left = storm->last ? 100 : INT64_MAX;
	uint64_t random = (uint64_t)disruptor_producer_sequence(p, 0) + 1;

	CHECK_NULL(disruptor_producer_new(d), EBUSY);
	for (; left > 0; left -= n) {
		n = disruptor_claim_up_to(
			p, 1 + (int64_t)(test_random(&random) % 5));
		CHECK(n > 0);
		first = disruptor_producer_sequence(p, 0);
		CHECK(first >= storm->published);
		for (i = 0; i < n; i++)
			load_fill(disruptor_producer_event(p, i), 0,
				  (uint64_t)(first + i));
		disruptor_publish(p);
		disruptor_store_seq_cst_i64(&storm->published, first + n);
	}
	CHECK_EQ(disruptor_close(d), 0);
	disruptor_free(d);
}

static void consume(void *argument)
{
	struct storm *storm = argument;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_poller *poller = POLLER(d, NULL);
	uint64_t next[LOAD_PRODUCERS] = { 0 };
	int64_t n, i;

	disruptor_fetch_add_u32(&storm->ready, 1);
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		for (i = 0; i < n; i++)
			load_verify(disruptor_poller_event(poller, i), next);
		CHECK_EQ(next[0], disruptor_poller_sequence(poller, n));
		disruptor_poller_advance(poller, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	storm->received = (int64_t)next[0];
	disruptor_free(d);
}

static void storm_test(const struct flavour *flavour, size_t capacity)
{
	struct storm *storm = shared_alloc(sizeof(*storm));
	uint64_t random = 41;
	int64_t kills = scaled(test_full() ? 900 : 150);
	pid_t consumer, producer;

	storm->d = RING(flavour, .capacity = capacity,
			.event_size = sizeof(struct load_event));
	snprintf(storm->name, sizeof(storm->name), "%s", ring_name());
	consumer = child_start(consume, storm);
	wait_for_u32(&storm->ready, 1);
	for (; kills > 0; kills--) {
		producer = child_start(produce, storm);
		usleep((useconds_t)(test_random(&random) % 3000));
		CHECK(child_kill(producer));
		CHECK(disruptor_published(storm->d) >= storm->published);
	}
	storm->last = true;
	CHILD_JOIN(child_start(produce, storm));
	CHILD_JOIN(consumer);
	CHECK_EQ(storm->received, disruptor_published(storm->d));
	CHECK_EQ(storm->received, storm->published);
	CHECK_EQ(disruptor_check(storm->name, NULL, NULL), 0);
	disruptor_free(storm->d);
	shared_free(storm, sizeof(*storm));
}

static void in_a_small_ring(const struct flavour *flavour)
{
	storm_test(flavour, 4);
}

static void in_a_large_ring(const struct flavour *flavour)
{
	storm_test(flavour, 1024);
}

static bool wanted(const struct flavour *flavour)
{
	return flavour->shared && flavour_single(flavour);
}

TEST_MAIN(TEST_SOME(in_a_small_ring, wanted),
	  TEST_SOME(in_a_large_ring, wanted));
