/* SPDX-License-Identifier: MIT */
/* worker_pool.h without a key: each event to exactly one worker. */
#include <ring.h>

#define WORKERS 3
#define EVENTS_MAX 4096

/* By sequence, what happened to each event; written by any worker. */
struct record {
	uint32_t handled[EVENTS_MAX];
	uint32_t total;
	uint32_t hold;	  /* the handler of event 0 waits while this is set */
	int64_t fails_at; /* its handler fails that often … */
	uint32_t failures;
	int64_t longest; /* batch */
	int64_t followed;
};

static struct record *new_record(void)
{
	struct record *r = calloc(1, sizeof(*r));

	CHECK(r != NULL);
	r->fails_at = -1;
	return r;
}

static void note(struct record *r, int64_t sequence)
{
	CHECK(sequence < EVENTS_MAX);
	disruptor_fetch_add_u32(&r->handled[sequence], 1);
	disruptor_fetch_add_u32(&r->total, 1);
}

static bool fails_once_more(struct record *r)
{
	uint32_t left = disruptor_load_relaxed_u32(&r->failures);

	while (left > 0 &&
	       !disruptor_cas_relaxed_u32(&r->failures, &left, left - 1))
		;
	return left > 0;
}

static int work(void *context, void *event, int64_t sequence, bool end_of_batch)
{
	struct record *r = context;

	(void)event;
	(void)end_of_batch;
	while (sequence == 0 && disruptor_load_acquire_u32(&r->hold))
		pause_ms(1);
	if (sequence == r->fails_at && fails_once_more(r))
		return -EIO;
	note(r, sequence);
	return 0;
}

#define POOL(d, r, n, ...)                                                     \
	disruptor_handle_events_with_workers(                                  \
		d,                                                             \
		DISRUPTOR_PROCESSOR_OPTIONS(.on_event_or_error = work,         \
					    .context = r, __VA_ARGS__),        \
		n, NULL)

static void publish_some(struct disruptor_producer *p, int64_t n)
{
	while (n-- > 0) {
		CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
		disruptor_publish(p);
	}
}

static void wait_for_total(const struct record *r, uint32_t total)
{
	while (disruptor_load_acquire_u32(&r->total) < total)
		pause_ms(1);
}

static void check_once_each(const struct record *r, int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++)
		CHECK_EQ(r->handled[i], 1);
	CHECK_EQ(r->total, (uint32_t)n);
}

static struct disruptor_processor *
worker(const struct disruptor_worker_pool *pool, int i)
{
	return disruptor_worker_pool_workers(pool)[i];
}

static void exactly_one(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool = POOL(d, r, WORKERS);

	CHECK(worker(pool, WORKERS - 1) != NULL);
	CHECK(worker(pool, WORKERS) == NULL);
	publish_some(p, 10);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 2000);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 2010);
	disruptor_free(d);
	free(r);
}

/* One slow event stops nobody else, until the ring is full of what follows. */
static void others_go_on(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();

	r->hold = 1;
	CHECK(POOL(d, r, 2) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 16);
	wait_for_total(r, 15);
	CHECK_EQ(r->handled[0], 0);
	CHECK(disruptor_try_claim(p) == NULL);
	disruptor_store_release_u32(&r->hold, 0);
	publish_some(p, 1);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 17);
	disruptor_free(d);
	free(r);
}

static void follow(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct record *r = context;

	(void)event;
	(void)end_of_batch;
	CHECK_EQ(disruptor_load_relaxed_u32(&r->handled[sequence]), 1);
	r->followed++;
}

/* After those too that were not there when it joined. */
static void who_comes_after(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool = POOL(d, r, 1);
	int i;

	disruptor_handle_events_after(d, disruptor_worker_pool_workers(pool),
				      follow, r);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 40; i++) {
		publish_some(p, 25);
		if (i % 4 < 2)
			CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
		else
			CHECK(disruptor_processor_remove(worker(pool, 0),
							 LONG_NS) >= 0);
	}
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 1000);
	CHECK_EQ(r->followed, 1000);
	disruptor_free(d);
	free(r);
}

static void hold_up(void *context, void *event, int64_t sequence,
		    bool end_of_batch)
{
	struct record *r = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	while (disruptor_load_acquire_u32(&r->hold))
		pause_ms(1);
	r->followed++;
}

/* Those too that are added later. */
static void whom_it_comes_after(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_processor *first =
		disruptor_handle_events_with(d, hold_up, r);
	struct disruptor_worker_pool *pool =
		POOL(d, r, 1, .after = DISRUPTOR_AFTER(first));

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	wait_for_total(r, 1);
	disruptor_store_release_u32(&r->hold, 1);
	CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
	publish_some(p, 7);
	pause_ms(5);
	CHECK_EQ(disruptor_load_acquire_u32(&r->total), 1);
	disruptor_store_release_u32(&r->hold, 0);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(r->followed, 8);
	check_once_each(r, 8);
	disruptor_free(d);
	free(r);
}

static void batch(void *context, const struct disruptor_batch *batch)
{
	struct record *r = context;
	int64_t i;

	for (i = 0; i < batch->count; i++)
		note(r, batch->first + i);
	CHECK(batch->count <= 4);
	if (batch->count > r->longest)
		r->longest = batch->count;
}

static void several_at_once(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();

	CHECK(disruptor_handle_events_with_workers(
		      d,
		      DISRUPTOR_PROCESSOR_OPTIONS(.on_batch = batch,
						  .context = r, .batch_max = 4),
		      1, NULL) != NULL);
	publish_some(p, 16);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 400);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 416);
	CHECK_EQ(r->longest, 4);
	disruptor_free(d);
	free(r);
}

static void gaps(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	uint32_t events = 0;
	int i;

	CHECK(POOL(d, r, WORKERS, .batch_max = 2) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 900; i++) {
		CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
		if (i % 7 < 3) {
			disruptor_abandon(p);
		} else {
			disruptor_publish(p);
			events++;
		}
	}
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(r->total, events);
	disruptor_free(d);
	free(r);
}

/* What a worker took when its handler failed is its own, nobody has it twice. */
static void a_failure_stops_the_ring(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool = POOL(d, r, 2, .batch_max = 3);
	int i, kept = 0;

	r->fails_at = 5;
	r->failures = 1;
	publish_some(p, 12);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_ERROR(disruptor_shutdown(d, LONG_NS), EIO);
	CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
	for (i = 0; i < 2; i++)
		kept += disruptor_processor_remove(worker(pool, kept), -1) ==
			-EBUSY;
	CHECK_EQ(kept, 1);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_total(r, 12);
	CHECK_EQ(disruptor_halt(d), 0);
	check_once_each(r, 12);
	disruptor_free(d);
	free(r);
}

/* When nobody else could have the event, removal says which one it was. */
static void the_last_one_fails(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool = POOL(d, r, 1);

	r->fails_at = 5;
	r->failures = 1;
	publish_some(p, 12);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_ERROR(disruptor_shutdown(d, LONG_NS), EIO);
	CHECK_EQ(disruptor_processor_remove(worker(pool, 0), LONG_NS), 5);
	check_once_each(r, 5);
	disruptor_free(d);
	free(r);
}

static void errors_of_one_event(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();

	r->fails_at = 7;
	r->failures = 3;
	CHECK(POOL(d, r, 2, .on_error = DISRUPTOR_ON_ERROR_RETRY,
		   .retry_pause_ns = 1000) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 100);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 100);
	CHECK_EQ(r->failures, 0);
	disruptor_free(d);
	free(r);
}

/* It goes on with what it took, however long that takes. */
static void who_leaves_finishes(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool =
		POOL(d, r, 1, .on_error = DISRUPTOR_ON_ERROR_RETRY,
		     .retry_pause_ns = 1000000);

	r->fails_at = 3;
	r->failures = 1000000;
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 4);
	/* The other one comes when this one has taken it. */
	while (disruptor_load_relaxed_u32(&r->failures) == 1000000)
		pause_ms(1);
	CHECK_EQ(disruptor_load_acquire_u32(&r->total), 3);
	CHECK(disruptor_worker_pool_add(pool, LONG_NS) != NULL);
	CHECK_ERROR(disruptor_processor_remove(worker(pool, 0), 10000000),
		    ETIMEDOUT);
	disruptor_store_relaxed_u32(&r->failures, 0);
	CHECK(disruptor_processor_remove(worker(pool, 0), LONG_NS) >= 4);
	publish_some(p, 20);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	check_once_each(r, 24);
	disruptor_free(d);
	free(r);
}

static void the_last_takes_the_pool_with_it(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_producer *p = PRODUCER(d);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool = POOL(d, r, 1);

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	wait_for_total(r, 1);
	CHECK_EQ(disruptor_processor_remove(worker(pool, 0), LONG_NS), 1);
	CHECK(worker(pool, 0) == NULL);
	CHECK(disruptor_worker_pool_add(pool, LONG_NS) == NULL);
	CHECK_EQ(errno, ENOENT);
	publish_some(p, 100);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(r->total, 1);
	disruptor_free(d);
	free(r);
}

static void bad_input(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16, .consumers_max = 4);
	struct record *r = new_record();
	struct disruptor_worker_pool *pool;

	CHECK_EQ(disruptor_start(d), 0);
	CHECK(POOL(d, r, 0) == NULL && errno == EINVAL);
	CHECK(POOL(d, r, DISRUPTOR_WORKERS_MAX + 1) == NULL && errno == EINVAL);
	CHECK(POOL(d, r, 2, .name = "it") == NULL && errno == EINVAL);
	CHECK(POOL(d, r, 2, .on_batch = batch) == NULL && errno == EINVAL);
	CHECK(POOL(NULL, r, 2) == NULL && errno == EINVAL);
	CHECK(POOL(d, r, 2, .batch_max = -1) == NULL && errno == EINVAL);
	CHECK(POOL(d, r, 5) == NULL && errno == EUSERS);
	/* The four that had joined are gone again. */
	pool = POOL(d, r, 4);
	CHECK(pool != NULL);
	CHECK(disruptor_worker_pool_add(pool, 0) == NULL && errno == EUSERS);
	CHECK(disruptor_worker_pool_add(NULL, 0) == NULL && errno == EINVAL);
	CHECK(*disruptor_worker_pool_workers(NULL) == NULL);
	disruptor_free(d);
	free(r);
}

/* The first error of a graph sticks, and every call says which it was. */
static void error_that_sticks(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct record *r = new_record();

	CHECK(disruptor_handle_events_with_workers(d, NULL, 1, NULL) == NULL);
	CHECK_EQ(errno, EINVAL);
	CHECK(disruptor_producer_new_opts(NULL, NULL) == NULL);
	CHECK(POOL(d, r, 2) == NULL && errno == EINVAL);
	CHECK(strcmp(disruptor_error(),
		     "the graph has an error: no options were given") == 0);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	disruptor_free(d);
	free(r);
}

TEST_MAIN(TEST_EACH(exactly_one), TEST_EACH(others_go_on),
	  TEST_EACH(who_comes_after),
	  TEST_EACH(whom_it_comes_after), TEST_EACH(several_at_once),
	  TEST_EACH(gaps), TEST_EACH(a_failure_stops_the_ring),
	  TEST_EACH(the_last_one_fails),
	  TEST_EACH(errors_of_one_event), TEST_EACH(who_leaves_finishes),
	  TEST_EACH(the_last_takes_the_pool_with_it), TEST_EACH(bad_input),
	  TEST_EACH(error_that_sticks));
