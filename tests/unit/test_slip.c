/* SPDX-License-Identifier: MIT */
/* Slip: when it is tried, when it ends, and what a poll returns meanwhile. */
#include <ring.h>

#define CAPACITY 4096
#define ENOUGH 64	/* events between two looks: that pays */

static struct disruptor_poller *with_batch(struct disruptor *d, int64_t max)
{
	struct disruptor_poller *poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.batch_max = max));

	CHECK(poller != NULL);
	return poller;
}

static int64_t take(struct disruptor_poller *poller)
{
	int64_t n = disruptor_poll(poller);

	disruptor_poller_advance(poller, n);
	return n;
}

/* Polls that find one event each: it is never tried. */
static void lone_events(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 3 * CAPACITY; i++) {
		put_many(p, i, 1);
		CHECK_EQ(take(poller), 1);
		CHECK_EQ(poller->slip_below, 0);
	}
	disruptor_free(d);
}

/* Several at once, and then nothing: trials fail, and become rare. */
static void stopped_streams(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	uint32_t longest = 0;
	int64_t i;

	for (i = 0; i < 1000; i++) {
		put_many(p, i * 8, 8);
		CHECK_EQ(take(poller), 8);
		CHECK_EQ(poller->slip_below, 0);
		if (poller->slip_in > longest)
			longest = poller->slip_in;
	}
	CHECK(longest >= 8 * DISRUPTOR_SLIP_AFTER);
	disruptor_free(d);
}

/* Enough is there already: no wait, and what was ready is returned whole. */
static void backlog(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(take(poller), 0);
	put_many(p, 0, CAPACITY);
	poller->slip_in = 1;
	CHECK_EQ(disruptor_poll(poller), flavour_multi(flavour) ||
			flavour->slot_layout == DISRUPTOR_SLOTS_STAMPED ?
		 256 : CAPACITY);
	disruptor_free(d);
}

/* While it slips, an end of the stream costs one look and ends the slip. */
static void ends(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	/* The first poll learns whom to follow. */
	CHECK_EQ(take(poller), 0);
	put_many(p, 0, 3);
	poller->slip_below = ENOUGH;
	CHECK_EQ(take(poller), 3);
	CHECK_EQ(poller->slip_below, 0);
	poller->slip_below = ENOUGH;
	CHECK_EQ(take(poller), 0);
	CHECK_EQ(poller->slip_below, 0);
	put_many(p, 3, 1);
	poller->slip_below = ENOUGH;
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(take(poller), 1);
	CHECK_EQ(disruptor_poll(poller), -ESHUTDOWN);
	disruptor_free(d);
}

static void halted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	poller->slip_below = ENOUGH;
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(disruptor_poll(poller), -ECANCELED);
	disruptor_free(d);
}

/* A limit holds, whether it slips or not, and above a scan's own too. */
static void limits(const struct flavour *flavour)
{
	static const int64_t maxima[] = { 1, 3, 64, 300, 1000, CAPACITY };
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *pollers[6];
	struct disruptor_producer *p = PRODUCER(d);
	int round, i;

	for (i = 0; i < 6; i++) {
		pollers[i] = with_batch(d, maxima[i]);
		CHECK_EQ(take(pollers[i]), 0);
	}
	put_many(p, 0, CAPACITY);
	for (round = 0; round < 3; round++)
		for (i = 0; i < 6; i++) {
			pollers[i]->slip_in = 1;
			pollers[i]->slip_below = round * maxima[i];
			CHECK_EQ(disruptor_poll(pollers[i]), maxima[i]);
		}
	disruptor_free(d);
}

/* A real stream: slip or not, every event once and in order. */
static void *stream(void *producer)
{
	int64_t i, k;

	for (i = 0; i < 50 * CAPACITY; i += 16) {
		CHECK_EQ(disruptor_claim_n(producer, 16), 16);
		for (k = 0; k < 16; k++)
			*(int64_t *)disruptor_producer_event(producer, k) =
				i + k;
		disruptor_publish(producer);
	}
	return NULL;
}

static void streams(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = with_batch(d, 100);
	pthread_t thread;
	int64_t n, i, seen = 0;

	thread = thread_start(stream, PRODUCER(d));
	while (seen < 50 * CAPACITY) {
		n = disruptor_poll_wait(poller, LONG_NS);
		CHECK(n > 0 && n <= 100);
		for (i = 0; i < n; i++)
			CHECK_EQ(value_at(poller, i), seen + i);
		seen += n;
		disruptor_poller_advance(poller, n);
	}
	thread_join(thread);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(lone_events), TEST_EACH(stopped_streams),
	  TEST_EACH(backlog), TEST_EACH(ends), TEST_EACH(halted),
	  TEST_EACH(limits), TEST_EACH(streams));
