/* SPDX-License-Identifier: MIT */
/* Rings whose events lie more than 4 GiB apart. */
#include <ring.h>

#define EVENT_SIZE 8192
#define CAPACITY (INT64_C(1) << 20)

static void take_all(struct disruptor_poller *poller, int64_t first,
		     int64_t last)
{
	int64_t left, n;

	CHECK(disruptor_poll(poller) > 0);
	CHECK_EQ(value_at(poller, 0), first);
	for (left = CAPACITY; left > 1; left -= n) {
		n = disruptor_poll(poller);
		CHECK(n > 0);
		n = n < left ? n : left - 1;
		disruptor_poller_advance(poller, n);
	}
	TAKE(poller, last);
	CHECK_EQ(disruptor_poll(poller), 0);
}

/* Only the pages of the first and the last event are ever touched. */
static void beyond_4_gib(const struct flavour *flavour)
{
	struct disruptor *d = ring_try_new(
		flavour, DISRUPTOR_OPTIONS(.event_size = EVENT_SIZE,
					   .capacity = (size_t)CAPACITY));
	struct disruptor_poller *poller;
	struct disruptor_producer *p;
	unsigned char *first, *last;
	int64_t lap;

	if (d == NULL) {
		CHECK_EQ(errno, ENOMEM);
		skip();
		return;
	}
	poller = POLLER(d, NULL);
	p = PRODUCER(d);
	for (lap = 0; lap < 3; lap++) {
		CHECK_EQ(disruptor_claim_n(p, CAPACITY), CAPACITY);
		first = disruptor_producer_event(p, 0);
		last = disruptor_producer_event(p, CAPACITY - 1);
		CHECK_EQ(last - first, (CAPACITY - 1) * EVENT_SIZE);
		memcpy(first, &lap, sizeof(lap));
		memcpy(last + EVENT_SIZE - 8, &lap, sizeof(lap));
		memset(last, 0x77, 8);
		disruptor_publish(p);
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		take_all(poller, lap, INT64_C(0x7777777777777777));
	}
	disruptor_free(d);
}

static bool wanted(const struct flavour *flavour)
{
	return sizeof(void *) > 4 && !flavour->shared &&
	       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
}

TEST_MAIN(TEST_SOME(beyond_4_gib, wanted));
