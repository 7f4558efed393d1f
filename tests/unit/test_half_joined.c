/* SPDX-License-Identifier: MIT */
/*
 * A named consumer was killed while it joined. Until its place was known it had
 * none to hold: the name joins afresh, and holds its place from then on.
 */
#include <ring.h>

#include <internal.h>

#define CAPACITY 8
#define BEFORE 20

enum step { JOINING, TOO_LOW, PLACED, STEPS };

/* The n-th record as a process leaves it that is killed at that step. */
static void leave_half_joined(struct disruptor *d, uint32_t n, enum step step)
{
	struct disruptor_consumer_record *r = &d->consumers[n];

	CHECK_EQ(disruptor_consumer_state(r->status), DISRUPTOR_CONSUMER_FREE);
	r->policy = DISRUPTOR_CONSUMER_EVICT;
	snprintf(r->name, sizeof(r->name), "name");
	disruptor_sequence_store_release(
		&r->sequence, step == PLACED ? BEFORE : BEFORE - CAPACITY);
	if (step == JOINING) {
		disruptor_store_seq_cst_u64(&r->status,
					    DISRUPTOR_CONSUMER_JOINING);
		return;
	}
	disruptor_store_seq_cst_u64(&r->status,
				    UINT64_C(0x1234567) << 8 |
					    DISRUPTOR_CONSUMER_ACTIVE);
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
}

static bool holds(void)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring_name());
	bool answer;

	CHECK(info != NULL);
	CHECK_EQ(info->consumer_count, 1);
	answer = info->consumers[0].holds && info->consumers[0].alive;
	CHECK_STR(info->consumers[0].name, "name");
	disruptor_inspect_free(info);
	return answer;
}

static void use_name(struct disruptor *d, struct disruptor_producer *p)
{
	struct disruptor_poller *poller = POLLER(d, "name");

	CHECK_EQ(disruptor_consumer_count(d), 1);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), BEFORE);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK(holds());
	put_many(p, BEFORE, CAPACITY);
	take_many(poller, BEFORE, 2);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_many(p, BEFORE + CAPACITY, 2);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	poller = POLLER(d, "name");
	take_many(poller, BEFORE + 2, CAPACITY);
}

static void step_test(const struct flavour *flavour, enum step step,
		      uint32_t consumers_max)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY,
				   .consumers_max = (uint16_t)consumers_max);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, BEFORE);
	leave_half_joined(d, consumers_max - 1, step);
	use_name(d, p);
	disruptor_free(d);
}

static void the_name_comes_back(const struct flavour *flavour)
{
	int step;

	for (step = JOINING; step < STEPS; step++)
		step_test(flavour, (enum step)step, 1);
}

static void beside_free_records(const struct flavour *flavour)
{
	int step;

	for (step = TOO_LOW; step < STEPS; step++)
		step_test(flavour, (enum step)step, 4);
}

/* Its name is nobody's, and it is in nobody's way. */
static void the_name_stays_away(const struct flavour *flavour)
{
	struct disruptor *d;
	struct disruptor_producer *p;
	int step, i;

	for (step = JOINING; step < STEPS; step++) {
		d = RING(flavour, .capacity = CAPACITY, .consumers_max = 1);
		p = PRODUCER(d);
		put_many(p, 0, BEFORE);
		leave_half_joined(d, 0, (enum step)step);
		for (i = 0; i < 3 * CAPACITY; i++) {
			CHECK(disruptor_claim(p) != NULL);
			disruptor_publish(p);
		}
		POLLER(d, NULL);
		CHECK_EQ(disruptor_consumer_count(d), 1);
		CHECK_ERROR(disruptor_remove_consumer(d, "name"), ENOENT);
		disruptor_free(d);
	}
}

static void claim_and_go(struct disruptor *d)
{
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, BEFORE);
	CHECK_EQ(disruptor_try_claim_n(p, CAPACITY), CAPACITY);
	memset(disruptor_producer_event(p, 0), 0xff, sizeof(int64_t));
	disruptor_producer_free(p);
}

/*
 * E9: a single producer's claim leaves no trace but its gate. That is not taken
 * back by who produces next and finds somebody below it, half joined: a joiner
 * would be given what was overwritten.
 */
static void the_gate_stays(const struct flavour *flavour)
{
	struct disruptor *d =
		RING(flavour, .capacity = CAPACITY, .consumers_max = 1);
	struct disruptor_poller *poller;

	claim_and_go(d);
	leave_half_joined(d, 0, TOO_LOW);
	CHECK_NULL(disruptor_try_claim(PRODUCER(d)), EAGAIN);
	poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST));
	CHECK(poller != NULL);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), BEFORE);
	disruptor_free(d);
}

static bool is_shared_single(const struct flavour *flavour)
{
	return flavour_shared(flavour) && flavour_single(flavour);
}

TEST_MAIN(TEST_SHARED(the_name_comes_back), TEST_SHARED(beside_free_records),
	  TEST_SHARED(the_name_stays_away),
	  TEST_SOME(the_gate_stays, is_shared_single));
