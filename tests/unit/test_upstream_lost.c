/* SPDX-License-Identifier: MIT */
/* options.h on_upstream_lost: an upstream that is evicted. */
#include <ring.h>

#define LIMIT_NS (2 * MS)

struct pair {
	struct disruptor *d;
	struct disruptor_poller *up, *next;
	struct disruptor_producer *p;
};

/* A full ring whose upstream stands at 2 and has a limit. */
static struct pair open_pair(const struct flavour *flavour,
			     enum disruptor_on_upstream_lost policy)
{
	struct pair s;

	s.d = RING(flavour, .capacity = 8);
	s.up = disruptor_poller_new_opts(
		s.d, DISRUPTOR_POLLER_OPTIONS(.name = "up",
					      .stall_limit_ns = LIMIT_NS));
	s.next = disruptor_poller_new_opts(
		s.d, DISRUPTOR_POLLER_OPTIONS(
			     .upstream = DISRUPTOR_AFTER_NAMES("up"),
			     .on_upstream_lost = policy));
	CHECK(s.up != NULL && s.next != NULL);
	s.p = PRODUCER(s.d);
	put_many(s.p, 0, 8);
	take_many(s.up, 0, 2);
	take_many(s.next, 0, 2);
	put_many(s.p, 8, 2);
	CHECK_EQ(disruptor_poll(s.next), 0);
	return s;
}

static void until_evicted(struct pair *s)
{
	while (!disruptor_poller_is_evicted(s->up))
		CHECK_NULL(disruptor_claim_timeout(s->p, MS), ETIMEDOUT);
	CHECK_ERROR(disruptor_poll(s->up), ESTALE);
}

static void goes_on(const struct flavour *flavour,
		    enum disruptor_on_upstream_lost policy)
{
	struct pair s = open_pair(flavour, policy);

	until_evicted(&s);
	take_many(s.next, 2, 8);
	PUT(s.p, 10);
	TAKE(s.next, 10);
	disruptor_free(s.d);
}

static void passes(const struct flavour *flavour)
{
	goes_on(flavour, DISRUPTOR_UPSTREAM_DEFAULT);
	goes_on(flavour, DISRUPTOR_UPSTREAM_PASS);
}

static void fails(const struct flavour *flavour)
{
	struct pair s = open_pair(flavour, DISRUPTOR_UPSTREAM_FAIL);
	int i;

	until_evicted(&s);
	for (i = 0; i < 3; i++)
		CHECK_ERROR(disruptor_poll(s.next), EOWNERDEAD);
	CHECK_ERROR(disruptor_poll_wait(s.next, LONG_NS), EOWNERDEAD);
	CHECK_EQ(disruptor_poller_sequence(s.next, 0), 2);
	/* It still gates, until it is freed. */
	CHECK_NULL(disruptor_try_claim(s.p), EAGAIN);
	disruptor_poller_free(s.next);
	PUT(s.p, 10);
	disruptor_free(s.d);
}

static void holds(const struct flavour *flavour)
{
	struct pair s = open_pair(flavour, DISRUPTOR_UPSTREAM_HOLD);
	int i;

	for (i = 0; i < 20; i++)
		CHECK_NULL(disruptor_claim_timeout(s.p, MS), ETIMEDOUT);
	CHECK(!disruptor_poller_is_evicted(s.up));
	CHECK_EQ(disruptor_poll(s.next), 0);
	TAKE(s.up, 2);
	TAKE(s.next, 2);
	PUT(s.p, 10);
	/* When the one that asked for it goes, the limit counts again. */
	disruptor_poller_free(s.next);
	CHECK(disruptor_claim_timeout(s.p, LONG_NS) != NULL);
	disruptor_publish(s.p);
	CHECK(disruptor_poller_is_evicted(s.up));
	disruptor_free(s.d);
}

/* One that leaves is not lost, whatever the policy. */
static void leaves(const struct flavour *flavour)
{
	enum disruptor_on_upstream_lost policy;

	for (policy = DISRUPTOR_UPSTREAM_DEFAULT;
	     policy <= DISRUPTOR_UPSTREAM_FAIL; policy++) {
		struct pair s = open_pair(flavour, policy);

		disruptor_poller_free(s.up);
		CHECK_EQ(disruptor_remove_consumer(s.d, "up"), 0);
		take_many(s.next, 2, 8);
		disruptor_free(s.d);
	}
}

static const struct disruptor_consumer_info *
consumer_info(const struct disruptor_ring_info *info, const char *name)
{
	uint32_t i;

	for (i = 0; i < info->consumer_count; i++)
		if (strcmp(info->consumers[i].name, name) == 0)
			return &info->consumers[i];
	return NULL;
}

static void can_be_seen(const struct flavour *flavour)
{
	struct pair s = open_pair(flavour, DISRUPTOR_UPSTREAM_FAIL);
	struct disruptor_ring_info *info = disruptor_inspect(ring_name());

	CHECK_EQ(consumer_info(info, "up")->stall_limit_ns, LIMIT_NS);
	CHECK_EQ(consumer_info(info, "up")->on_upstream_lost,
		 DISRUPTOR_UPSTREAM_DEFAULT);
	CHECK_EQ(consumer_info(info, "")->on_upstream_lost,
		 DISRUPTOR_UPSTREAM_FAIL);
	CHECK(!consumer_info(info, "")->upstream_lost);
	CHECK_EQ(info->stalled, 0);
	disruptor_inspect_free(info);
	until_evicted(&s);
	info = disruptor_inspect(ring_name());
	CHECK(consumer_info(info, "up") == NULL);
	CHECK(consumer_info(info, "")->upstream_lost);
	CHECK_EQ(info->stalled, 1);
	disruptor_inspect_free(info);
	disruptor_free(s.d);
}

TEST_MAIN(TEST_EACH(passes), TEST_EACH(fails), TEST_EACH(holds),
	  TEST_EACH(leaves), TEST_SHARED(can_be_seen));
