/* SPDX-License-Identifier: MIT */
/* event_processor.h: start, shutdown, halt, free; in every order. */
#include <ring.h>

struct counter {
	uint32_t count;
	uint32_t go; /* 0: hold the handler up */
	struct disruptor *d;
	int result;
};

static void count(void *context, void *event, int64_t sequence,
		  bool end_of_batch)
{
	struct counter *c = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(&c->count, 1);
}

static void count_when_told(void *context, void *event, int64_t sequence,
			    bool end_of_batch)
{
	struct counter *c = context;

	count(context, event, sequence, end_of_batch);
	while (disruptor_load_acquire_u32(&c->go) == 0)
		pause_ms(1);
}

static uint32_t counted(const struct counter *c)
{
	return disruptor_load_acquire_u32(&c->count);
}

static void wait_until_counted(const struct counter *c, uint32_t n)
{
	while (counted(c) < n)
		pause_ms(1);
}

static void start_twice(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { 0 };

	CHECK(disruptor_handle_events_with(d, count, &c) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_ERROR(disruptor_start(d), EALREADY);
	PUT(p, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(counted(&c), 1);
	disruptor_free(d);
}

static void shutdown_times_out(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { 0 };

	CHECK(disruptor_handle_events_with(d, count_when_told, &c) != NULL);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	wait_until_counted(&c, 1);
	CHECK_ERROR(disruptor_shutdown(d, MS), ETIMEDOUT);
	CHECK_ERROR(disruptor_shutdown(d, 0), ETIMEDOUT);
	disruptor_fetch_add_u32(&c.go, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(counted(&c), 3);
	disruptor_free(d);
}

/* shutdown ends a private stream, and leaves a shared one to the others. */
static void shutdown_and_the_stream(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { 0 };

	CHECK(disruptor_handle_events_with(d, count, &c) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_producer_free(p);
	if (flavour->shared)
		disruptor_producer_free(PRODUCER(d));
	else
		CHECK_NULL(disruptor_producer_new(d), ESHUTDOWN);
	disruptor_free(d);
}

/* Halt stops after the batch in hand; start goes on there. */
static void halt_and_restart(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { .go = 1 };
	uint32_t i;

	CHECK(disruptor_handle_events_with(d, count_when_told, &c) != NULL);
	for (i = 1; i <= 10; i++) {
		CHECK_EQ(disruptor_start(d), 0);
		PUT(p, i);
		wait_until_counted(&c, 2 * i - 1);
		CHECK_EQ(disruptor_halt(d), 0);
		CHECK_EQ(disruptor_halt(d), 0);
		CHECK_EQ(counted(&c), 2 * i - 1);
		CHECK_NULL(disruptor_try_claim(p), ECANCELED);
		CHECK_EQ(disruptor_start(d), 0);
		PUT(p, i);
		wait_until_counted(&c, 2 * i);
		CHECK_EQ(disruptor_halt(d), 0);
	}
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(counted(&c), 20);
	disruptor_free(d);
}

static void halt_before_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { 0 };

	CHECK(disruptor_handle_events_with(d, count, &c) != NULL);
	PUT(p, 1);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(counted(&c), 0);
	CHECK_EQ(disruptor_start(d), 0);
	wait_until_counted(&c, 1);
	disruptor_free(d);
}

static void halt_inside(void *context, void *event, int64_t sequence,
			bool end_of_batch)
{
	struct counter *c = context;

	count(context, event, sequence, end_of_batch);
	c->result = disruptor_halt(c->d);
}

/* A handler may halt; it may not shut down, which would wait for itself. */
static void halt_from_a_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { .d = d, .result = 7 };

	CHECK(disruptor_handle_events_with(d, halt_inside, &c) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 1);
	wait_until_counted(&c, 1);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(c.result, 0);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 2);
	wait_until_counted(&c, 2);
	disruptor_free(d);
}

static void shutdown_inside(void *context, void *event, int64_t sequence,
			    bool end_of_batch)
{
	struct counter *c = context;

	c->result = disruptor_shutdown(c->d, DISRUPTOR_FOREVER);
	count(context, event, sequence, end_of_batch);
}

static void shutdown_from_a_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { .d = d };

	CHECK(disruptor_handle_events_with(d, shutdown_inside, &c) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 1);
	wait_until_counted(&c, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(c.result, -EDEADLK);
	disruptor_free(d);
}

enum last_state { NEW, BUILT, RUNNING, HALTED, DRAINED, CLOSED, STATES };

/* free ends any of them, with work left, a claim in hand, or nothing. */
static void free_from(const struct flavour *flavour, enum last_state last,
		      bool claim)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct counter c = { 0 };

	POLLER(d, "reader");
	if (last >= BUILT)
		CHECK(disruptor_handle_events_with(d, count, &c) != NULL);
	if (last >= RUNNING)
		CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 0, 2);
	if (last == HALTED)
		CHECK_EQ(disruptor_halt(d), 0);
	if (last == DRAINED)
		CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	if (last == CLOSED)
		CHECK_EQ(disruptor_close(d), 0);
	if (claim && last <= RUNNING)
		CHECK_EQ(disruptor_claim_n(p, 2), 2);
	disruptor_free(d);
	if (last == RUNNING && !flavour->shared)
		CHECK_EQ(counted(&c), 2);
}

static void free_from_every_state(const struct flavour *flavour)
{
	int last;

	for (last = NEW; last < STATES; last++)
		free_from(flavour, (enum last_state)last, false);
	disruptor_free(NULL);
}

static void free_with_a_claim_in_hand(const struct flavour *flavour)
{
	int last;

	for (last = NEW; last <= RUNNING; last++)
		free_from(flavour, (enum last_state)last, true);
}

/* Start and stop in quick succession: halts are not lost. */
static void start_halt_races(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct counter c = { 0 };
	int64_t i;

	CHECK(disruptor_handle_events_with(d, count, &c) != NULL);
	for (i = 0; i < scaled(100); i++) {
		CHECK_EQ(disruptor_start(d), 0);
		CHECK_EQ(disruptor_halt(d), 0);
	}
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(start_twice), TEST_EACH(shutdown_times_out),
	  TEST_EACH(shutdown_and_the_stream), TEST_EACH(halt_and_restart),
	  TEST_EACH(halt_before_start), TEST_EACH(halt_from_a_handler),
	  TEST_EACH(shutdown_from_a_handler), TEST_EACH(free_from_every_state),
	  TEST_EACH(free_with_a_claim_in_hand), TEST_EACH(start_halt_races));
