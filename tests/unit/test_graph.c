/* SPDX-License-Identifier: MIT */
/* event_processor.h: building the graph; the first error sticks. */
#include <ring.h>

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(context, 1);
}

static void ignore_batch(void *context, const struct disruptor_batch *batch)
{
	(void)batch;
	disruptor_fetch_add_u32(context, 1);
}

static void no_disruptor(void **state)
{
	uint32_t n = 0;

	(void)state;
	CHECK(disruptor_handle_events_with(NULL, ignore, &n) == NULL);
	CHECK(disruptor_handle_events_with(NULL, ignore_batch, &n) == NULL);
	CHECK(disruptor_handle_events_after(NULL, DISRUPTOR_AFTER(NULL), ignore,
					    &n) == NULL);
	CHECK_ERROR(disruptor_start(NULL), EINVAL);
	CHECK_ERROR(disruptor_shutdown(NULL, 0), EINVAL);
	CHECK_ERROR(disruptor_halt(NULL), EINVAL);
	CHECK_ERROR(disruptor_close(NULL), EINVAL);
}

/* Each wrong call is reported by start, though all others were right. */
static void no_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	uint32_t n = 0;

	CHECK(disruptor_handle_events_with(d, NULL, &n) == NULL);
	CHECK(disruptor_handle_events_with(d, ignore, &n) == NULL);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	CHECK(disruptor_error()[0] != '\0');
	disruptor_free(d);
}

static void no_batch_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK(disruptor_handle_batches_with(d, NULL, NULL) == NULL);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	disruptor_free(d);
}

static void after_nothing(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	uint32_t n = 0;

	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(NULL), ignore,
					    &n) == NULL);
	CHECK(disruptor_start(d) < 0);
	disruptor_free(d);
	d = RING(flavour, .capacity = 8);
	CHECK(disruptor_handle_events_after(d, NULL, ignore, &n) == NULL);
	CHECK(disruptor_start(d) < 0);
	disruptor_free(d);
}

/* A processor that could not be made, passed on as it was returned. */
static void errors_pass_through(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .consumers_max = 2);
	struct disruptor_processor *a, *b, *c, *e;
	uint32_t n = 0;

	a = disruptor_handle_events_with(d, ignore, &n);
	b = disruptor_handle_events_with(d, ignore, &n);
	c = disruptor_handle_events_with(d, ignore, &n);
	CHECK(a != NULL);
	CHECK(b != NULL);
	CHECK(c == NULL);
	e = disruptor_handle_events_after(d, DISRUPTOR_AFTER(c, a), ignore, &n);
	CHECK(e == NULL);
	CHECK_ERROR(disruptor_start(d), EUSERS);
	disruptor_free(d);
}

static void processors_of_another_ring(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor *e = RING(flavour, .capacity = 8);
	struct disruptor_processor *a;
	uint32_t n = 0;

	a = disruptor_handle_events_with(d, ignore, &n);
	CHECK(disruptor_handle_events_after(e, DISRUPTOR_AFTER(a), ignore,
					    &n) == NULL);
	CHECK_ERROR(disruptor_start(e), EINVAL);
	CHECK_EQ(disruptor_start(d), 0);
	disruptor_free(e);
	disruptor_free(d);
}

/* Too late is an error, and what runs goes on. */
static void after_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	uint32_t n = 0;

	CHECK(disruptor_handle_events_with(d, ignore, &n) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK(disruptor_handle_events_with(d, ignore, &n) != NULL);
	CHECK_ERROR(disruptor_start(d), EALREADY);
	PUT(p, 1);
	while (disruptor_load_acquire_u32(&n) < 2)
		pause_ms(1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

static void nothing_to_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

/* The graph's consumers are consumers like others. */
static void consumers_of_the_graph(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_processor *a;
	uint32_t n = 0;

	a = disruptor_handle_events_with(d, ignore, &n);
	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(a), ignore,
					    &n) != NULL);
	CHECK_EQ(disruptor_consumer_count(d), 2);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_consumer_count(d), 2);
	disruptor_free(d);
}

TEST_MAIN(TEST(no_disruptor), TEST_EACH(no_handler),
	  TEST_EACH(no_batch_handler), TEST_EACH(after_nothing),
	  TEST_EACH(errors_pass_through), TEST_EACH(processors_of_another_ring),
	  TEST_EACH(after_start), TEST_EACH(nothing_to_start),
	  TEST_EACH(consumers_of_the_graph));
