/* SPDX-License-Identifier: MIT */
/*
 * Each call to the system fails once while survivors look after the dead, and
 * while anybody waits: whoever has joined gets on all the same, since what
 * failed is tried again.
 */
#include <faults.h>

#define CAPACITY 4
#define SHORT_NS MS

static const char *name;

static struct disruptor *new_ring(void)
{
	struct disruptor *d;

	name = ring_new_name();
	d = disruptor_create_shared(
		name, DISRUPTOR_OPTIONS(.event_size = 8, .capacity = CAPACITY,
					.consumers_max = 3, .producers_max = 2,
					.producer_type =
						DISRUPTOR_MULTI_PRODUCER));
	CHECK(d != NULL);
	return d;
}

/* A ring in which somebody has died, and its attached creator. */
static struct disruptor *ring_with_corpse(void (*victim)(void *),
					  struct disruptor_producer **p)
{
	int64_t at = fault_suspend();
	struct disruptor *d = new_ring();
	int status;
	pid_t pid;

	*p = PRODUCER(d);
	pid = child_start(victim, NULL);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	fault_resume(at);
	return d;
}

static bool bury(struct disruptor *d, bool all)
{
	int64_t at = fault_suspend();

	/* Who could not lock the registry to leave has left as the dead do. */
	CHECK(disruptor_repair(d, NULL, NULL) >= 0);
	disruptor_free(d);
	CHECK_EQ(disruptor_check(name, NULL, NULL), 0);
	CHECK_EQ(disruptor_unlink(name), 0);
	fault_resume(at);
	return all;
}

static void die_with_a_claim(void *argument)
{
	CHECK(disruptor_claim(PRODUCER(ATTACH(name))) != NULL);
	kill(getpid(), SIGKILL);
}

static void die_consuming(void *argument)
{
	POLLER(ATTACH(name), NULL);
	kill(getpid(), SIGKILL);
}

static bool take_behind_a_claim(struct disruptor *d)
{
	struct disruptor_poller *poller;

	if (d == NULL)
		return false;
	poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST));
	if (poller == NULL)
		return false;
	CHECK_EQ(disruptor_poll_wait(poller, LONG_NS), 1);
	CHECK_EQ(value_at(poller, 0), 5);
	disruptor_poller_advance(poller, 1);
	return true;
}

static bool behind_a_claim_with(const struct disruptor_options *options)
{
	struct disruptor_producer *p;
	struct disruptor *d = ring_with_corpse(die_with_a_claim, &p), *e;
	bool all;

	PUT(p, 5);
	e = disruptor_attach_opts(name, options);
	all = take_behind_a_claim(e);
	disruptor_free(e);
	if (!all)
		CHECK(take_behind_a_claim(d));
	return bury(d, all);
}

static bool behind_a_claim(void)
{
	return behind_a_claim_with(DISRUPTOR_OPTIONS(.event_size = 8));
}

/* Who may not write words has to map them once more. */
static bool behind_a_claim_reading(void)
{
	return behind_a_claim_with(DISRUPTOR_OPTIONS(.read_only_events = true));
}

static bool past_a_dead_consumer(void)
{
	struct disruptor_producer *p;
	struct disruptor *d = ring_with_corpse(die_consuming, &p);
	int i;

	for (i = 0; i < 2 * CAPACITY; i++) {
		CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
		disruptor_publish(p);
	}
	return bury(d, true);
}

static bool in_place_of_the_dead(void)
{
	struct disruptor_producer *p;
	struct disruptor *d = ring_with_corpse(die_consuming, &p);
	struct disruptor_poller *pollers[3];
	bool all = true;
	int i;

	for (i = 0; i < 3; i++) {
		pollers[i] = disruptor_poller_new(d, NULL);
		all &= pollers[i] != NULL;
	}
	PUT(p, 1);
	for (i = 0; i < 3; i++)
		if (pollers[i] != NULL)
			TAKE(pollers[i], 1);
	return bury(d, all);
}

/* --- waiting for what does not come --- */

static void wait_by(struct disruptor *d, enum disruptor_wait_strategy strategy)
{
	int64_t at = fault_suspend();
	struct disruptor_poller *poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.wait_strategy = strategy));
	struct disruptor_producer *p = disruptor_producer_new_opts(
		d, DISRUPTOR_PRODUCER_OPTIONS(.wait_strategy = strategy));
	struct disruptor_wait_point points[2];

	CHECK(poller != NULL && p != NULL);
	fault_resume(at);
	CHECK_EQ(disruptor_poll_wait(poller, SHORT_NS), 0);
	disruptor_poller_announce(poller, &points[0]);
	disruptor_producer_announce(p, &points[1]);
	CHECK(disruptor_wait_any(points, 2, SHORT_NS) <= 0);
	put_many(p, 0, CAPACITY);
	CHECK_NULL(disruptor_claim_timeout(p, SHORT_NS), ETIMEDOUT);
	take_many(poller, 0, CAPACITY);
	PUT(p, 9);
	TAKE(poller, 9);
	disruptor_producer_free(p);
	disruptor_poller_free(poller);
}

static bool wait_in(struct disruptor *d)
{
	wait_by(d, DISRUPTOR_WAIT_SLEEPING);
	wait_by(d, DISRUPTOR_WAIT_BLOCKING);
	return true;
}

static bool wait_in_private(void)
{
	int64_t at = fault_suspend();
	struct disruptor *d = disruptor_new(
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = CAPACITY));

	CHECK(d != NULL);
	fault_resume(at);
	wait_in(d);
	disruptor_free(d);
	return true;
}

static bool wait_in_shared(void)
{
	int64_t at = fault_suspend();
	struct disruptor *d = new_ring();

	fault_resume(at);
	return bury(d, wait_in(d));
}

/* Who waits makes fewer calls on a loaded machine: each number is far below. */
static void dead_claims(void **state)
{
	fault_each(behind_a_claim, 50);
	fault_each(behind_a_claim_reading, 50);
}

static void dead_consumers(void **state)
{
	fault_each(past_a_dead_consumer, 10);
	fault_each(in_place_of_the_dead, 100);
}

static void waits(void **state)
{
	fault_each(wait_in_private, 10);
	fault_each(wait_in_shared, 10);
}

TEST_MAIN(TEST(dead_claims), TEST(dead_consumers), TEST(waits));
