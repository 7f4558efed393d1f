/* SPDX-License-Identifier: MIT */
/*
 * Lost wake-ups, where nothing repairs them: here a sleep has no bound, so a
 * wake that is missing, comes too early or goes to another word hangs.
 */
#include <ring.h>

#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>

#include <internal.h>

/* --- in place of os/futex.c ------------------------------------------------ */

bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared)
{
	(void)timeout_ns;
	syscall(SYS_futex, word, FUTEX_WAIT | (shared ? 0 : FUTEX_PRIVATE_FLAG),
		expected, NULL, NULL, 0);
	return false;
}

void disruptor_os_futex_wake_all(const uint32_t *word, bool shared)
{
	syscall(SYS_futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG),
		INT_MAX, NULL, NULL, 0);
}

bool disruptor_os_barrier_register(bool shared)
{
	return syscall(SYS_membarrier,
		       shared ? MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED :
				MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		       0, 0) == 0;
}

bool disruptor_os_barrier(bool shared)
{
	return syscall(SYS_membarrier,
		       shared ? MEMBARRIER_CMD_GLOBAL_EXPEDITED :
				MEMBARRIER_CMD_PRIVATE_EXPEDITED,
		       0, 0) == 0;
}

/* --- events to and fro ----------------------------------------------------- */

struct half {
	struct disruptor_producer *to;
	struct disruptor_poller *from;
	int64_t rounds;
	uint64_t random;
};

/* Sometimes a while about as long as it takes to fall asleep. */
static void dawdle(struct half *h)
{
	uint64_t turns = test_random(&h->random) % 20000;

	if (test_random(&h->random) % 4 != 0)
		return;
	while (turns-- > 0)
		disruptor_spin_hint();
}

static void receive(struct half *h, int64_t value)
{
	CHECK_EQ(disruptor_poll_wait(h->from, DISRUPTOR_FOREVER), 1);
	dawdle(h);
	TAKE(h->from, value);
}

static void send(struct half *h, int64_t value)
{
	int64_t *event = disruptor_claim(h->to);

	CHECK(event != NULL);
	dawdle(h);
	*event = value;
	disruptor_publish(h->to);
}

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

static struct disruptor *blocking(const struct flavour *flavour,
				  size_t capacity)
{
	return RING(flavour, .capacity = capacity,
		    .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
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

/* --- what else ends a wait ------------------------------------------------- */

struct scene {
	struct disruptor *d;
	struct disruptor_producer *producer, *other;
	struct disruptor_poller *root, *follower;
	int64_t result;
};

static void *wait_for_event(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_poll_wait(s->root, DISRUPTOR_FOREVER);
	return NULL;
}

static void *wait_behind(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_poll_wait(s->follower, DISRUPTOR_FOREVER);
	return NULL;
}

static void *wait_for_room(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_claim_n(s->producer, 1);
	return NULL;
}

static void shut(struct scene *s)
{
	CHECK_EQ(disruptor_close(s->d), 0);
}

static void halt(struct scene *s)
{
	CHECK_EQ(disruptor_halt(s->d), 0);
}

static void cancel(struct scene *s)
{
	disruptor_producer_cancel(s->producer);
}

static void leave(struct scene *s)
{
	disruptor_poller_free(s->follower);
	disruptor_poller_free(s->root);
	CHECK_EQ(disruptor_remove_consumer(s->d, "root"), 0);
}

/* Whom it followed is gone: now it may read what is there. */
static void leave_the_follower(struct scene *s)
{
	disruptor_poller_free(s->root);
	CHECK_EQ(disruptor_remove_consumer(s->d, "root"), 0);
}

static void publish(struct scene *s)
{
	disruptor_publish(s->other);
}

/* What was in front of a published event turns out to be nothing. */
static void abandon(struct scene *s)
{
	disruptor_abandon(s->other);
}

static void end_wait(const struct flavour *flavour, bool full, bool claimed,
		     void *(*wait)(void *), void (*end)(struct scene *),
		     int64_t result)
{
	struct scene s = { .d = blocking(flavour, 2) };
	pthread_t thread;

	s.root = POLLER(s.d, "root");
	s.follower = FOLLOWER(s.d, NULL, "root");
	s.producer = PRODUCER(s.d);
	if (claimed) {
		s.other = PRODUCER(s.d);
		CHECK(disruptor_claim(s.other) != NULL);
		PUT(s.producer, 1);
	}
	if (full)
		put_many(s.producer, 0, 2);
	thread = thread_start(wait, &s);
	pause_ms(2);
	end(&s);
	thread_join(thread);
	CHECK_EQ(s.result, result);
	disruptor_free(s.d);
}

static void ends(const struct flavour *flavour)
{
	end_wait(flavour, false, false, wait_for_event, shut, -ESHUTDOWN);
	end_wait(flavour, false, false, wait_for_event, halt, -ECANCELED);
	end_wait(flavour, false, false, wait_behind, shut, -ESHUTDOWN);
	end_wait(flavour, true, false, wait_behind, halt, -ECANCELED);
	end_wait(flavour, true, false, wait_behind, leave_the_follower, 2);
	end_wait(flavour, true, false, wait_for_room, shut, -ESHUTDOWN);
	end_wait(flavour, true, false, wait_for_room, halt, -ECANCELED);
	end_wait(flavour, true, false, wait_for_room, cancel, -ECANCELED);
	end_wait(flavour, true, false, wait_for_room, leave, 1);
}

static void claims_in_the_way(const struct flavour *flavour)
{
	end_wait(flavour, false, true, wait_for_event, publish, 2);
	end_wait(flavour, false, true, wait_for_event, abandon, 1);
}

/* --- handlers -------------------------------------------------------------- */

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

/* --- workers ----------------------------------------------------------------- */

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

TEST_MAIN(TEST_EACH(to_and_fro), TEST_EACH(followers), TEST_EACH(ends),
	  TEST_MULTI(claims_in_the_way), TEST_EACH(handlers),
	  TEST_EACH(workers), TEST_EACH(workers_by_key));
