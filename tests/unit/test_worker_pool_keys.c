/* SPDX-License-Identifier: MIT */
/* worker_pool.h with a key: equal keys go to one worker at a time, in order. */
#include <ring.h>

#define KEYS 64
#define WORKERS_MAX 16

/* By key; written by whoever owns it, so also a test of the hand-over. */
struct line {
	int64_t expected; /* value of the next event of this key */
	uint32_t inside;
	void *owner;
	int64_t owners; /* how often it changed */
};

struct book {
	struct line lines[KEYS];
	uint32_t total;
	uint32_t states;
	uint32_t held_key; /* its handler waits while hold is set */
	uint32_t hold;
	int64_t fails_at; /* sequence */
	uint32_t failures;
	uint32_t idle_hold; /* on_timeout waits while this is set */
	uint32_t idle;	    /* workers that do */
};

/* A worker's own: who handles. */
struct self {
	struct book *book;
	int64_t handled;
	int64_t ends;
};

static void *state_new(void *context)
{
	struct self *self = calloc(1, sizeof(*self));

	CHECK(self != NULL);
	self->book = context;
	disruptor_fetch_add_u32(&self->book->states, 1);
	return self;
}

static void state_free(void *state)
{
	struct self *self = state;

	/* The last event of each batch says so, if nothing came between. */
	if (self->book->fails_at < 0)
		CHECK((self->ends > 0) == (self->handled > 0));
	disruptor_fetch_add_u32(&self->book->states, UINT32_MAX);
	free(self);
}

static uint64_t key_of(void *context, const void *event)
{
	int64_t value;

	(void)context;
	memcpy(&value, event, sizeof(value));
	return (uint64_t)value % KEYS;
}

static int work(void *state, void *event, int64_t sequence, bool end_of_batch)
{
	struct self *self = state;
	struct book *b = self->book;
	uint64_t key = key_of(NULL, event);
	struct line *line = &b->lines[key];
	int64_t value;

	if (sequence == b->fails_at &&
	    disruptor_load_relaxed_u32(&b->failures) &&
	    disruptor_fetch_add_u32(&b->failures, UINT32_MAX))
		return -EIO;
	CHECK_EQ(disruptor_fetch_add_u32(&line->inside, 1), 0);
	memcpy(&value, event, sizeof(value));
	CHECK_EQ(value, line->expected);
	line->expected = value + KEYS;
	if (line->owner != self)
		line->owners++;
	line->owner = self;
	while (key == b->held_key && disruptor_load_acquire_u32(&b->hold))
		pause_ms(1);
	self->handled++;
	self->ends += end_of_batch;
	CHECK_EQ(disruptor_fetch_add_u32(&line->inside, UINT32_MAX), 1);
	disruptor_fetch_add_u32(&b->total, 1);
	return 0;
}

#define POOL(d, b, n, ...)                                                     \
	disruptor_handle_events_with_workers(                                  \
		d,                                                             \
		DISRUPTOR_PROCESSOR_OPTIONS(.on_event_or_error = work,         \
					    .context = b,                      \
					    .state_new = state_new,            \
					    .state_free = state_free,          \
					    __VA_ARGS__),                      \
		n, key_of)

static struct book *new_book(void)
{
	struct book *b = calloc(1, sizeof(*b));
	int i;

	CHECK(b != NULL);
	for (i = 0; i < KEYS; i++)
		b->lines[i].expected = i;
	b->held_key = KEYS;
	b->fails_at = -1;
	return b;
}

/* first, first + 1, …: one event of each key in turn. */
static void publish_some(struct disruptor_producer *p, int64_t first, int64_t n)
{
	int64_t i, *event;

	for (i = first; i < first + n; i++) {
		event = disruptor_claim_timeout(p, LONG_NS);
		CHECK(event != NULL);
		memcpy(event, &i, sizeof(i));
		disruptor_publish(p);
	}
}

static void wait_for_total(const struct book *b, uint32_t total)
{
	while (disruptor_load_acquire_u32(&b->total) < total)
		pause_ms(1);
}

static struct disruptor_processor *
worker(const struct disruptor_worker_pool *pool, int i)
{
	return disruptor_worker_pool_workers(pool)[i];
}

static int64_t owners(const struct book *b)
{
	int64_t n = 0;
	int i;

	for (i = 0; i < KEYS; i++)
		n += b->lines[i].owners;
	return n;
}

static void one_worker_a_key(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 32);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	void *first;
	int i, others = 0;

	CHECK(POOL(d, b, 3) != NULL);
	publish_some(p, 0, 32);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 32, 40 * KEYS - 32);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(b->total, 40 * KEYS);
	CHECK_EQ(owners(b), KEYS);
	CHECK_EQ(b->states, 0);
	first = b->lines[0].owner;
	for (i = 0; i < KEYS; i++)
		others += b->lines[i].owner != first;
	CHECK(others > KEYS / 4);
	disruptor_free(d);
	free(b);
}

/* Nothing is lost or overtaken while keys change hands. */
static void workers_come_and_go(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 32);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	struct disruptor_worker_pool *pool = POOL(d, b, 2);
	uint64_t random = 5;
	int64_t sent = 0, n = 2;
	int i;

	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 60; i++) {
		publish_some(p, sent, 40);
		sent += 40;
		if (n == 1 || (n < 5 && (test_random(&random) & 1))) {
			CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
			n++;
		} else {
			CHECK(disruptor_processor_remove(
				      worker(pool, (int)(test_random(&random) %
							 (uint64_t)n)),
				      LONG_NS) >= 0);
			n--;
		}
	}
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(b->total, (uint32_t)sent);
	CHECK_EQ(b->states, 0);
	CHECK(owners(b) > KEYS);
	disruptor_free(d);
	free(b);
}

/* Then the pool is as it was, all others go on too, and it may be tried again. */
static void a_worker_that_does_not_return(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 256);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	struct disruptor_worker_pool *pool = POOL(d, b, 2);
	struct disruptor_processor *busy;
	uint32_t handled;
	int64_t changes;

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 0, KEYS);
	wait_for_total(b, KEYS);
	b->held_key = 9;
	disruptor_store_release_u32(&b->hold, 1);
	publish_some(p, KEYS, KEYS);
	while (!disruptor_load_acquire_u32(&b->lines[9].inside))
		pause_ms(1);
	CHECK(disruptor_worker_pool_add(pool, 5000000) == NULL);
	CHECK_EQ(errno, ETIMEDOUT);
	CHECK(worker(pool, 2) == NULL);
	busy = worker(pool, 0);
	CHECK_ERROR(disruptor_processor_remove(busy, 5000000), ETIMEDOUT);
	CHECK_EQ(worker(pool, 0) == busy, 1);
	CHECK_ERROR(disruptor_processor_remove(worker(pool, 1), 5000000),
		    ETIMEDOUT);
	handled = disruptor_load_acquire_u32(&b->total);
	publish_some(p, 2 * KEYS, KEYS);
	while (disruptor_load_acquire_u32(&b->total) < handled + KEYS / 4)
		pause_ms(1);
	disruptor_store_release_u32(&b->hold, 0);
	wait_for_total(b, 3 * KEYS);
	CHECK_EQ(owners(b), KEYS);
	CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
	publish_some(p, 3 * KEYS, KEYS);
	wait_for_total(b, 4 * KEYS);
	changes = owners(b) - KEYS;
	/* A third of the keys, more or less, and no others. */
	CHECK(changes > 0 && changes < KEYS / 2 + KEYS / 4);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	disruptor_free(d);
	free(b);
}

static void idle(void *state, int64_t sequence)
{
	struct book *b = ((struct self *)state)->book;

	(void)sequence;
	if (!disruptor_load_acquire_u32(&b->idle_hold))
		return;
	disruptor_fetch_add_u32(&b->idle, 1);
	while (disruptor_load_acquire_u32(&b->idle_hold))
		pause_ms(1);
	disruptor_fetch_add_u32(&b->idle, UINT32_MAX);
}

struct held {
	struct disruptor *d;
	struct disruptor_producer *p;
	struct book *b;
	struct disruptor_worker_pool *pool;
};

/* All workers wait in their hooks: none of them is in a batch. */
static struct held hold_idle(const struct flavour *flavour, uint32_t workers)
{
	struct held h;

	h.d = RING(flavour, .capacity = 128);
	h.p = PRODUCER(h.d);
	h.b = new_book();
	h.pool = POOL(h.d, h.b, workers, .on_timeout = idle,
		      .timeout_ns = 1000000);
	CHECK_EQ(disruptor_start(h.d), 0);
	publish_some(h.p, 0, KEYS);
	wait_for_total(h.b, KEYS);
	disruptor_store_release_u32(&h.b->idle_hold, 1);
	while (disruptor_load_acquire_u32(&h.b->idle) < workers)
		pause_ms(1);
	return h;
}

/* Nobody waits for it at a later event: its thread has ended. */
static void removed_at_the_second_call(const struct flavour *flavour)
{
	struct held h = hold_idle(flavour, 2);
	struct disruptor_processor *leaver = worker(h.pool, 0);

	CHECK_ERROR(disruptor_processor_remove(leaver, 5000000), ETIMEDOUT);
	CHECK_ERROR(disruptor_processor_remove(worker(h.pool, 1), 5000000),
		    EBUSY);
	disruptor_store_release_u32(&h.b->idle_hold, 0);
	publish_some(h.p, KEYS, KEYS);
	wait_for_total(h.b, 2 * KEYS);
	CHECK(disruptor_worker_pool_add(h.pool, LONG_NS) != NULL);
	CHECK_EQ(disruptor_processor_remove(leaver, LONG_NS), KEYS);
	publish_some(h.p, 2 * KEYS, 2 * KEYS);
	CHECK_EQ(disruptor_shutdown(h.d, LONG_NS), 0);
	CHECK_EQ(h.b->total, 4 * KEYS);
	disruptor_free(h.d);
	free(h.b);
}

/* The last one goes with the pool, and then holds nobody up. */
static void the_last_one_is_slow(const struct flavour *flavour)
{
	struct held h = hold_idle(flavour, 1);

	CHECK_ERROR(disruptor_processor_remove(worker(h.pool, 0), 5000000),
		    ETIMEDOUT);
	CHECK(disruptor_worker_pool_add(h.pool, LONG_NS) == NULL);
	CHECK_EQ(errno, ENOENT);
	disruptor_store_release_u32(&h.b->idle_hold, 0);
	publish_some(h.p, KEYS, 20 * KEYS);
	CHECK(disruptor_worker_pool_add(h.pool, LONG_NS) == NULL);
	CHECK_EQ(errno, ENOENT);
	disruptor_free(h.d);
	free(h.b);
}

static void failures(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 128);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	struct disruptor_worker_pool *pool = POOL(d, b, 3);

	b->fails_at = 100;
	b->failures = 1;
	publish_some(p, 0, 128);
	CHECK_EQ(disruptor_start(d), 0);
	while (disruptor_load_acquire_u32(&b->failures) > 0)
		pause_ms(1);
	while (disruptor_try_claim_n(p, 1) != -ECANCELED)
		disruptor_abandon(p);
	CHECK_EQ(disruptor_halt(d), 0);
	/* Its keys are nobody else's before that event is handled. */
	CHECK_ERROR(disruptor_processor_remove(worker(pool, 0), -1), EBUSY);
	CHECK(disruptor_worker_pool_add(pool, -1) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 128, KEYS);
	wait_for_total(b, 128 + KEYS);
	CHECK(disruptor_processor_remove(worker(pool, 0), LONG_NS) >= 0);
	publish_some(p, 128 + KEYS, KEYS);
	wait_for_total(b, 128 + 2 * KEYS);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(b->total, 128 + 2 * KEYS);
	disruptor_free(d);
	free(b);
}

static void retries_and_gaps(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	int64_t i;

	b->fails_at = 40;
	b->failures = 3;
	CHECK(POOL(d, b, 3, .batch_max = 1,
		   .on_error = DISRUPTOR_ON_ERROR_RETRY) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 400; i++) {
		publish_some(p, i, 1);
		if (i % 3 == 0) {
			CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
			disruptor_abandon(p);
		}
	}
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(b->total, 400);
	disruptor_free(d);
	free(b);
}

static void publish_gap(struct disruptor_producer *p)
{
	CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
	disruptor_abandon(p);
}

/* Nobody waits for the next event to learn that all have come to a gap. */
static void gaps_last(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	struct disruptor_worker_pool *pool;
	int64_t i;

	publish_gap(p);
	pool = POOL(d, b, 2);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 3 * 16; i++) {
		CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
		publish_some(p, i, 1);
		publish_gap(p);
		if (i % 2 == 1)
			publish_gap(p);
		wait_for_total(b, (uint32_t)i + 1);
		CHECK(disruptor_processor_remove(worker(pool, (int)(i % 3)),
						 LONG_NS) >= 0);
	}
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	disruptor_free(d);
	free(b);
}

/* Nobody has handled anything: nobody has to come to anything. */
static void removed_before_the_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct book *b = new_book();
	struct disruptor_worker_pool *pool;
	int i;

	publish_some(p, 0, 5);
	pool = POOL(d, b, 3);
	CHECK(disruptor_processor_remove(worker(pool, 0), 0) >= 0);
	for (i = 0; i < 5; i++)
		b->lines[i].expected += KEYS;
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 5, KEYS);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(b->total, KEYS);
	disruptor_free(d);
	free(b);
}

static void batch(void *context, const struct disruptor_batch *batch)
{
	(void)context;
	(void)batch;
	CHECK(false);
}

static void no_batches(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);

	CHECK(disruptor_handle_events_with_workers(
		      d, DISRUPTOR_PROCESSOR_OPTIONS(.on_batch = batch), 2,
		      key_of) == NULL);
	CHECK_EQ(errno, EINVAL);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(one_worker_a_key), TEST_EACH(workers_come_and_go),
	  TEST_EACH(a_worker_that_does_not_return),
	  TEST_EACH(removed_at_the_second_call),
	  TEST_EACH(the_last_one_is_slow), TEST_EACH(failures),
	  TEST_EACH(retries_and_gaps), TEST_EACH(gaps_last),
	  TEST_EACH(removed_before_the_start), TEST_EACH(no_batches));
