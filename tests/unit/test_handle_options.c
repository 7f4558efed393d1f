/* SPDX-License-Identifier: MIT */
/* options.h: those of pollers and producers. */
#include <ring.h>

struct larger_poller_options {
	struct disruptor_poller_options known;
	unsigned char tail[16];
};

struct larger_producer_options {
	struct disruptor_producer_options known;
	unsigned char tail[16];
};

static void poller_refused(struct disruptor *d,
			   struct disruptor_poller_options o, int error)
{
	CHECK_NULL(disruptor_poller_new_opts(d, &o), error);
	CHECK_EQ(disruptor_consumer_count(d), 0);
}

static void poller_sizes(const struct flavour *flavour)
{
	struct larger_poller_options o = {
		.known = *DISRUPTOR_POLLER_OPTIONS(.name = NULL),
	};
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller;

	o.known.size = 0;
	poller_refused(d, o.known, EINVAL);
	o.known.size = sizeof(o);
	o.tail[15] = 1;
	CHECK_NULL(disruptor_poller_new_opts(d, &o.known), E2BIG);
	o.tail[15] = 0;
	poller = disruptor_poller_new_opts(d, &o.known);
	CHECK(poller != NULL);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

static void poller_ranges(const struct flavour *flavour)
{
	struct disruptor_poller_options o =
		*DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST);
	struct disruptor *d = RING(flavour, .capacity = 8);

	o.start = (enum disruptor_start_at)2;
	poller_refused(d, o, EINVAL);
	o.start = DISRUPTOR_START_NEXT;
	o.wait_strategy = (enum disruptor_wait_strategy)7;
	poller_refused(d, o, EINVAL);
	o.wait_strategy = DISRUPTOR_WAIT_DEFAULT;
	o.batch_max = -1;
	poller_refused(d, o, EINVAL);
	disruptor_free(d);
}

static void producer_sizes(const struct flavour *flavour)
{
	struct larger_producer_options o = {
		.known = *DISRUPTOR_PRODUCER_OPTIONS(
				.wait_strategy = DISRUPTOR_WAIT_BLOCKING),
	};
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *producer;

	o.known.size = 0;
	CHECK_NULL(disruptor_producer_new_opts(d, &o.known), EINVAL);
	o.known.size = sizeof(o);
	o.tail[0] = 1;
	CHECK_NULL(disruptor_producer_new_opts(d, &o.known), E2BIG);
	o.tail[0] = 0;
	producer = disruptor_producer_new_opts(d, &o.known);
	CHECK(producer != NULL);
	PUT(producer, 1);
	disruptor_producer_free(producer);
	o.known.wait_strategy = (enum disruptor_wait_strategy)7;
	CHECK_NULL(disruptor_producer_new_opts(d, &o.known), EINVAL);
	disruptor_free(d);
}

/* NULL instead of options means the defaults, or is refused; never a crash. */
static void nothing_at_all(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK_NULL(disruptor_producer_new(NULL), EINVAL);
	CHECK_NULL(disruptor_poller_new(NULL, NULL), EINVAL);
	CHECK_NULL(disruptor_poller_new_after(NULL, NULL, NULL), EINVAL);
	disruptor_poller_free(NULL);
	disruptor_producer_free(NULL);
	disruptor_free(NULL);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

/* A failed construction takes nothing: all places are still there. */
static void failures_take_no_place(const struct flavour *flavour)
{
	struct disruptor *d =
		RING(flavour, .consumers_max = 1, .producers_max = 1);
	struct disruptor_producer_options o = *DISRUPTOR_PRODUCER_OPTIONS(
			.wait_strategy = (enum disruptor_wait_strategy)7);
	struct disruptor_poller *poller;
	struct disruptor_producer *producer;
	int i;

	for (i = 0; i < 10; i++) {
		CHECK_NULL(disruptor_poller_new_after(
				   d, NULL, DISRUPTOR_AFTER_NAMES("nobody")),
			   ENOENT);
		CHECK_NULL(disruptor_producer_new_opts(d, &o), EINVAL);
	}
	poller = POLLER(d, NULL);
	producer = PRODUCER(d);
	CHECK_NULL(disruptor_poller_new(d, NULL), EUSERS);
	PUT(producer, 5);
	TAKE(poller, 5);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(poller_sizes), TEST_EACH(poller_ranges),
	  TEST_EACH(producer_sizes), TEST_EACH(nothing_at_all),
	  TEST_EACH(failures_take_no_place));
