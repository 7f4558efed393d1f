/* SPDX-License-Identifier: MIT */
/*
 * A single producer of stamped slots that was killed after it had stored the
 * words of a batch and before it moved the cursor: the batch is published.
 */
#include <ring.h>

#include <internal.h>

#define CAPACITY 8
#define WORDS 4

/* WORDS events as that producer left them; the cursor is behind. */
static struct disruptor *half_published(const struct flavour *flavour,
					int64_t cursor)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	int64_t s;

	for (s = 0; s < WORDS; s++) {
		memcpy(disruptor_ring_buffer_event(&d->ring, s), &s, sizeof(s));
		disruptor_store_release_u64(disruptor_commit_word(d, s),
					    disruptor_word_published(s));
	}
	disruptor_sequence_store_release(&d->words->cursor, cursor);
	return d;
}

static struct disruptor_poller *oldest(struct disruptor *d)
{
	return poller_at(
		disruptor_poller_new_opts(
			d, DISRUPTOR_POLLER_OPTIONS(
					   .start = DISRUPTOR_START_OLDEST)),
		__FILE__, __LINE__);
}

static void each_cursor(const struct flavour *flavour,
			void (*test)(struct disruptor *d))
{
	int64_t cursor;
	struct disruptor *d;

	for (cursor = 0; cursor <= WORDS; cursor++) {
		d = half_published(flavour, cursor);
		CHECK_EQ(disruptor_published(d), WORDS);
		test(d);
		disruptor_free(d);
	}
}

static void joiners(struct disruptor *d)
{
	struct disruptor_poller *first = oldest(d), *next = POLLER(d, NULL);

	CHECK_EQ(disruptor_poll(first), WORDS);
	take_many(first, 0, WORDS);
	CHECK_EQ(disruptor_poll(first), 0);
	CHECK_EQ(disruptor_poller_sequence(next, 0), WORDS);
	CHECK_EQ(disruptor_poll(next), 0);
}

static void seen_by_joiners(const struct flavour *flavour)
{
	each_cursor(flavour, joiners);
}

/* Claims all the room there is and scribbles before it publishes. */
static void succeed(struct disruptor *d)
{
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *joiner;
	int64_t n, i, value;

	CHECK_EQ(disruptor_producer_sequence(p, 0), WORDS);
	n = disruptor_claim_up_to(p, CAPACITY);
	CHECK_EQ(n, CAPACITY);
	for (i = 0; i < n; i++)
		memset(disruptor_producer_event(p, i), 0xee, sizeof(value));
	joiner = oldest(d);
	CHECK_EQ(disruptor_poll(joiner), 0);
	CHECK_EQ(disruptor_poller_sequence(joiner, 0), WORDS);
	for (i = 0; i < n; i++) {
		value = WORDS + i;
		memcpy(disruptor_producer_event(p, i), &value, sizeof(value));
	}
	disruptor_publish(p);
	take_many(joiner, WORDS, n);
	CHECK_EQ(disruptor_poll(joiner), 0);
}

static void gone_on_from(const struct flavour *flavour)
{
	each_cursor(flavour, succeed);
}

/* Who was there before gets the batch, and what the successor adds. */
static void gone_on_for_a_consumer(struct disruptor *d)
{
	struct disruptor_poller *poller = oldest(d);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_claim_up_to(p, CAPACITY), CAPACITY - WORDS);
	disruptor_abandon(p);
	put_many(p, WORDS, CAPACITY - WORDS);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(poller, 0, CAPACITY);
	put_many(p, CAPACITY, CAPACITY);
	take_many(poller, CAPACITY, CAPACITY);
}

static void gone_on_with_a_consumer(const struct flavour *flavour)
{
	each_cursor(flavour, gone_on_for_a_consumer);
}

/* Closed in that state: all of it comes before the end. */
static void close_it(struct disruptor *d)
{
	struct disruptor_poller *root = oldest(d);
	struct disruptor_poller *up = POLLER(d, "up");
	struct disruptor_poller *follower = FOLLOWER(d, "follower", "up");

	disruptor_poller_free(root);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(up), -ESHUTDOWN);
	CHECK_EQ(disruptor_poll(follower), -ESHUTDOWN);
}

static void closed_behind_all(const struct flavour *flavour)
{
	each_cursor(flavour, close_it);
}

/* Both joined before the batch came. */
static void closed_for_followers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *up = POLLER(d, "up");
	struct disruptor_poller *follower = FOLLOWER(d, NULL, "up");
	int64_t s;

	put_many(PRODUCER(d), 0, WORDS);
	disruptor_sequence_store_release(&d->words->cursor, 0);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(follower), 0);
	for (s = 0; s < WORDS; s++) {
		TAKE(up, s);
		TAKE(follower, s);
		CHECK_EQ(disruptor_poll(follower),
			 s < WORDS - 1 ? 0 : -ESHUTDOWN);
	}
	CHECK_EQ(disruptor_poll_wait(up, DISRUPTOR_FOREVER), -ESHUTDOWN);
	CHECK_EQ(disruptor_poll_wait(follower, DISRUPTOR_FOREVER), -ESHUTDOWN);
	disruptor_free(d);
}

static bool wanted(const struct flavour *flavour)
{
	return flavour->slot_layout == DISRUPTOR_SLOTS_STAMPED &&
	       flavour_single(flavour);
}

TEST_MAIN(TEST_SOME(seen_by_joiners, wanted), TEST_SOME(gone_on_from, wanted),
	  TEST_SOME(gone_on_with_a_consumer, wanted),
	  TEST_SOME(closed_behind_all, wanted),
	  TEST_SOME(closed_for_followers, wanted));
