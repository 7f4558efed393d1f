/* SPDX-License-Identifier: MIT */
/* typed.h: events of a type, handlers that are inlined. */
#include <ring.h>

struct tick {
	int64_t price;
	int32_t size;
	char side;
};

struct wide {
	char bytes[100];
};

DISRUPTOR_DEFINE(tick, struct tick);
DISRUPTOR_DEFINE(wide, struct wide);

struct total {
	int64_t price, size, count, next, ends;
	bool right;
};

static inline void add_tick(void *context, struct tick *t, int64_t sequence,
			    bool end_of_batch)
{
	struct total *total = context;

	total->right &= sequence >= total->next && t->price == sequence * 10;
	total->next = sequence + 1;
	total->price += t->price;
	total->size += t->size;
	total->count++;
	total->ends += end_of_batch;
}

DISRUPTOR_DEFINE_HANDLER(on_tick, struct tick, add_tick);

static struct disruptor *tick_ring(const struct flavour *flavour, size_t more)
{
	return RING(flavour, .event_size = sizeof(struct tick) + more,
		    .capacity = 8);
}

static void claims(const struct flavour *flavour)
{
	struct disruptor *d = tick_ring(flavour, 0);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	struct tick *t;
	int64_t i;

	for (i = 0; i < 30; i++) {
		t = i % 3 == 0 ? tick_claim(p) :
		    i % 3 == 1 ? tick_try_claim(p) :
				 tick_claim_timeout(p, MS);
		CHECK(t != NULL);
		CHECK((void *)t == disruptor_producer_event(p, 0));
		CHECK(t == tick_producer_event(p, 0));
		t->price = i;
		disruptor_publish(p);
		CHECK_EQ(disruptor_poll(poller), 1);
		CHECK((void *)tick_event(poller, 0) ==
		      disruptor_poller_event(poller, 0));
		CHECK_EQ(tick_event(poller, 0)->price, i);
		disruptor_poller_advance(poller, 1);
	}
	disruptor_free(d);
}

static void full(const struct flavour *flavour)
{
	struct disruptor *d = tick_ring(flavour, 0);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	CHECK_NULL(tick_claim(p), EBUSY);
	disruptor_publish(p);
	CHECK_NULL(tick_try_claim(p), EAGAIN);
	CHECK_NULL(tick_claim_timeout(p, MS), ETIMEDOUT);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_NULL(tick_claim(p), ESHUTDOWN);
	disruptor_poller_free(poller);
	disruptor_free(d);
}

/* A type that is larger than the ring's events: refused, nothing claimed. */
static void too_small(const struct flavour *flavour)
{
	struct disruptor *d = tick_ring(flavour, 0);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_NULL(wide_claim(p), EMSGSIZE);
	CHECK_NULL(wide_try_claim(p), EMSGSIZE);
	CHECK_NULL(wide_claim_timeout(p, MS), EMSGSIZE);
	CHECK_EQ(disruptor_published(d), 0);
	CHECK(tick_claim(p) != NULL);
	CHECK(wide_producer_event(p, 0) == NULL);
	disruptor_publish(p);
	CHECK_EQ(disruptor_poll(poller), 1);
	CHECK(wide_event(poller, 0) == NULL);
	CHECK(tick_event(poller, 0) != NULL);
	disruptor_free(d);
}

static void run_handler(const struct flavour *flavour, size_t more)
{
	struct disruptor *d = tick_ring(flavour, more);
	struct total first = { .right = true }, second = { .right = true };
	struct disruptor_processor *a =
		disruptor_handle_events_with(d, on_tick, &first);
	struct disruptor_producer *p;
	struct tick *t;
	int64_t i;

	CHECK(a != NULL);
	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(a), on_tick,
					    &second) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	p = PRODUCER(d);
	for (i = 0; i < 100; i++) {
		t = tick_claim(p);
		CHECK(t != NULL);
		*t = (struct tick){ .price = i * 10, .size = 2 };
		disruptor_publish(p);
	}
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK(first.right);
	CHECK(second.right);
	CHECK_EQ(first.count, 100);
	CHECK_EQ(second.price, 49500);
	CHECK_EQ(second.size, 200);
	CHECK(second.ends >= 1);
	CHECK(second.ends <= 100);
	disruptor_free(d);
}

/* Where the events are as large as the type, and where they are larger. */
static void handlers(const struct flavour *flavour)
{
	run_handler(flavour, 0);
	run_handler(flavour, 16);
}

struct batch_total {
	int64_t price;
	bool right;
};

static void on_batch(void *context, const struct disruptor_batch *batch)
{
	struct batch_total *total = context;
	int64_t i;

	for (i = 0; i < batch->count; i++) {
		total->right &= (void *)tick_batch_event(batch, i) ==
				disruptor_batch_event(batch, i);
		total->right &= wide_batch_event(batch, i) == NULL;
		total->price += tick_batch_event(batch, i)->price;
	}
}

static void batches(const struct flavour *flavour)
{
	struct disruptor *d = tick_ring(flavour, 0);
	struct batch_total total = { .right = true };
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	CHECK(disruptor_handle_events_with(d, on_batch, &total) != NULL);
	for (i = 0; i < 8; i++) {
		tick_claim(p)->price = i;
		disruptor_publish(p);
	}
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK(total.right);
	CHECK_EQ(total.price, 28);
	disruptor_free(d);
}

/* end_of_batch is true once, at the last of a batch. */
static void end_of_batch(const struct flavour *flavour)
{
	struct disruptor *d = tick_ring(flavour, 0);
	struct total total = { .right = true };
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	CHECK(disruptor_handle_events_with(d, on_tick, &total) != NULL);
	for (i = 0; i < 8; i++) {
		tick_claim(p)->price = i * 10;
		disruptor_publish(p);
	}
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(total.count, 8);
	CHECK_EQ(total.ends, 1);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(claims), TEST_EACH(full), TEST_EACH(too_small),
	  TEST_EACH(handlers), TEST_EACH(batches), TEST_EACH(end_of_batch));
