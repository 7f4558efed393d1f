/* SPDX-License-Identifier: MIT */
/* event_processor.h: a batch once more (LMAX: RewindBatchEventHandlerTest). */
#include "faulty.h"

/* n events in one batch, which is done in the end; and what was seen. */
static void retry(const struct flavour *flavour, struct faulty *f, int64_t n,
		  const char *expected)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_processor *processor =
		FAULTY(d, f, .on_error = DISRUPTOR_ON_ERROR_RETRY);

	f->error = EIO;
	put_many(p, 0, n);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_SEEN(f, expected);
	CHECK(f->ends[faulty_calls(f) - 1]);
	CHECK_EQ(disruptor_processor_errors(processor), 0);
	CHECK_EQ(disruptor_processor_lag(processor), 0);
	disruptor_free(d);
}

/* LMAX: shouldRewindOnFirstEventOfBatch, …OfBatchSizeOfOne */
static void first_event(const struct flavour *flavour)
{
	struct faulty f = { .fail_at = 0, .fails = 1 };
	struct faulty one = { .fail_at = 0, .fails = 1 };

	retry(flavour, &f, 4, "0 0 1 2 3");
	retry(flavour, &one, 1, "0 0");
}

/* LMAX: shouldRewindOnEventInMiddleOfBatch, shouldRewindOnLastEventOfBatch */
static void middle_and_last_event(const struct flavour *flavour)
{
	struct faulty middle = { .fail_at = 2, .fails = 1 };
	struct faulty last = { .fail_at = 3, .fails = 1 };

	retry(flavour, &middle, 4, "0 1 2 0 1 2 3");
	retry(flavour, &last, 4, "0 1 2 3 0 1 2 3");
}

/*
 * LMAX: shouldRunBatchCompletelyMultipleTimesOnLastEventOfBatch,
 * shouldRewindMultipleTimes, …MultipleTimesInSameBatch, …BatchSizeOfOne
 */
static void many_times(const struct flavour *flavour)
{
	struct faulty last = { .fail_at = 2, .fails = 3 };
	struct faulty first = { .fail_at = 0, .fails = 3 };
	struct faulty one = { .fail_at = 0, .fails = 4 };

	retry(flavour, &last, 3, "0 1 2 0 1 2 0 1 2 0 1 2");
	retry(flavour, &first, 2, "0 0 0 0 1");
	retry(flavour, &one, 1, "0 0 0 0 0");
}

/* From the first event that is not released: the others are gone. */
static void retry_with_release(const struct flavour *flavour)
{
	struct faulty f = { .fail_at = 3, .fails = 2, .release_at = 1 };

	retry(flavour, &f, 5, "0 1 2 3 2 3 2 3 4");
}

/* The event that fails is one that its handler had released. */
static void failed_event_is_released(const struct flavour *flavour)
{
	struct faulty f = { .fail_at = 1, .fails = 1, .release_at = 1 };

	retry(flavour, &f, 3, "0 1 2");
}

/* LMAX: shouldOnlyRewindOnCurrentBatch, shouldHonourMaxBatchSize */
static void only_the_batch_in_hand(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = 4, .fails = 2, .error = EIO };

	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_RETRY, .batch_max = 3);
	put_many(p, 0, 6);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_SEEN(&f, "0 1 2 3 4 3 4 3 4 5");
	disruptor_free(d);
}

/* LMAX: shouldGiveUp… (EventuallyGiveUpBatchRewindStrategy) */
static void give_up(const struct flavour *flavour, uint32_t max, uint32_t fails,
		    int error, const char *expected)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = 1, .fails = fails, .error = EIO };

	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_RETRY, .retry_max = max);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), -error);
	CHECK_SEEN(&f, expected);
	disruptor_free(d);
}

static void give_up_after_n(const struct flavour *flavour)
{
	give_up(flavour, 1, 9, EIO, "0 1 0 1");
	give_up(flavour, 3, 9, EIO, "0 1 0 1 0 1 0 1");
	give_up(flavour, 3, 3, 0, "0 1 0 1 0 1 0 1 2");
}

/* LMAX: shouldPauseWhenRewinding (NanosecondPauseBatchRewindStrategy) */
static void pause_between(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = 1, .fails = 3, .error = EIO };

	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_RETRY,
	       .retry_pause_ns = MS);
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_SEEN(&f, "0 1 0 1 0 1 0 1");
	disruptor_free(d);
}

/* Halt ends a long pause; the batch still begins with its first event. */
static void halt_in_a_pause(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fail_at = 2, .fails = 1, .error = EIO };

	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_RETRY,
	       .retry_pause_ns = LONG_NS);
	put_many(p, 0, 4);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, 3);
	pause_ms(3);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_SEEN(&f, "0 1 2");
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_SEEN(&f, "0 1 2 0 1 2 3");
	disruptor_free(d);
}

/* For ever and at once: halt ends that too. */
static void halt_endless_retries(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fails = UINT32_MAX, .error = EIO };

	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_RETRY);
	PUT(p, 1);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&f, 100);
	CHECK_ERROR(disruptor_shutdown(d, MS), ETIMEDOUT);
	CHECK_EQ(disruptor_halt(d), 0);
	disruptor_free(d);
}

/* --- error_handler ------------------------------------------------------- */

static void ask(const struct flavour *flavour, struct faulty *f, int error,
		uint32_t asked, const char *expected)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);

	f->fail_at = 1;
	f->error = EIO;
	FAULTY(d, f, .on_error = DISRUPTOR_ON_ERROR_CALL, .retry_max = 2);
	put_many(p, 70, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), -error);
	CHECK_SEEN(f, expected);
	CHECK_EQ(f->asked, asked);
	CHECK_EQ(f->told_error, -EIO);
	CHECK_EQ(f->told_value, 71);
	CHECK_EQ(f->told_sequence, 1);
	CHECK_EQ(f->told_attempts, asked - 1);
	disruptor_free(d);
}

/* LMAX: exceptionHandlerFor…, rethrow and ignore handlers */
static void as_it_is_answered(const struct flavour *flavour)
{
	struct faulty stop = { .fails = 1, .answer = DISRUPTOR_ON_ERROR_STOP };
	struct faulty skip = { .fails = 1, .answer = DISRUPTOR_ON_ERROR_SKIP };
	struct faulty once = { .fails = 2, .answer = DISRUPTOR_ON_ERROR_RETRY };
	struct faulty ever = { .fails = 9, .answer = DISRUPTOR_ON_ERROR_RETRY };

	ask(flavour, &stop, EIO, 1, "0 1");
	ask(flavour, &skip, 0, 1, "0 1 2");
	ask(flavour, &once, 0, 2, "0 1 0 1 0 1 2");
	ask(flavour, &ever, EIO, 3, "0 1 0 1 0 1");
}

/* An answer that is none of the three stops the ring. */
static void wrong_answers(const struct flavour *flavour)
{
	struct faulty call = { .fails = 1, .answer = DISRUPTOR_ON_ERROR_CALL };
	struct faulty junk = { .fails = 1,
			       .answer = (enum disruptor_on_error)77 };

	ask(flavour, &call, EIO, 1, "0 1");
	ask(flavour, &junk, EIO, 1, "0 1");
}

static enum disruptor_on_error skip_the_first(void *context, int error,
					      void *event, int64_t sequence,
					      uint32_t attempts)
{
	(void)context;
	(void)error;
	(void)event;
	(void)attempts;
	return sequence == 0 ? DISRUPTOR_ON_ERROR_SKIP :
			       DISRUPTOR_ON_ERROR_RETRY;
}

/* The first always fails, the last once. */
static int fail_twice(void *context, void *event, int64_t sequence,
		      bool end_of_batch)
{
	uint32_t *calls = context;

	(void)event;
	(void)end_of_batch;
	++*calls;
	return sequence == 0 || *calls == 3 ? -EIO : 0;
}

/* An event that is skipped in each attempt is one event that was skipped. */
static void skipped_once(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	uint32_t calls = 0;
	struct disruptor_processor *processor = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_event_or_error = fail_twice, .context = &calls,
			   .on_error = DISRUPTOR_ON_ERROR_CALL,
			   .error_handler = skip_the_first));

	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(calls, 6);
	CHECK_EQ(disruptor_processor_errors(processor), 1);
	disruptor_free(d);
}

/* The count of attempts is the batch's, and begins anew with the next. */
static void attempts_are_of_one_batch(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct faulty f = { .fails = 2, .answer = DISRUPTOR_ON_ERROR_RETRY };

	f.error = EIO;
	FAULTY(d, &f, .on_error = DISRUPTOR_ON_ERROR_CALL, .retry_max = 2);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 0);
	wait_for_calls(&f, 3);
	CHECK_EQ(f.told_attempts, 1);
	/* Nothing is in hand: the thread does not look at f meanwhile. */
	while (disruptor_has_backlog(d))
		pause_ms(1);
	f.fail_at = 1;
	f.fails = 2;
	PUT(p, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(f.told_attempts, 1);
	CHECK_SEEN(&f, "0 0 0 1 1 1");
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(first_event), TEST_EACH(middle_and_last_event),
	  TEST_EACH(many_times), TEST_EACH(retry_with_release),
	  TEST_EACH(failed_event_is_released),
	  TEST_EACH(only_the_batch_in_hand), TEST_EACH(give_up_after_n),
	  TEST_EACH(pause_between), TEST_EACH(halt_in_a_pause),
	  TEST_EACH(halt_endless_retries), TEST_EACH(as_it_is_answered),
	  TEST_EACH(wrong_answers), TEST_EACH(skipped_once),
	  TEST_EACH(attempts_are_of_one_batch));
