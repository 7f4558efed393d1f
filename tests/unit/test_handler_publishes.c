/* SPDX-License-Identifier: MIT */
/* event_handler.h: a handler is a producer too, of its own ring or another. */
#include <ring.h>

#define CALLS_MAX 32

struct loop {
	struct disruptor_producer *producer;
	struct disruptor *d;
	int64_t sizes[CALLS_MAX], depths[CALLS_MAX]; /* of batches */
	uint32_t batches;
	int64_t room[CALLS_MAX];	/* at each event */
	uint32_t handled;
};

static void batch_starts(void *context, int64_t size, int64_t depth)
{
	struct loop *l = context;

	CHECK(l->batches < CALLS_MAX);
	l->sizes[l->batches] = size;
	l->depths[l->batches++] = depth;
}

/* All but the last of a batch make a new event. */
static void loop_back(void *context, void *event, int64_t sequence,
		      bool end_of_batch)
{
	struct loop *l = context;

	(void)event;
	(void)sequence;
	CHECK(l->handled < CALLS_MAX);
	l->room[l->handled] = disruptor_remaining_capacity(l->d);
	if (!end_of_batch) {
		CHECK(disruptor_claim(l->producer) != NULL);
		disruptor_publish(l->producer);
	}
	disruptor_fetch_add_u32(&l->handled, 1);
}

static void add(struct loop *l)
{
	CHECK(disruptor_handle_events_opts(
		      l->d, DISRUPTOR_PROCESSOR_OPTIONS(
				    .on_event = loop_back, .context = l,
				    .on_batch_start = batch_starts)) != NULL);
}

static void wait_until_handled(const struct loop *l, uint32_t n)
{
	while (disruptor_load_acquire_u32(&l->handled) < n)
		pause_ms(1);
}

/* LMAX: reportAccurateBatchSizesAtBatchStartTime */
static void into_its_own_ring(const struct flavour *flavour)
{
	struct loop l = { .d = RING(flavour, .capacity = 16) };
	int64_t i;

	l.producer = PRODUCER(l.d);
	add(&l);
	put_many(l.producer, 0, 3);
	CHECK_EQ(disruptor_start(l.d), 0);
	wait_until_handled(&l, 6);
	CHECK_EQ(disruptor_shutdown(l.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(l.batches, 3);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(l.sizes[i], 3 - i);
		CHECK_EQ(l.depths[i], 3 - i);
	}
	CHECK_EQ(l.handled, 6);
	disruptor_free(l.d);
}

/* LMAX: shouldTrackRemainingCapacity, as a handler sees it */
static void room_seen_from_a_handler(const struct flavour *flavour)
{
	struct loop l = { .d = RING(flavour, .capacity = 16) };

	l.producer = PRODUCER(l.d);
	add(&l);
	CHECK_EQ(disruptor_remaining_capacity(l.d), 16);
	PUT(l.producer, 0);
	CHECK_EQ(disruptor_start(l.d), 0);
	wait_until_handled(&l, 1);
	CHECK_EQ(disruptor_shutdown(l.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(l.room[0], 15);
	CHECK_EQ(disruptor_remaining_capacity(l.d), 16);
	disruptor_free(l.d);
}

struct link {
	struct disruptor_producer *to;
	int64_t sum;
};

static void pass_on(void *context, void *event, int64_t sequence,
		    bool end_of_batch)
{
	struct link *l = context;
	int64_t value, *next;

	(void)sequence;
	(void)end_of_batch;
	memcpy(&value, event, sizeof(value));
	l->sum += value;
	if (l->to == NULL)
		return;
	next = disruptor_claim_timeout(l->to, LONG_NS);
	CHECK(next != NULL);
	*next = value * 2;
	disruptor_publish(l->to);
}

/* A chain of rings, the second of one slot: its handler is waited for. */
static void into_another_ring(const struct flavour *flavour)
{
	struct disruptor *a = RING(flavour, .capacity = 8);
	struct disruptor *b = RING(flavour, .capacity = 1);
	struct link first = { .to = PRODUCER(b) }, last = { .to = NULL };
	struct disruptor_producer *p = PRODUCER(a);

	CHECK(disruptor_handle_events_with(a, pass_on, &first) != NULL);
	CHECK(disruptor_handle_events_with(b, pass_on, &last) != NULL);
	CHECK_EQ(disruptor_start(a), 0);
	CHECK_EQ(disruptor_start(b), 0);
	put_many(p, 1, 8);
	CHECK_EQ(disruptor_shutdown(a, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_shutdown(b, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(first.sum, 36);
	CHECK_EQ(last.sum, 72);
	disruptor_free(a);
	disruptor_free(b);
}

TEST_MAIN(TEST_EACH(into_its_own_ring), TEST_EACH(room_seen_from_a_handler),
	  TEST_EACH(into_another_ring));
