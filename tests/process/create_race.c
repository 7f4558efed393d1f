/* SPDX-License-Identifier: MIT */
/* Many processes create the same ring at once: exactly one wins. */
#include <child.h>

#define CREATORS 32

struct race {
	char name[RING_NAME_SIZE];
	uint32_t round; /* go */
	uint32_t done;
	uint32_t winners;
	uint32_t losers;
	int64_t rounds;
	uint8_t ring_id[16]; /* the winner's */
};

static void remember_id(struct race *race)
{
	struct disruptor_ring_info *info = disruptor_inspect(race->name);

	CHECK(info != NULL);
	memcpy(race->ring_id, info->ring_id, sizeof(race->ring_id));
	disruptor_inspect_free(info);
}

/* Who loses finds a whole ring at once: the winner's. */
static void join_winner(struct race *race)
{
	struct disruptor *d = disruptor_attach(race->name, 24);
	struct disruptor_poller *poller;

	CHECK(d != NULL);
	CHECK_EQ(disruptor_capacity(d), 16);
	poller = disruptor_poller_new(d, NULL);
	CHECK(poller != NULL);
	disruptor_free(d);
}

static void one_round(struct race *race)
{
	struct disruptor *d = disruptor_create_shared(
		race->name, DISRUPTOR_OPTIONS(.event_size = 24, .capacity = 16,
					      .consumers_max = CREATORS));

	if (d != NULL) {
		remember_id(race);
		disruptor_fetch_add_u32(&race->winners, 1);
		disruptor_free(d);
	} else {
		CHECK_EQ(errno, EEXIST);
		disruptor_fetch_add_u32(&race->losers, 1);
		join_winner(race);
	}
}

static void creator(void *argument)
{
	struct race *race = argument;
	uint32_t round;

	for (round = 1; round <= race->rounds; round++) {
		while (disruptor_load_acquire_u32(&race->round) < round)
			sched_yield();
		one_round(race);
		disruptor_fetch_add_u32(&race->done, 1);
	}
}

static void judge(struct race *race, uint32_t round)
{
	struct disruptor_ring_info *info;
	uint32_t i;

	wait_for_u32(&race->done, round * CREATORS);
	CHECK_EQ(race->winners, round);
	CHECK_EQ(race->losers, round * (CREATORS - 1));
	info = disruptor_inspect(race->name);
	CHECK(info != NULL);
	CHECK_EQ(memcmp(info->ring_id, race->ring_id, 16), 0);
	/* Who waits a second for the registry in vain leaves as the dead do. */
	for (i = 0; i < info->consumer_count; i++)
		CHECK(!info->consumers[i].alive);
	CHECK_EQ(disruptor_check(race->name, NULL, NULL), info->consumer_count);
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_unlink(race->name), 0);
}

static void exactly_one_wins(void **state)
{
	struct race *race = shared_alloc(sizeof(*race));
	pid_t pids[CREATORS];
	uint32_t round;
	int i;

	(void)state;
	race->rounds = scaled(100);
	snprintf(race->name, sizeof(race->name), "%s", ring_new_name());
	for (i = 0; i < CREATORS; i++)
		pids[i] = child_start(creator, race);
	for (round = 1; round <= race->rounds; round++) {
		disruptor_fetch_add_u32(&race->round, 1);
		judge(race, round);
	}
	for (i = 0; i < CREATORS; i++)
		CHILD_JOIN(pids[i]);
	shared_free(race, sizeof(*race));
}

struct churn {
	char name[RING_NAME_SIZE];
	uint32_t stop;
	int64_t attached;
};

static void attach_for_ever(void *argument)
{
	struct churn *churn = argument;

	while (disruptor_load_acquire_u32(&churn->stop) == 0) {
		struct disruptor *d = disruptor_attach(churn->name, 24);

		if (d == NULL) {
			CHECK_EQ(errno, ENOENT);
			continue;
		}
		CHECK_EQ(disruptor_published(d), 7);
		disruptor_fetch_add_i64(&churn->attached, 1);
		disruptor_free(d);
	}
}

/* Who attaches in the middle of a creation sees nothing, or all of it. */
static void nothing_or_all(void **state)
{
	struct churn *churn = shared_alloc(sizeof(*churn));
	struct disruptor *d;
	pid_t pids[2];
	int64_t i;

	(void)state;
	snprintf(churn->name, sizeof(churn->name), "%s", ring_new_name());
	for (i = 0; i < 2; i++)
		pids[i] = child_start(attach_for_ever, churn);
	for (i = 0; i < scaled(2000) ||
		    disruptor_load_acquire_i64(&churn->attached) == 0;
	     i++) {
		d = disruptor_create_shared(
			churn->name,
			DISRUPTOR_OPTIONS(.event_size = 24, .capacity = 16,
					  .first_sequence = 7));
		CHECK(d != NULL);
		disruptor_free(d);
		CHECK_EQ(disruptor_unlink(churn->name), 0);
	}
	disruptor_fetch_add_u32(&churn->stop, 1);
	for (i = 0; i < 2; i++)
		CHILD_JOIN(pids[i]);
	shared_free(churn, sizeof(*churn));
}

static void create_for_ever(void *argument)
{
	struct disruptor *d;

	for (;;) {
		d = disruptor_create_shared(
			argument,
			DISRUPTOR_OPTIONS(.event_size = 512, .capacity = 1024));
		if (d == NULL)
			CHECK_EQ(errno, EEXIST);
		disruptor_free(d);
		disruptor_unlink(argument);
	}
}

/* A creator that is killed leaves a whole ring or nothing. */
static void killed_creators(void **state)
{
	const char *name = ring_new_name();
	uint64_t random = 9;
	int64_t i;

	(void)state;
	for (i = 0; i < scaled(200); i++) {
		pid_t pid =
			child_start(create_for_ever, (void *)(uintptr_t)name);

		usleep((useconds_t)(test_random(&random) % 3000));
		CHECK(child_kill(pid));
		errno = 0;
		if (disruptor_check(name, NULL, NULL) != 0)
			CHECK_EQ(errno, ENOENT);
		disruptor_unlink(name);
		CHECK_NULL(disruptor_attach(name, 0), ENOENT);
	}
}

TEST_MAIN(TEST(exactly_one_wins), TEST(nothing_or_all), TEST(killed_creators));
