/* SPDX-License-Identifier: MIT */
/* disruptor.h: disruptor_wait_for_consumers(), and what ends it. */
#include <ring.h>

struct waiting {
	struct disruptor *d;
	int n;
	int result;
	uint32_t over;
};

static void *wait_for_them(void *argument)
{
	struct waiting *w = argument;

	w->result = disruptor_wait_for_consumers(w->d, w->n, LONG_NS);
	disruptor_store_release_u32(&w->over, 1);
	return NULL;
}

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)context;
	(void)event;
	(void)sequence;
	(void)end_of_batch;
}

static void enough_are_there(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK_EQ(disruptor_wait_for_consumers(d, 0, 0), 0);
	CHECK_ERROR(disruptor_wait_for_consumers(d, 1, 0), ETIMEDOUT);
	CHECK_ERROR(disruptor_wait_for_consumers(d, 1, MS), ETIMEDOUT);
	POLLER(d, NULL);
	CHECK(disruptor_handle_events_with(d, ignore, NULL) != NULL);
	CHECK_EQ(disruptor_wait_for_consumers(d, 2, 0), 0);
	CHECK_EQ(disruptor_wait_for_consumers(d, 1, DISRUPTOR_FOREVER), 0);
	CHECK_ERROR(disruptor_wait_for_consumers(d, 3, MS), ETIMEDOUT);
	/* One that is away and holds its place receives what comes. */
	disruptor_poller_free(POLLER(d, "away"));
	CHECK_EQ(disruptor_wait_for_consumers(d, 3, 0), 0);
	disruptor_free(d);
}

static void they_come(const struct flavour *flavour)
{
	struct waiting w = { .d = RING(flavour, .capacity = 8), .n = 2 };
	pthread_t thread = thread_start(wait_for_them, &w);
	struct disruptor_poller *first;

	first = POLLER(w.d, NULL);
	pause_ms(3);
	CHECK_EQ(disruptor_load_acquire_u32(&w.over), 0);
	POLLER(w.d, NULL);
	thread_join(thread);
	CHECK_EQ(w.result, 0);
	PUT(PRODUCER(w.d), 5);
	TAKE(first, 5);
	disruptor_free(w.d);
}

static void check_end(const struct flavour *flavour,
		      int (*end)(struct disruptor *), int error)
{
	struct waiting w = { .d = RING(flavour, .capacity = 8), .n = 1 };
	pthread_t thread = thread_start(wait_for_them, &w);

	pause_ms(2);
	CHECK_EQ(end(w.d), 0);
	thread_join(thread);
	CHECK_EQ(w.result, -error);
	disruptor_free(w.d);
}

static void they_do_not_come(const struct flavour *flavour)
{
	check_end(flavour, disruptor_close, ESHUTDOWN);
	check_end(flavour, disruptor_halt, ECANCELED);
}

TEST_MAIN(TEST_EACH(enough_are_there), TEST_EACH(they_come),
	  TEST_EACH(they_do_not_come));
