/* SPDX-License-Identifier: MIT */
/* sequencer.h: the inline half, on memory of the test's own. */
#include <ring.h>

#include <disruptor/sequencer.h>

#define CAPACITY 4

struct region {
	struct disruptor_shared_words shared;
	struct disruptor_producer_record record;
	uint64_t words[CAPACITY];
	int64_t events[CAPACITY];
};

static struct disruptor_sequencer sequencer(struct region *r, bool words,
					    bool multi)
{
	memset(r, 0, sizeof(*r));
	r->record.intent_low.value = DISRUPTOR_INTENT_IDLE;
	return (struct disruptor_sequencer){
		.limit = CAPACITY,
		.ring = { .events = (unsigned char *)r->events,
			  .words = words ? (unsigned char *)r->words : NULL,
			  .mask = CAPACITY - 1,
			  .event_stride = 8,
			  .word_stride = 8,
			  .event_size = 8 },
		.cursor = &r->shared.cursor,
		.control = &r->shared.control,
		.intent = multi ? &r->record : NULL,
		.multi = multi,
	};
}

static void single_packed(void **state)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, false, false);

	(void)state;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 3), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(r.shared.cursor.value, 0);
	CHECK_EQ(s.next, 0);
	CHECK_EQ(s.next + s.claimed, 3);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(r.shared.cursor.value, 3);
	CHECK_EQ(s.next, 3);
}

static void single_stamped(void **state)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, true, false);

	(void)state;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 2), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(r.words[0], 0);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(r.words[0], disruptor_word_published(0));
	CHECK_EQ(r.words[1], disruptor_word_published(1));
	CHECK_EQ(r.words[2], 0);
	CHECK_EQ(r.shared.cursor.value, 2);
}

static void multi(void **state)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, true, true);

	(void)state;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 2), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(r.shared.cursor.value, 2);
	CHECK_EQ(r.record.intent_low.value, 0);
	CHECK_EQ(r.record.intent_high.value, 2);
	CHECK_EQ(r.words[0], 0);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(r.shared.cursor.value, 2);
	CHECK_EQ(r.words[0], disruptor_word_published(0));
	CHECK_EQ(r.words[1], disruptor_word_published(1));
}

/* Another producer was here: the claim begins where the cursor is now. */
static void multi_takes_what_is_free(void **state)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, true, true);

	(void)state;
	r.shared.cursor.value = 3;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(s.next, 3);
	CHECK_EQ(s.next + s.claimed, 4);
	CHECK_EQ(r.record.intent_low.value, 3);
	CHECK_EQ(r.record.intent_high.value, 4);
}

static void full(bool words, bool multi_producer)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, words, multi_producer);

	CHECK_EQ(disruptor_sequencer_try_claim(&s, 3), DISRUPTOR_CLAIM_OK);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 2), DISRUPTOR_CLAIM_FULL);
	CHECK_EQ(r.shared.cursor.value, 3);
	CHECK_EQ(s.claimed, 0);
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_OK);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_FULL);
	s.limit = 5;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(s.next, 4);
}

static void full_is_full(void **state)
{
	(void)state;
	full(false, false);
	full(true, false);
	full(true, true);
}

static void held(bool words, bool multi_producer)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, words, multi_producer);

	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_HELD);
	CHECK_EQ(s.next, 0);
	CHECK_EQ(s.next + s.claimed, 1);
}

static void one_claim_in_hand(void **state)
{
	(void)state;
	held(false, false);
	held(true, false);
	held(true, true);
}

static void stopped(bool words, bool multi_producer)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, words, multi_producer);

	CHECK(!disruptor_sequencer_stopped(&s));
	s.halted = 1;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_STOPPED);
	s.halted = 0;
	r.shared.control.state = DISRUPTOR_STATE_CLOSED;
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_STOPPED);
	CHECK_EQ(r.shared.cursor.value, 0);
	CHECK_EQ(s.claimed, 0);
}

static void closed_or_halted(void **state)
{
	(void)state;
	stopped(false, false);
	stopped(true, false);
	stopped(true, true);
}

/* Publishing wakes when somebody may sleep, and only then. */
static void signal_is_looked_at(void **state)
{
	uint32_t word = 0;

	(void)state;
	CHECK(!disruptor_signal_wanted(&word));
	word = DISRUPTOR_SIGNAL_SLEEPERS;
	CHECK(disruptor_signal_wanted(&word));
	word = DISRUPTOR_SIGNAL_FENCE;
	CHECK(disruptor_signal_wanted(&word));
}

/*
 * LMAX: shouldNotifyWaitStrategyOnPublish, …OnPublishBatch. One wake for a
 * publish, however much is in it, and none where nobody sleeps.
 */
static void count_wakes(bool words, bool multi_producer, int64_t n)
{
	struct region r;
	struct disruptor_sequencer s = sequencer(&r, words, multi_producer);

	CHECK_EQ(disruptor_sequencer_try_claim(&s, n), DISRUPTOR_CLAIM_OK);
	CHECK_EQ(r.shared.control.signal, 0);
	r.shared.control.signal = DISRUPTOR_SIGNAL_SLEEPERS;
	disruptor_sequencer_publish(&s);
	CHECK_EQ(r.shared.control.signal, DISRUPTOR_SIGNAL_WAKE);
	CHECK_EQ(disruptor_sequencer_try_claim(&s, 1), DISRUPTOR_CLAIM_OK);
	disruptor_sequencer_publish(&s);
	CHECK_EQ(r.shared.control.signal, DISRUPTOR_SIGNAL_WAKE);
}

static void one_wake_for_a_publish(void **state)
{
	int64_t n;

	(void)state;
	for (n = 1; n < CAPACITY; n++) {
		count_wakes(false, false, n);
		count_wakes(true, false, n);
		count_wakes(true, true, n);
	}
}

TEST_MAIN(TEST(single_packed), TEST(single_stamped), TEST(multi),
	  TEST(multi_takes_what_is_free), TEST(full_is_full),
	  TEST(one_claim_in_hand), TEST(closed_or_halted),
	  TEST(signal_is_looked_at), TEST(one_wake_for_a_publish));
