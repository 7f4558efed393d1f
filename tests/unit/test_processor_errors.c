/* SPDX-License-Identifier: MIT */
/* event_processor.h: a handler that fails: stop, skip, or as it is answered. */
#include "faulty.h"

struct waiting {
	struct disruptor_producer *producer;
	struct disruptor_poller *poller;
	int error;
};

static void *wait_for_room(void *argument)
{
	struct waiting *w = argument;

	CHECK(disruptor_claim(w->producer) == NULL);
	w->error = errno;
	return NULL;
}

static void *wait_for_event(void *argument)
{
	struct waiting *w = argument;

	w->error = -(int)disruptor_poll_wait(w->poller, DISRUPTOR_FOREVER);
	return NULL;
}

/* Nobody waits for ever for what a failed handler holds (LMAX #131, #244). */
static void stop_wakes_everybody(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct faulty f = { .fails = 1, .error = EIO, .held = 1 };
	struct waiting p = { .producer = PRODUCER(d) }, c = { .error = 0 };
	pthread_t threads[2];

	FAULTY(d, &f, .name = NULL);
	put_many(p.producer, 0, 4);
	c.poller = POLLER(d, NULL);
	CHECK_EQ(disruptor_start(d), 0);
	threads[0] = thread_start(wait_for_room, &p);
	threads[1] = thread_start(wait_for_event, &c);
	wait_for_calls(&f, 1);
	pause_ms(5);
	disruptor_store_release_u32(&f.held, 0);
	thread_join(threads[0]);
	thread_join(threads[1]);
	CHECK_EQ(p.error, ECANCELED);
	CHECK_EQ(c.error, ECANCELED);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	CHECK(strstr(disruptor_error(), "sequence 0") != NULL);
	CHECK_EQ(faulty_calls(&f), 1);
	disruptor_free(d);
}

/* LMAX: shouldCallExceptionHandlerOnUncaughtException; by place in the batch */
static void stop_at(const struct flavour *flavour, int64_t place, int64_t n)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = place, .fails = 1, .error = EIO };
	struct disruptor_processor *processor = FAULTY(d, &f, .name = NULL);

	put_many(p, 0, n);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, (uint32_t)place + 1);
	while (disruptor_try_claim(p) != NULL || errno != ECANCELED) {
		disruptor_abandon(p);
		pause_ms(1);
	}
	CHECK_EQ(faulty_calls(&f), place + 1);
	/* The event stays unread, and is the first when it starts again. */
	CHECK(disruptor_processor_lag(processor) >= n - place);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, (uint32_t)n + 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(f.seen[place + 1], place);
	CHECK_EQ(f.seen[n], n - 1);
	CHECK_EQ(faulty_calls(&f), n + 1);
	CHECK_EQ(disruptor_processor_errors(processor), 0);
	disruptor_free(d);
}

static void stop_and_restart(const struct flavour *flavour)
{
	stop_at(flavour, 0, 5);
	stop_at(flavour, 2, 5);
	stop_at(flavour, 4, 5);
	stop_at(flavour, 0, 1);
}

static void skip_at(const struct flavour *flavour, int64_t place, int64_t n)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = place, .fails = 1, .error = EIO };
	struct disruptor_processor *processor =
		FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_SKIP);
	int64_t i;

	put_many(p, 0, n);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(faulty_calls(&f), n);
	for (i = 0; i < n; i++) {
		CHECK_EQ(f.seen[i], i);
		CHECK_EQ(f.ends[i], i == n - 1);
	}
	CHECK_EQ(disruptor_processor_errors(processor), 1);
	CHECK_EQ(disruptor_processor_lag(processor), 0);
	disruptor_free(d);
}

static void skip_and_count(const struct flavour *flavour)
{
	skip_at(flavour, 0, 5);
	skip_at(flavour, 2, 5);
	skip_at(flavour, 4, 5);
	skip_at(flavour, 0, 1);
}

/* "A negative errno of its choice": also those that the library uses. */
static void any_error_stops(const struct flavour *flavour)
{
	static const int errors[] = { EIO,	 EAGAIN, EPERM,	    ETIMEDOUT,
				      ECANCELED, ESTALE, ESHUTDOWN, 4000 };
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct disruptor *d = RING(flavour, .capacity = 8);
		struct disruptor_producer *p = PRODUCER(d);
		struct faulty f = { .fails = 1, .error = errors[i] };

		FAULTY(d, &f, .name = NULL);
		PUT(p, 1);
		CHECK_EQ(disruptor_start(d), 0);
		wait_for_calls(&f, 1);
		CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER),
			    errors[i]);
		disruptor_free(d);
	}
}

/* What a handler says well is no error. */
static void positive_is_no_error(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fails = 1, .error = -EIO };

	FAULTY(d, &f, .name = NULL);
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_SEEN(&f, "0 1");
	disruptor_free(d);
}

/* The error waits for who asks: a halt in between does not swallow it. */
static void halt_does_not_hide_it(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fails = 1, .error = EIO };

	FAULTY(d, &f, .name = NULL);
	PUT(p, 1);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, 1);
	while (disruptor_try_claim(p) != NULL || errno != ECANCELED) {
		disruptor_abandon(p);
		pause_ms(1);
	}
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	disruptor_free(d);
}

/* It fails while shutdown drains: that ends, with the error. */
static void error_while_draining(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = 1, .fails = 1, .error = EIO, .held = 1 };

	FAULTY(d, &f, .name = NULL);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, 2);
	CHECK_ERROR(disruptor_shutdown(d, MS), ETIMEDOUT);
	disruptor_store_release_u32(&f.held, 0);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	CHECK_SEEN(&f, "0 1");
	disruptor_free(d);
}

/* Those behind a processor that stopped end too, before the event. */
static void upstream_stops_followers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty first = { .fail_at = 2, .fails = 1, .error = EIO };
	struct faulty then = { .fails = 0 };
	struct disruptor_processor *processor =
		FAULTY(d, &first, .batch_max = 1);

	FAULTY(d, &then, .after = DISRUPTOR_AFTER(processor));
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&first, 3);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	CHECK_SEEN(&first, "0 1 2");
	CHECK(faulty_calls(&then) <= 2);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&then, 5);
	CHECK_SEEN(&first, "0 1 2 2 3 4");
	CHECK_SEEN(&then, "0 1 2 3 4");
	disruptor_free(d);
}

/* Of two that fail, one is reported; none is waited for. */
static void two_fail(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty a = { .fails = 1, .error = EIO };
	struct faulty b = { .fails = 1, .error = ENXIO };
	int error;

	FAULTY(d, &a, .name = NULL);
	FAULTY(d, &b, .name = NULL);
	PUT(p, 1);
	CHECK_EQ(disruptor_start(d), 0);
	while (faulty_calls(&a) + faulty_calls(&b) == 0)
		pause_ms(1);
	error = disruptor_shutdown(d, DISRUPTOR_FOREVER);
	CHECK(error == -EIO || error == -ENXIO);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(stop_wakes_everybody), TEST_EACH(stop_and_restart),
	  TEST_EACH(skip_and_count), TEST_EACH(any_error_stops),
	  TEST_EACH(positive_is_no_error), TEST_EACH(halt_does_not_hide_it),
	  TEST_EACH(error_while_draining), TEST_EACH(upstream_stops_followers),
	  TEST_EACH(two_fail));
