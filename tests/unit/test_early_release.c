/* SPDX-License-Identifier: MIT */
/* event_processor.h: disruptor_release(), within a batch. */
#include <ring.h>

/* Releases one event, and waits there until it is told to go on. */
struct releaser {
	int64_t release;	/* sequence */
	uint32_t here;		/* it is released */
	uint32_t go;
	uint32_t handled;
	int result;
};

static void release_and_wait(struct releaser *r)
{
	r->result = disruptor_release(r->release);
	disruptor_store_release_u32(&r->here, 1);
	while (disruptor_load_acquire_u32(&r->go) == 0)
		pause_ms(1);
}

static void handle(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct releaser *r = context;

	(void)event;
	(void)end_of_batch;
	if (sequence == r->release)
		release_and_wait(r);
	disruptor_fetch_add_u32(&r->handled, 1);
}

static void handle_batch(void *context, const struct disruptor_batch *batch)
{
	struct releaser *r = context;

	if (r->release >= batch->first &&
	    r->release < batch->first + batch->count)
		release_and_wait(r);
	disruptor_fetch_add_u32(&r->handled, (uint32_t)batch->count);
}

static void wait_for(const uint32_t *word, uint32_t value)
{
	while (disruptor_load_acquire_u32(word) < value)
		pause_ms(1);
}

static void check_room(const struct flavour *flavour, bool whole_batches)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct releaser r = { .release = 1, .result = 7 };
	struct disruptor_processor *processor =
		whole_batches ?
			disruptor_handle_batches_with(d, handle_batch, &r) :
			disruptor_handle_events_with(d, handle, &r);

	put_many(p, 0, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for(&r.here, 1);
	CHECK_EQ(r.result, 0);
	CHECK_EQ(disruptor_remaining_capacity(d), 2);
	CHECK_EQ(disruptor_processor_lag(processor), 2);
	put_many(p, 4, 2);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	disruptor_store_release_u32(&r.go, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(r.handled, 6);
	CHECK_EQ(disruptor_processor_lag(processor), 0);
	disruptor_free(d);
}

/* LMAX: shouldReportProgressByUpdatingSequenceViaCallback */
static void room_within_a_batch(const struct flavour *flavour)
{
	check_room(flavour, false);
	check_room(flavour, true);
}

struct waiting {
	struct disruptor_producer *producer;
	struct releaser *releaser;
};

static void *put_one(void *argument)
{
	struct waiting *w = argument;
	int64_t *event = disruptor_claim(w->producer);

	CHECK(event != NULL);
	disruptor_publish(w->producer);
	disruptor_store_release_u32(&w->releaser->go, 1);
	return NULL;
}

/* The handler waits for a producer that waits for the handler: it is woken. */
static void wakes_a_producer(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct releaser r = { .release = 2 };
	struct waiting w = { PRODUCER(d), &r };
	pthread_t thread;

	CHECK(disruptor_handle_events_with(d, handle, &r) != NULL);
	put_many(w.producer, 0, 4);
	thread = thread_start(put_one, &w);
	pause_ms(5);
	CHECK_EQ(disruptor_start(d), 0);
	thread_join(thread);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(r.handled, 5);
	disruptor_free(d);
}

/* A follower sees what is released, and no more. */
static void follower_sees_it(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_producer *p = PRODUCER(d);
	struct releaser first = { .release = 3 }, then = { .release = -1 };
	struct disruptor_processor *processor =
		disruptor_handle_events_with(d, handle, &first);

	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(processor),
					    handle, &then) != NULL);
	put_many(p, 0, 8);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for(&then.handled, 4);
	CHECK_EQ(first.handled, 3);
	pause_ms(2);
	CHECK_EQ(disruptor_load_acquire_u32(&then.handled), 4);
	disruptor_store_release_u32(&first.go, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(first.handled, 8);
	CHECK_EQ(then.handled, 8);
	disruptor_free(d);
}

/* --- what is refused ---------------------------------------------------- */

static int refuse_all(void *context)
{
	(void)context;
	CHECK_ERROR(disruptor_release(0), EINVAL);
	CHECK_ERROR(disruptor_release(-1), EINVAL);
	return 0;
}

static void refuse_at_end(void *context)
{
	refuse_all(context);
}

static void refuse_on_timeout(void *context, int64_t sequence)
{
	refuse_all(context);
	CHECK_ERROR(disruptor_release(sequence), EINVAL);
	disruptor_store_release_u32(context, 1);
}

/* Batches of two. */
static void refuse_others(void *context, void *event, int64_t sequence,
			  bool end_of_batch)
{
	int64_t first = sequence & ~INT64_C(1);

	(void)context;
	(void)event;
	(void)end_of_batch;
	CHECK_ERROR(disruptor_release(first - 1), EINVAL);
	CHECK_ERROR(disruptor_release(first + 2), EINVAL);
	CHECK_ERROR(disruptor_release(-1), EINVAL);
	CHECK_ERROR(disruptor_release(INT64_MIN), EINVAL);
	CHECK_ERROR(disruptor_release(INT64_MAX), EINVAL);
	CHECK_EQ(disruptor_release(sequence), 0);
	/* Twice, and backwards: nothing happens. */
	CHECK_EQ(disruptor_release(sequence), 0);
	CHECK_EQ(disruptor_release(first), 0);
}

static void wrong_arguments(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	uint32_t timed_out = 0;

	CHECK(disruptor_handle_events_opts(
		      d, DISRUPTOR_PROCESSOR_OPTIONS(
				 .on_event = refuse_others, .batch_max = 2,
				 .context = &timed_out, .timeout_ns = MS,
				 .on_timeout = refuse_on_timeout,
				 .on_start = refuse_all,
				 .on_shutdown = refuse_at_end)) != NULL);
	CHECK_ERROR(disruptor_release(0), EINVAL);
	put_many(p, 0, 8);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for(&timed_out, 1);
	CHECK_EQ(disruptor_remaining_capacity(d), 8);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

/* Not even the batch in hand, from another thread than its own. */
static void not_from_another_thread(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct releaser r = { .release = 1 };

	CHECK(disruptor_handle_events_with(d, handle, &r) != NULL);
	put_many(p, 0, 4);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for(&r.here, 1);
	CHECK_ERROR(disruptor_release(2), EINVAL);
	CHECK_EQ(disruptor_remaining_capacity(d), 2);
	disruptor_store_release_u32(&r.go, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

/* What a halt or an error leaves is never before what was released. */
static int release_and_fail(void *context, void *event, int64_t sequence,
			    bool end_of_batch)
{
	uint32_t *calls = context;

	(void)event;
	(void)end_of_batch;
	if (disruptor_fetch_add_u32(calls, 1) == 0) {
		CHECK_EQ(disruptor_release(2), 0);
		CHECK_EQ(disruptor_release(0), 0);
		return -EIO;
	}
	CHECK(sequence >= 3);
	return 0;
}

static void released_stays_released(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	uint32_t calls = 0;
	struct disruptor_processor *processor = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_event_or_error = release_and_fail,
			   .context = &calls));

	put_many(p, 0, 5);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	CHECK_EQ(disruptor_processor_lag(processor), 2);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(calls, 3);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(room_within_a_batch), TEST_EACH(wakes_a_producer),
	  TEST_EACH(follower_sees_it), TEST_EACH(wrong_arguments),
	  TEST_EACH(not_from_another_thread),
	  TEST_EACH(released_stays_released));
