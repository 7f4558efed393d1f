/* SPDX-License-Identifier: MIT */
/* A shared ring is shut down here: the program's own handles go on. */
#include <ring.h>

struct counter {
	uint32_t count;
};

static void count(void *context, void *event, int64_t sequence,
		  bool end_of_batch)
{
	struct counter *c = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(&c->count, 1);
}

static uint32_t counted(const struct counter *c)
{
	return disruptor_load_acquire_u32(&c->count);
}

static struct disruptor *started(const struct flavour *flavour,
				 struct counter *c)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK(disruptor_handle_events_with(d, count, c) != NULL);
	CHECK(disruptor_handle_events_with(d, count, c) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	return d;
}

static void handles_go_on(const struct flavour *flavour)
{
	struct counter c = { 0 };
	struct disruptor *d = started(flavour, &c);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *own = POLLER(d, "own"), *late;
	uint32_t round;

	for (round = 0; round < 5; round++) {
		PUT(p, 2 * round);
		CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
		CHECK_EQ(counted(&c), 2 * (2 * round + 1));
		PUT(p, 2 * round + 1);
		take_many(own, 2 * round, 2);
		CHECK_EQ(disruptor_poll(own), 0);
		late = POLLER(d, NULL);
		CHECK_EQ(disruptor_poll(late), 0);
		disruptor_poller_free(late);
		CHECK_EQ(disruptor_start(d), 0);
		while (counted(&c) < 2 * (2 * round + 2))
			pause_ms(1);
	}
	disruptor_free(d);
}

struct waiting {
	struct disruptor_poller *poller;
	uint32_t got;
};

static void *wait_for_events(void *argument)
{
	struct waiting *w = argument;
	int64_t value;

	for (value = 0; value < 2; value++) {
		CHECK_EQ(disruptor_poll_wait(w->poller, DISRUPTOR_FOREVER), 1);
		TAKE(w->poller, value);
		disruptor_fetch_add_u32(&w->got, 1);
	}
	return NULL;
}

/* Whom the shutdown finds asleep sleeps on. */
static void sleepers_go_on(const struct flavour *flavour)
{
	struct counter c = { 0 };
	struct disruptor *d = started(flavour, &c);
	struct disruptor_producer *p = PRODUCER(d);
	struct waiting w = { .poller = POLLER(d, NULL) };
	pthread_t thread = thread_start(wait_for_events, &w);

	PUT(p, 0);
	while (disruptor_load_acquire_u32(&w.got) < 1)
		pause_ms(1);
	pause_ms(2);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	PUT(p, 1);
	thread_join(thread);
	CHECK_EQ(counted(&c), 2);
	disruptor_free(d);
}

TEST_MAIN(TEST_SHARED(handles_go_on), TEST_SHARED(sleepers_go_on));
