/* SPDX-License-Identifier: MIT */
/*
 * event_processor.h: who decides what becomes of a failed event, event by event
 * (LMAX: RewindBatchEventProcessorTest, its strategies).
 */
#include <ring.h>

#define SEEN_MAX 64

/* Fails at two sequences, so many times each; and an answer for each error. */
struct script {
	int64_t fail_at[2];
	uint32_t fails[2];
	int error[2];
	enum disruptor_on_error first, then; /* then: from attempt three on */
	uint32_t asked;
	char seen[SEEN_MAX];	/* a digit for each call */
	uint32_t calls;
};

static int handle_by_script(void *context, void *event, int64_t sequence,
			    bool end_of_batch)
{
	struct script *s = context;
	int i;

	(void)event;
	(void)end_of_batch;
	if (s->calls < SEEN_MAX - 1)
		s->seen[s->calls] = (char)('0' + sequence);
	s->calls++;
	for (i = 0; i < 2; i++)
		if (s->fails[i] > 0 && s->fail_at[i] == sequence) {
			s->fails[i]--;
			return -s->error[i];
		}
	return 0;
}

/* EIO may pass; anything else does not. */
static enum disruptor_on_error answer(void *context, int error, void *event,
				      int64_t sequence, uint32_t attempts)
{
	struct script *s = context;

	(void)event;
	(void)sequence;
	s->asked++;
	if (error != -EIO)
		return DISRUPTOR_ON_ERROR_STOP;
	return attempts < 3 ? s->first : s->then;
}

static struct disruptor_processor *add(struct disruptor *d, struct script *s,
				       enum disruptor_on_error on_error)
{
	struct disruptor_processor *processor = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_event_or_error = handle_by_script, .context = s,
			   .on_error = on_error, .error_handler = answer));

	CHECK(processor != NULL);
	return processor;
}

/* n events in one batch; what was seen, and how many were skipped. */
static void play(const struct flavour *flavour, struct script *s, int64_t n,
		 int error, const char *expected, uint64_t skipped)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_processor *processor =
		add(d, s, DISRUPTOR_ON_ERROR_CALL);

	put_many(p, 0, n);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), -error);
	CHECK_STR(s->seen, expected);
	CHECK_EQ(disruptor_processor_errors(processor), skipped);
	disruptor_free(d);
}

/* LMAX: shouldRewindMultipleTimesInSameBatch */
static void two_events_of_one_batch(const struct flavour *flavour)
{
	struct script s = { .fail_at = { 1, 3 },
			    .fails = { 2, 2 },
			    .error = { EIO, EIO },
			    .first = DISRUPTOR_ON_ERROR_RETRY,
			    .then = DISRUPTOR_ON_ERROR_RETRY };

	play(flavour, &s, 5, 0, "0101" "0123" "0123" "01234", 0);
	CHECK_EQ(s.asked, 4);
}

/* LMAX: shouldFallOverWhenNonRewindableExceptionIsThrown */
static void some_errors_are_final(const struct flavour *flavour)
{
	struct script s = { .fail_at = { 1, 2 },
			    .fails = { 1, 1 },
			    .error = { EIO, ENXIO },
			    .first = DISRUPTOR_ON_ERROR_RETRY };

	play(flavour, &s, 4, ENXIO, "01" "012", 0);
	CHECK_EQ(s.asked, 2);
}

/* LMAX: shouldInvokeRewindPauseStrategyOnRewind */
static void asked_at_each_failure(const struct flavour *flavour)
{
	struct script s = { .fail_at = { 2 },
			    .fails = { 3 },
			    .error = { EIO },
			    .first = DISRUPTOR_ON_ERROR_RETRY };

	play(flavour, &s, 4, 0, "012" "012" "012" "0123", 0);
	CHECK_EQ(s.asked, 3);
}

/* LMAX: shouldNotInvokeRewindPauseStrategyWhenNoRewindsOccur */
static void not_asked_without_failure(const struct flavour *flavour)
{
	struct script s = { .first = DISRUPTOR_ON_ERROR_STOP };

	play(flavour, &s, 8, 0, "01234567", 0);
	CHECK_EQ(s.asked, 0);
}

/* LMAX: shouldGiveUpWhenUsingTheGiveUpRewindStrategy: then it is skipped. */
static void give_up_and_skip(const struct flavour *flavour)
{
	struct script s = { .fail_at = { 1 },
			    .fails = { 99 },
			    .error = { EIO },
			    .first = DISRUPTOR_ON_ERROR_RETRY,
			    .then = DISRUPTOR_ON_ERROR_SKIP };

	play(flavour, &s, 3, 0, "01" "01" "01" "012", 1);
	CHECK_EQ(s.asked, 4);
}

/*
 * LMAX: shouldSupportSpecifyingAExceptionHandlerForEventProcessors,
 * shouldBeAbleToOverrideTheExceptionHandlerForAEventProcessor and the others:
 * a policy belongs to a processor, and to no other.
 */
static void each_has_its_own(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	const struct script failing = { .fail_at = { 1 },
					.fails = { 1 },
					.error = { EIO },
					.first = DISRUPTOR_ON_ERROR_RETRY };
	struct script called = failing, skips = failing, retries = failing;
	struct disruptor_processor *skipping;

	add(d, &called, DISRUPTOR_ON_ERROR_CALL);
	skipping = add(d, &skips, DISRUPTOR_ON_ERROR_SKIP);
	add(d, &retries, DISRUPTOR_ON_ERROR_RETRY);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_STR(called.seen, "01012");
	CHECK_STR(skips.seen, "012");
	CHECK_STR(retries.seen, "01012");
	CHECK_EQ(called.asked, 1);
	CHECK_EQ(skips.asked, 0);
	CHECK_EQ(retries.asked, 0);
	CHECK_EQ(disruptor_processor_errors(skipping), 1);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(two_events_of_one_batch), TEST_EACH(some_errors_are_final),
	  TEST_EACH(asked_at_each_failure),
	  TEST_EACH(not_asked_without_failure), TEST_EACH(give_up_and_skip),
	  TEST_EACH(each_has_its_own));
