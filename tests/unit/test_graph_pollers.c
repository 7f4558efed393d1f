/* SPDX-License-Identifier: MIT */
/*
 * Pollers as nodes of the graph, anywhere between handlers: what LMAX calls
 * custom event processors.
 */
#include "gated.h"

/* first, first + 1, …; n of them, as they become ready. */
static void take_when_ready(struct disruptor_poller *poller, int64_t first,
			    int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++) {
		CHECK(disruptor_poll_wait(poller, LONG_NS) > 0);
		TAKE(poller, first + i);
	}
}

static void end(struct disruptor *d)
{
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

/*
 * LMAX: shouldMakeEntriesAvailableToFirstCustomProcessorsImmediately,
 * shouldSupportCustomProcessorsAsDependencies
 */
static void poller_first(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "poller");
	struct gated then = { .let = ALL };

	GATED(d, &then, .upstream = DISRUPTOR_AFTER_NAMES("poller"));
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_poll(poller), 2);
	check_held(&then, 0);
	TAKE(poller, 0);
	wait_until_handled(&then, 1);
	check_held(&then, 1);
	TAKE(poller, 1);
	wait_until_handled(&then, 2);
	end(d);
}

/*
 * LMAX: shouldSupportHandlersAsDependenciesToCustomProcessors,
 * shouldHonourDependenciesForCustomProcessors,
 * shouldGetSequenceBarrierForHandler
 */
static void poller_last(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = 0 };
	struct disruptor_poller *poller;

	GATED(d, &first, .name = "first", .batch_max = 1);
	poller = FOLLOWER(d, NULL, "first");
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_poll_wait(poller, 2 * MS), 0);
	let(&first, 2);
	take_when_ready(poller, 0, 2);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_poller_lag(poller), 1);
	let(&first, ALL);
	take_when_ready(poller, 2, 1);
	end(d);
}

/* LMAX: shouldGetSequenceBarrierForHandlerIfAddedAfterPublish */
static void poller_last_added_late(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = 0 };
	struct disruptor_poller *poller;

	put_many(p, 0, 6);
	GATED(d, &first, .name = "first");
	poller = FOLLOWER(d, NULL, "first");
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_poller_lag(poller), 0);
	PUT(p, 6);
	CHECK_EQ(disruptor_poll_wait(poller, 2 * MS), 0);
	let(&first, ALL);
	take_when_ready(poller, 6, 1);
	end(d);
	CHECK_EQ(handled_by(&first), 1);
	CHECK_EQ(first.last, 6);
}

/* LMAX: shouldSupportAddingCustomEventProcessorWithFactory: a chain of three */
static void poller_between(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = ALL }, last = { .let = ALL };
	struct disruptor_poller *poller;

	GATED(d, &first, .name = "first");
	poller = FOLLOWER(d, "between", "first");
	GATED(d, &last, .upstream = DISRUPTOR_AFTER_NAMES("between"));
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 5);
	wait_until_handled(&first, 5);
	check_held(&last, 0);
	take_when_ready(poller, 0, 3);
	wait_until_handled(&last, 3);
	check_held(&last, 3);
	take_when_ready(poller, 3, 2);
	end(d);
	CHECK_EQ(handled_by(&last), 5);
}

/* LMAX: shouldSupportCustomProcessorsAndHandlersAsDependencies */
static void poller_and_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "poller");
	struct gated one = { .let = 0 }, then = { .let = ALL };
	struct disruptor_processor *a = GATED(d, &one, .name = NULL);

	GATED(d, &then, .after = DISRUPTOR_AFTER(a),
	      .upstream = DISRUPTOR_AFTER_NAMES("poller"));
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 2);
	take_when_ready(poller, 0, 2);
	check_held(&then, 0);
	let(&one, ALL);
	wait_until_handled(&then, 2);
	PUT(p, 2);
	wait_until_handled(&one, 3);
	check_held(&then, 2);
	take_when_ready(poller, 2, 1);
	end(d);
	CHECK_EQ(handled_by(&then), 3);
}

/* LMAX: shouldSupportMultipleCustomProcessorsAsDependencies */
static void two_pollers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, "a"), *b = POLLER(d, "b");
	struct gated then = { .let = ALL };

	GATED(d, &then, .upstream = DISRUPTOR_AFTER_NAMES("a", "b"));
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 2);
	take_many(a, 0, 2);
	check_held(&then, 0);
	take_many(b, 0, 2);
	end(d);
	CHECK_EQ(handled_by(&then), 2);
}

/*
 * A branch that is polled now and then leaves the stages beside it alone, holds
 * up what joins both, and the producer, but nobody else.
 */
static void branch_and_join(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = ALL }, second = { .let = ALL };
	struct gated join = { .let = ALL };
	struct disruptor_processor *a, *b;
	struct disruptor_poller *branch;

	a = GATED(d, &first, .name = "first");
	b = GATED(d, &second, .after = DISRUPTOR_AFTER(a));
	branch = FOLLOWER(d, "branch", "first");
	GATED(d, &join, .after = DISRUPTOR_AFTER(b),
	      .upstream = DISRUPTOR_AFTER_NAMES("branch"));
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 4);
	wait_until_handled(&second, 4);
	check_held(&join, 0);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_when_ready(branch, 0, 1);
	wait_until_handled(&join, 1);
	/* The join is the leaf: its advance is the room for one more. */
	CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
	disruptor_publish(p);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_poll_wait(branch, LONG_NS) >= 3, 1);
	disruptor_poller_advance(branch, 3);
	wait_until_handled(&join, 4);
	disruptor_halt(d);
	disruptor_free(d);
}

/* By names one could be written down: whoever comes back under one. */
static void cycles_are_refused(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct gated g = { .let = ALL };

	disruptor_poller_free(POLLER(d, "a"));
	CHECK_NULL(disruptor_poller_new_after(d, "a",
					      DISRUPTOR_AFTER_NAMES("a")),
		   EINVAL);
	FOLLOWER(d, "b", "a");
	FOLLOWER(d, "c", "b");
	CHECK_NULL(disruptor_poller_new_after(d, "a",
					      DISRUPTOR_AFTER_NAMES("b")),
		   EINVAL);
	CHECK_NULL(disruptor_poller_new_after(d, "a",
					      DISRUPTOR_AFTER_NAMES("c")),
		   EINVAL);
	CHECK_NULL(disruptor_handle_events_opts(
			   d, DISRUPTOR_PROCESSOR_OPTIONS(
				      .on_event = handle_gated, .context = &g,
				      .name = "a",
				      .upstream = DISRUPTOR_AFTER_NAMES("c"))),
		   EINVAL);
	CHECK_EQ(disruptor_consumer_count(d), 3);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(poller_first), TEST_EACH(poller_last),
	  TEST_EACH(poller_last_added_late), TEST_EACH(poller_between),
	  TEST_EACH(poller_and_handler), TEST_EACH(two_pollers),
	  TEST_EACH(branch_and_join), TEST_EACH(cycles_are_refused));
