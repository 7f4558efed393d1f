/* SPDX-License-Identifier: MIT */
/* event_processor.h: who waits for whom (LMAX: DisruptorTest). */
#include "gated.h"

static void start(struct disruptor *d)
{
	CHECK_EQ(disruptor_start(d), 0);
}

static void end(struct disruptor *d)
{
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

/* LMAX: shouldMakeEntriesAvailableToFirstHandlersImmediately */
static void first_handlers_at_once(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated slow = { .let = 0 }, fast = { .let = ALL };

	GATED(d, &slow, .name = NULL);
	GATED(d, &fast, .name = NULL);
	start(d);
	put_many(p, 0, 2);
	wait_until_handled(&fast, 2);
	CHECK_EQ(handled_by(&slow), 0);
	let(&slow, ALL);
	end(d);
	CHECK_EQ(handled_by(&slow), 2);
}

/*
 * LMAX: shouldWaitUntilAllFirstEventProcessorsProcessEventBeforeMakingIt…
 * AvailableToDependentEventProcessors. One event at a time, so also in step.
 */
static void followers_wait(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = 0 }, then = { .let = ALL };
	struct disruptor_processor *a = GATED(d, &first, .batch_max = 1);
	uint32_t i;

	GATED(d, &then, .after = DISRUPTOR_AFTER(a));
	start(d);
	put_many(p, 0, 4);
	for (i = 0; i < 4; i++) {
		check_held(&then, i);
		let(&first, i + 1);
		wait_until_handled(&then, i + 1);
	}
	end(d);
}

/* What is done of a batch in hand is not shown before the batch is done. */
static void followers_wait_for_the_batch(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated first = { .let = 2 }, then = { .let = ALL };
	struct disruptor_processor *a = GATED(d, &first, .name = NULL);

	GATED(d, &then, .after = DISRUPTOR_AFTER(a));
	put_many(p, 0, 3);
	start(d);
	wait_until_handled(&first, 2);
	check_held(&then, 0);
	let(&first, ALL);
	wait_until_handled(&then, 3);
	end(d);
}

/*
 * LMAX: shouldAllowSpecifyingSpecificEventProcessorsToWaitFor,
 * shouldWaitOnAllProducersJoinedByAnd
 */
static void those_that_are_named(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated one = { .let = 0 }, two = { .let = 0 };
	struct gated other = { .let = 0 }, then = { .let = ALL };
	struct disruptor_processor *a = GATED(d, &one, .name = NULL);
	struct disruptor_processor *b = GATED(d, &two, .name = NULL);

	GATED(d, &other, .name = NULL);
	GATED(d, &then, .after = DISRUPTOR_AFTER(a, b));
	start(d);
	put_many(p, 0, 2);
	check_held(&then, 0);
	let(&two, 2);
	wait_until_handled(&two, 2);
	check_held(&then, 0);
	let(&one, 4);
	wait_until_handled(&then, 2);
	put_many(p, 2, 2);
	wait_until_handled(&one, 4);
	check_held(&then, 2);
	let(&two, 4);
	wait_until_handled(&then, 4);
	CHECK_EQ(handled_by(&other), 0);
	let(&other, ALL);
	end(d);
	CHECK_EQ(handled_by(&other), 4);
}

/* Several roots, several leaves, and an edge that skips a stage. */
static void any_acyclic_graph(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated g[5] = { { .let = ALL }, { .let = 0 },   { .let = ALL },
			      { .let = ALL }, { .let = ALL } };
	struct disruptor_processor *a = GATED(d, &g[0], .name = NULL);
	struct disruptor_processor *b = GATED(d, &g[1], .name = NULL);
	struct disruptor_processor *c = GATED(d, &g[2],
					      .after = DISRUPTOR_AFTER(a));
	int i;

	GATED(d, &g[3], .after = DISRUPTOR_AFTER(c, a, b));
	GATED(d, &g[4], .after = DISRUPTOR_AFTER(c));
	start(d);
	put_many(p, 0, 5);
	wait_until_handled(&g[4], 5);
	check_held(&g[3], 0);
	let(&g[1], ALL);
	end(d);
	for (i = 0; i < 5; i++) {
		CHECK_EQ(handled_by(&g[i]), 5);
		CHECK_EQ(g[i].last, 4);
	}
}

/* LMAX: shouldBatchOfEvents */
static void batch_of_events(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated g = { .let = ALL };

	GATED(d, &g, .name = NULL);
	start(d);
	CHECK_EQ(disruptor_claim_n(p, 2), 2);
	check_held(&g, 0);
	disruptor_publish(p);
	wait_until_handled(&g, 2);
	end(d);
	CHECK_EQ(g.last, 1);
}

static void *put_five(void *argument)
{
	int i;

	for (i = 0; i < 5; i++) {
		CHECK(disruptor_claim(argument) != NULL);
		disruptor_publish(argument);
	}
	return NULL;
}

static void block_producer(const struct flavour *flavour, int64_t batch_max)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct gated slow = { .let = 0 }, fast = { .let = ALL };
	pthread_t thread;

	GATED(d, &slow, .batch_max = batch_max);
	GATED(d, &fast, .batch_max = batch_max);
	start(d);
	thread = thread_start(put_five, p);
	wait_until_handled(&fast, 4);
	pause_ms(3);
	CHECK_EQ(disruptor_published(d), 4);
	/* The slow one may have the first event alone in hand, or all four. */
	let(&slow, 4);
	thread_join(thread);
	CHECK_EQ(disruptor_published(d), 5);
	wait_until_handled(&fast, 5);
	let(&slow, ALL);
	end(d);
	CHECK_EQ(handled_by(&slow), 5);
}

/*
 * LMAX: shouldBlockProducerUntilAllEventProcessorsHaveAdvanced.
 * Disruptor-net: …WithMaxBatchSize
 */
static void producer_waits_for_all(const struct flavour *flavour)
{
	block_producer(flavour, 0);
	block_producer(flavour, 1);
}

TEST_MAIN(TEST_EACH(first_handlers_at_once), TEST_EACH(followers_wait),
	  TEST_EACH(followers_wait_for_the_batch),
	  TEST_EACH(those_that_are_named), TEST_EACH(any_acyclic_graph),
	  TEST_EACH(batch_of_events), TEST_EACH(producer_waits_for_all));
