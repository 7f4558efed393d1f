/* SPDX-License-Identifier: MIT */
/*
 * The slowest that is waited for is another each time that a sleeper has
 * announced itself: the announcement ends all the same, and nobody sleeps.
 */
#include <ring.h>

#include <internal.h>

#include <dlfcn.h>
#include <stdarg.h>

#define CAPACITY 64
/* As guarantees.md has it. */
#define ROUNDS 8

static struct disruptor *ring;
static uint32_t racing, races;
static int64_t taken[2];

/*
 * The one that is behind is past the other, and woke nobody: as if it had gone
 * on just before the sleeper announced itself there.
 */
static void race(void)
{
	int behind = taken[0] > taken[1];

	races++;
	if (taken[!behind] == CAPACITY)
		return;
	taken[behind] = taken[!behind] + 1;
	disruptor_sequence_store_release(&ring->consumers[behind].sequence,
					 taken[behind]);
}

/* In place of the C library's: races at each barrier of an announcement. */
long syscall(long number, ...)
{
	long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall"), a[6];
	va_list arguments;
	int i;

	va_start(arguments, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (number == SYS_membarrier && racing)
		race();
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void make_ring(const struct flavour *flavour)
{
	ring = RING(flavour, .capacity = CAPACITY);
	POLLER(ring, "first");
	POLLER(ring, "second");
	taken[0] = taken[1] = 0;
	races = 0;
}

static void check_awake(const struct disruptor_wait_point *point)
{
	racing = 0;
	CHECK_EQ(races, ROUNDS);
	CHECK_EQ(disruptor_wait_any(point, 1, LONG_NS), 0);
}

static void sleeps_nowhere_for_events(const struct flavour *flavour)
{
	struct disruptor_wait_point point;
	struct disruptor_poller *after;

	make_ring(flavour);
	after = disruptor_poller_new_after(
		ring, "after", DISRUPTOR_AFTER_NAMES("first", "second"));
	CHECK(after != NULL);
	put_many(PRODUCER(ring), 0, CAPACITY);
	CHECK_EQ(disruptor_poll(after), 0);
	racing = 1;
	disruptor_poller_announce(after, &point);
	check_awake(&point);
	take_many(after, 0, disruptor_poll(after));
	disruptor_poller_announce(after, &point);
	CHECK_EQ(disruptor_poll(after), 0);
	CHECK_EQ(disruptor_wait_any(&point, 1, MS), -ETIMEDOUT);
	disruptor_free(ring);
}

static void sleeps_nowhere_for_room(const struct flavour *flavour)
{
	struct disruptor_wait_point point;
	struct disruptor_producer *p;

	make_ring(flavour);
	p = PRODUCER(ring);
	put_many(p, 0, CAPACITY);
	CHECK_EQ(disruptor_try_claim_n(p, 1), -EAGAIN);
	racing = 1;
	disruptor_producer_announce(p, &point);
	check_awake(&point);
	put_many(p, CAPACITY, taken[taken[0] > taken[1]]);
	CHECK_EQ(disruptor_try_claim_n(p, 1), -EAGAIN);
	disruptor_producer_announce(p, &point);
	CHECK_EQ(disruptor_wait_any(&point, 1, MS), -ETIMEDOUT);
	disruptor_free(ring);
}

TEST_MAIN(TEST_EACH(sleeps_nowhere_for_events),
	  TEST_EACH(sleeps_nowhere_for_room));
