/* SPDX-License-Identifier: MIT */
/*
 * Lost wake-ups, where nothing repairs them: events to and fro, followers,
 * handlers, workers; all asleep whenever they can.
 */
#include <without_bound.h>

static void *answer(void *argument)
{
	struct half *h = argument;
	int64_t i;

	for (i = 0; i < h->rounds; i++) {
		receive(h, i);
		send(h, -i);
	}
	return NULL;
}

static void to_and_fro(const struct flavour *flavour)
{
	struct disruptor *there = blocking(flavour, 1);
	struct disruptor *back = blocking(flavour, 1);
	struct half a = { PRODUCER(there), POLLER(back, NULL), scaled(2000),
			  1 };
	struct half b = { PRODUCER(back), POLLER(there, NULL), scaled(2000),
			  2 };
	pthread_t thread = thread_start(answer, &b);
	int64_t i;

	for (i = 0; i < a.rounds; i++) {
		send(&a, i);
		receive(&a, -i);
	}
	thread_join(thread);
	disruptor_free(there);
	disruptor_free(back);
}

struct member {
	struct disruptor_poller *poller;
	int64_t events;
};

static void *consume(void *argument)
{
	struct member *m = argument;
	int64_t i;

	for (i = 0; i < m->events; i++) {
		CHECK(disruptor_poll_wait(m->poller, DISRUPTOR_FOREVER) > 0);
		TAKE(m->poller, i);
	}
	return NULL;
}

/* Two side by side, one behind both, one behind that; room for one event. */
static void followers(const struct flavour *flavour)
{
	struct disruptor *d = blocking(flavour, 1);
	struct member m[4] = { { POLLER(d, "a"), 0 }, { POLLER(d, "b"), 0 } };
	struct half h = { .to = PRODUCER(d), .rounds = scaled(1000) };
	pthread_t threads[4];
	int64_t i;

	m[2].poller = FOLLOWER(d, "c", "a", "b");
	m[3].poller = FOLLOWER(d, NULL, "c");
	for (i = 0; i < 4; i++) {
		m[i].events = h.rounds;
		threads[i] = thread_start(consume, &m[i]);
	}
	for (i = 0; i < h.rounds; i++)
		send(&h, i);
	for (i = 0; i < 4; i++)
		thread_join(threads[i]);
	disruptor_free(d);
}

/* --- handlers --- */

static void count(void *context, void *event, int64_t sequence,
		  bool end_of_batch)
{
	int64_t *n = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	++*n;
}

/* Starts, halts and ends a chain that sleeps whenever it can. */
static void handlers(const struct flavour *flavour)
{
	struct disruptor *d = blocking(flavour, 1);
	struct half h = { .to = PRODUCER(d), .rounds = scaled(1000) };
	int64_t n[3] = { 0 }, i;
	struct disruptor_processor *a, *b;

	a = disruptor_handle_events_with(d, count, &n[0]);
	b = disruptor_handle_events_after(d, DISRUPTOR_AFTER(a), count, &n[1]);
	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(b), count,
					    &n[2]) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < h.rounds; i++) {
		send(&h, i);
		if (i % 16 != 0)
			continue;
		CHECK_EQ(disruptor_halt(d), 0);
		CHECK_EQ(disruptor_start(d), 0);
	}
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(n[i], h.rounds);
	disruptor_free(d);
}

/* --- workers --- */

static void count_up(void *context, void *event, int64_t sequence,
		     bool end_of_batch)
{
	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u64(context, 1);
}

static uint64_t key_of(void *context, const void *event)
{
	int64_t value;

	(void)context;
	memcpy(&value, event, sizeof(value));
	return (uint64_t)value % 5;
}

/* They wait for events, for each other and, below, are waited for. */
static void share(const struct flavour *flavour, size_t capacity,
		  disruptor_event_key key)
{
	struct disruptor *d = blocking(flavour, capacity);
	struct half h = { .to = PRODUCER(d), .rounds = scaled(500) };
	uint64_t worked = 0, followed = 0;
	struct disruptor_worker_pool *pool;
	int64_t i;

	pool = disruptor_handle_events_with_workers(
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_event = count_up,
					       .context = &worked),
		3, key);
	CHECK(pool != NULL);
	CHECK(disruptor_handle_events_after(
		      d, disruptor_worker_pool_workers(pool), count_up,
		      &followed) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < h.rounds; i++) {
		send(&h, i);
		if (i % 16 == 0)
			CHECK(disruptor_worker_pool_add(pool, -1) != NULL);
		if (i % 16 == 8)
			CHECK(disruptor_processor_remove(
				      *disruptor_worker_pool_workers(pool),
				      -1) >= 0);
		if (i % 64 != 32)
			continue;
		CHECK_EQ(disruptor_halt(d), 0);
		CHECK_EQ(disruptor_start(d), 0);
	}
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(worked, h.rounds);
	CHECK_EQ(followed, h.rounds);
	disruptor_free(d);
}

static void workers(const struct flavour *flavour)
{
	share(flavour, 1, NULL);
	share(flavour, 4, NULL);
}

static void workers_by_key(const struct flavour *flavour)
{
	share(flavour, 1, key_of);
	share(flavour, 4, key_of);
}

TEST_MAIN(TEST_EACH(to_and_fro), TEST_EACH(followers), TEST_EACH(handlers),
	  TEST_EACH(workers), TEST_EACH(workers_by_key));
