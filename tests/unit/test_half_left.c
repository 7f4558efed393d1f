/* SPDX-License-Identifier: MIT */
/*
 * A consumer's record is free, but who took it away was killed before the epoch
 * moved: those whom it held up find out by themselves.
 */
#include <ring.h>

#include <internal.h>

static struct disruptor_consumer_record *record_of(struct disruptor_poller *p)
{
	return p->record;
}

/* What remove_record() does last but one. */
static void free_record(struct disruptor_poller *poller)
{
	struct disruptor_consumer_record *r = record_of(poller);
	uint64_t status = disruptor_load_acquire_u64(&r->status);

	disruptor_store_seq_cst_u64(&r->status,
				    (status & ~UINT64_C(0xff)) |
					    DISRUPTOR_CONSUMER_FREE);
}

/* What it does first, for a follower that followed nobody else. */
static void relink(struct disruptor_poller *follower)
{
	size_t w;

	for (w = 0; w < DISRUPTOR_CONSUMERS_LIMIT / 64; w++)
		disruptor_store_relaxed_u64(&record_of(follower)->upstream[w],
					    0);
}

static struct disruptor_producer *full(struct disruptor *d)
{
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	return p;
}

static void producer_waits(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = full(d);

	free_record(poller);
	CHECK(disruptor_claim(p) != NULL);
	disruptor_publish(p);
	put_many(p, 0, 20);
	disruptor_free(d);
}

static void producer_tries(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = full(d);

	free_record(poller);
	while (disruptor_try_claim(p) == NULL)
		CHECK_EQ(errno, EAGAIN);
	disruptor_publish(p);
	disruptor_free(d);
}

/* The one that stays goes on gating. */
static void another_stays(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *gone = POLLER(d, NULL);
	struct disruptor_poller *stays = POLLER(d, NULL);
	struct disruptor_producer *p = full(d);

	take_many(stays, 0, 3);
	free_record(gone);
	CHECK_EQ(disruptor_claim_n(p, 3), 3);
	disruptor_abandon(p);
	while (!flavour_multi(flavour) && disruptor_try_claim(p) != NULL)
		disruptor_publish(p);
	CHECK_NULL(disruptor_claim_timeout(p, 5 * MS), ETIMEDOUT);
	disruptor_free(d);
}

struct pair {
	struct disruptor *d;
	struct disruptor_poller *up, *follower;
};

static struct pair pair_new(const struct flavour *flavour)
{
	struct pair pair;

	pair.d = RING(flavour, .capacity = 8);
	pair.up = POLLER(pair.d, "up");
	pair.follower = FOLLOWER(pair.d, NULL, "up");
	put_many(PRODUCER(pair.d), 0, 3);
	CHECK_EQ(disruptor_poll(pair.follower), 0);
	relink(pair.follower);
	free_record(pair.up);
	return pair;
}

static void follower_waits(const struct flavour *flavour)
{
	struct pair pair = pair_new(flavour);

	CHECK_EQ(disruptor_poll_wait(pair.follower, DISRUPTOR_FOREVER), 3);
	take_many(pair.follower, 0, 3);
	disruptor_free(pair.d);
}

static void follower_polls(const struct flavour *flavour)
{
	struct pair pair = pair_new(flavour);

	while (disruptor_poll(pair.follower) == 0)
		;
	take_many(pair.follower, 0, 3);
	disruptor_free(pair.d);
}

TEST_MAIN(TEST_SHARED(producer_waits), TEST_SHARED(producer_tries),
	  TEST_SHARED(another_stays), TEST_SHARED(follower_waits),
	  TEST_SHARED(follower_polls));
