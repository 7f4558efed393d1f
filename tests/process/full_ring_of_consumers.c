/* SPDX-License-Identifier: MIT */
/*
 * As many processes as the ring has room for consumers, each of which leaves
 * and joins again: there is always room for the one that comes.
 */
#include <child.h>

#define PROCESSES 4

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t there;
	int64_t joins;
};

static void come_and_go(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	int64_t i;

	disruptor_fetch_add_u32(&s->there, 1);
	wait_for_u32(&s->there, PROCESSES);
	for (i = 0; i < s->joins; i++)
		disruptor_poller_free(POLLER(d, NULL));
	disruptor_free(d);
}

static void always_room(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	pid_t pids[PROCESSES];
	int i;

	s->d = RING(flavour, .capacity = 8, .consumers_max = PROCESSES);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->joins = scaled(1000);
	for (i = 0; i < PROCESSES; i++)
		pids[i] = child_start(come_and_go, s);
	for (i = 0; i < PROCESSES; i++)
		CHILD_JOIN(pids[i]);
	/* Who waits a second for the registry in vain leaves as the dead do. */
	CHECK(disruptor_repair(s->d, NULL, NULL) >= 0);
	CHECK_EQ(disruptor_consumer_count(s->d), 0);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

/* One seat; the next one comes as soon as it is seen to be free. */
struct seat {
	char name[RING_NAME_SIZE];
	uint32_t turn;
	int64_t turns;
};

/* Comes at once, if there is a second processor; else the other one must go. */
static void wait_for_turn(const struct seat *s, const struct disruptor *d,
			  uint32_t turn)
{
	uint32_t looks;

	for (looks = 1; disruptor_load_acquire_u32(&s->turn) != turn ||
			disruptor_consumer_count(d) != 0;
	     looks++)
		if (looks % 1024 == 0)
			usleep(10);
}

static void take_turns(struct seat *s, uint32_t parity)
{
	struct disruptor *d = ATTACH(s->name);
	uint32_t turn;

	for (turn = parity; turn < s->turns; turn += 2) {
		struct disruptor_poller *poller;

		wait_for_turn(s, d, turn);
		poller = POLLER(d, NULL);
		disruptor_fetch_add_u32(&s->turn, 1);
		disruptor_poller_free(poller);
	}
	disruptor_free(d);
}

static void even(void *argument)
{
	take_turns(argument, 0);
}

static void odd(void *argument)
{
	take_turns(argument, 1);
}

static void one_seat(const struct flavour *flavour)
{
	struct seat *s = shared_alloc(sizeof(*s));
	struct disruptor *d = RING(flavour, .capacity = 8, .consumers_max = 1);
	pid_t pids[2];

	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->turns = scaled(1000);
	pids[0] = child_start(even, s);
	pids[1] = child_start(odd, s);
	CHILD_JOIN(pids[0]);
	CHILD_JOIN(pids[1]);
	disruptor_free(d);
	shared_free(s, sizeof(*s));
}

TEST_MAIN(TEST_SHARED(always_room), TEST_SHARED(one_seat));
