/* SPDX-License-Identifier: MIT */
/* options.h stall_limit_ns: live consumers that stand still are evicted. */
#include <ring.h>

#include <internal.h>

#define LIMIT_NS (2 * MS)

static struct disruptor_poller *limited(struct disruptor *d, const char *name,
					int64_t limit_ns)
{
	struct disruptor_poller *poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.name = name,
					    .stall_limit_ns = limit_ns));

	CHECK(poller != NULL);
	return poller;
}

static void put_waiting(struct disruptor_producer *p, int64_t value)
{
	int64_t *event = disruptor_claim_timeout(p, LONG_NS);

	CHECK(event != NULL);
	memcpy(event, &value, sizeof(value));
	disruptor_publish(p);
}

static uint64_t stalled(struct disruptor *d)
{
	return disruptor_load_relaxed_u64(&d->words->control.stalled);
}

/* Three received, eight overwritten: the account is exact. */
static void is_evicted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = limited(d, NULL, LIMIT_NS), *again;
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	take_many(poller, 0, 3);
	put_many(p, 8, 3);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK(!disruptor_poller_is_evicted(poller));
	CHECK_EQ(disruptor_poller_missed(poller), 0);
	put_waiting(p, 11);
	CHECK(disruptor_poller_is_evicted(poller));
	CHECK_EQ(stalled(d), 1);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	put_many(p, 12, 20);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	CHECK(strstr(disruptor_error(), "sequence 3") != NULL);
	CHECK_ERROR(disruptor_poll_wait(poller, LONG_NS), ESTALE);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 3);
	CHECK_EQ(disruptor_poller_missed(poller), 32 - 3);
	again = POLLER(d, NULL);
	CHECK_EQ(disruptor_poller_sequence(again, 0) -
			 disruptor_poller_sequence(poller, 0),
		 disruptor_poller_missed(poller));
	disruptor_poller_free(poller);
	PUT(p, 32);
	TAKE(again, 32);
	disruptor_free(d);
}

/* Its late advance counts for nothing, and harms nobody. */
static void late_advance(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8, .consumers_max = 1);
	struct disruptor_poller *poller = limited(d, NULL, LIMIT_NS);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	CHECK_EQ(disruptor_poll(poller), 8);
	put_waiting(p, 8);
	/* The record is not given to another while this one has it. */
	CHECK_NULL(disruptor_poller_new(d, NULL), EUSERS);
	disruptor_poller_advance(poller, 8);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 0);
	CHECK_EQ(disruptor_poller_missed(poller), 9);
	disruptor_poller_free(poller);
	poller = POLLER(d, NULL);
	PUT(p, 9);
	TAKE(poller, 9);
	disruptor_free(d);
}

/* By try_claim alone, without a wait. */
static void producer_tries(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = limited(d, NULL, LIMIT_NS);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	while (disruptor_try_claim(p) == NULL)
		CHECK_EQ(errno, EAGAIN);
	disruptor_publish(p);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	disruptor_free(d);
}

/* A name keeps its place no longer than its limit, and then begins anew. */
static void named(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = limited(d, "name", LIMIT_NS), *again;
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	put_waiting(p, 8);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	again = limited(d, "name", 0);
	CHECK_EQ(disruptor_poller_sequence(again, 0), 9);
	PUT(p, 9);
	TAKE(again, 9);
	disruptor_free(d);
}

static void named_and_gone(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);

	disruptor_poller_free(limited(d, "name", LIMIT_NS));
	put_many(p, 0, 8);
	put_waiting(p, 8);
	CHECK_EQ(stalled(d), 1);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

/* Without a limit, or while it moves, or with nothing to do: never. */
static void is_not_evicted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = limited(d, NULL, INT64_C(3600000000000));
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	put_many(p, 0, 8);
	for (i = 0; i < 20; i++)
		CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
	TAKE(poller, 0);
	disruptor_poller_free(poller);
	poller = limited(d, NULL, 0);
	put_many(p, 8, 8);
	for (i = 0; i < 20; i++)
		CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
	TAKE(poller, 8);
	CHECK_EQ(stalled(d), 0);
	disruptor_free(d);
}

/* It waits for a live producer that does not publish: not its fault. */
static void waits_for_a_claim(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = limited(d, NULL, LIMIT_NS);
	struct disruptor_producer *slow = PRODUCER(d), *p = PRODUCER(d);
	int64_t i;

	CHECK(disruptor_claim(slow) != NULL);
	put_many(p, 1, 7);
	for (i = 0; i < 20; i++)
		CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
	CHECK_EQ(stalled(d), 0);
	disruptor_abandon(slow);
	put_waiting(p, 8);
	CHECK_EQ(stalled(d), 1);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	disruptor_free(d);
}

/* Of two that are behind, the one that the other waits for is evicted. */
static void the_cause(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *first = limited(d, NULL, 0);
	struct disruptor_poller *up = limited(d, "up", LIMIT_NS);
	struct disruptor_poller *next = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(
			   .upstream = DISRUPTOR_AFTER_NAMES("up"),
			   .stall_limit_ns = 1));
	struct disruptor_producer *p = PRODUCER(d);

	/* So that the follower's record comes before the other's. */
	disruptor_poller_free(first);
	CHECK(next != NULL);
	put_many(p, 0, 8);
	while (stalled(d) == 0)
		CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
	CHECK_EQ(disruptor_poll(next), 8);
	disruptor_poller_advance(next, 8);
	CHECK_ERROR(disruptor_poll(up), ESTALE);
	put_waiting(p, 8);
	TAKE(next, 8);
	disruptor_free(d);
}

/* The evictor was killed half-way: the mark is finished by who finds it. */
static void half_evicted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	uint64_t *status = &poller->record->status;

	put_many(p, 0, 8);
	disruptor_store_seq_cst_u64(status, (*status & ~UINT64_C(0xff)) |
						    DISRUPTOR_CONSUMER_EVICTING);
	/* It gates until its owner can know. */
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_waiting(p, 8);
	CHECK_EQ(stalled(d), 1);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	CHECK_EQ(disruptor_poller_missed(poller), 9);
	disruptor_free(d);
}

/* Or by its owner, when no producer waits. */
static void finishes_itself(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	uint64_t *status = &poller->record->status;

	disruptor_store_seq_cst_u64(status, (*status & ~UINT64_C(0xff)) |
						    DISRUPTOR_CONSUMER_EVICTING);
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
	CHECK_ERROR(disruptor_poll(poller), ESTALE);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

static void bad_limits(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);

	CHECK_NULL(disruptor_poller_new_opts(
			   d, DISRUPTOR_POLLER_OPTIONS(.stall_limit_ns = -1)),
		   EINVAL);
	CHECK_NULL(disruptor_poller_new_opts(
			   d, DISRUPTOR_POLLER_OPTIONS(
				      .stall_limit_ns =
					      INT64_C(3600000000001))),
		   EINVAL);
	CHECK_NULL(disruptor_poller_new_opts(
			   d, DISRUPTOR_POLLER_OPTIONS(.on_upstream_lost = 4)),
		   EINVAL);
	/* No limit is rounded to none. */
	CHECK_EQ(limited(d, NULL, 1)->record->stall_limit_us, 1);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(is_evicted), TEST_EACH(late_advance),
	  TEST_EACH(producer_tries), TEST_EACH(named),
	  TEST_EACH(named_and_gone), TEST_EACH(is_not_evicted),
	  TEST_MULTI(waits_for_a_claim), TEST_EACH(the_cause),
	  TEST_EACH(half_evicted), TEST_EACH(finishes_itself),
	  TEST_EACH(bad_limits));
