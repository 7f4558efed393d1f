/* SPDX-License-Identifier: MIT */
/*
 * Many processes create one ring at the same instant, and half of them are
 * killed at it. There is one ring, whole, and all who live have that one.
 */
#include <child.h>

#define CREATORS 32
#define KILLED 16 /* the odd ones */

struct race {
	char name[RING_NAME_SIZE];
	uint32_t there, go;
	uint32_t winners;	       /* that live to tell */
	uint8_t ring_id[CREATORS][16]; /* that each ended up with */
	uint32_t finished[CREATORS];
};

struct creator {
	struct race *race;
	uint32_t number;
};

static void remember_ring(struct race *race, uint32_t number)
{
	struct disruptor_ring_info *info = disruptor_inspect(race->name);

	CHECK(info != NULL);
	memcpy(race->ring_id[number], info->ring_id, 16);
	disruptor_inspect_free(info);
}

static void create(void *argument)
{
	const struct creator *creator = argument;
	struct race *race = creator->race;
	struct disruptor *d;

	disruptor_fetch_add_u32(&race->there, 1);
	while (disruptor_load_acquire_u32(&race->go) == 0)
		sched_yield();
	d = disruptor_create_shared(
		race->name, DISRUPTOR_OPTIONS(.event_size = 24, .capacity = 16,
					      .consumers_max = CREATORS));
	if (d == NULL) {
		CHECK_EQ(errno, EEXIST);
		d = disruptor_attach(race->name, 24);
		CHECK(d != NULL);
	} else {
		disruptor_fetch_add_u32(&race->winners, 1);
	}
	CHECK(disruptor_poller_new(d, NULL) != NULL);
	remember_ring(race, creator->number);
	disruptor_free(d);
	disruptor_store_seq_cst_u32(&race->finished[creator->number], 1);
}

static void kill_half(const pid_t *pids, uint64_t *random)
{
	int i;

	for (i = 1; i < CREATORS; i += CREATORS / KILLED) {
		usleep((useconds_t)(test_random(random) % 400));
		CHECK_EQ(kill(pids[i], SIGKILL), 0);
	}
}

static void judge(struct race *race)
{
	struct disruptor_ring_info *info = disruptor_inspect(race->name);
	int i;

	CHECK(info != NULL);
	CHECK(race->winners <= 1);
	for (i = 0; i < CREATORS; i++)
		if (race->finished[i])
			CHECK_EQ(memcmp(race->ring_id[i], info->ring_id, 16),
				 0);
	disruptor_inspect_free(info);
	/* The dead may have left consumers behind, nothing worse. */
	CHECK(disruptor_check(race->name, NULL, NULL) >= 0);
	CHECK_EQ(disruptor_unlink(race->name), 0);
}

static void one_round(uint64_t *random)
{
	struct race *race = shared_alloc(sizeof(*race));
	struct creator creator = { race, 0 };
	pid_t pids[CREATORS];
	int i, status;

	snprintf(race->name, sizeof(race->name), "%s", ring_new_name());
	for (i = 0; i < CREATORS; i++) {
		creator.number = (uint32_t)i;
		pids[i] = child_start(create, &creator);
	}
	wait_for_u32(&race->there, CREATORS);
	disruptor_store_seq_cst_u32(&race->go, 1);
	kill_half(pids, random);
	for (i = 0; i < CREATORS; i++) {
		CHECK_EQ(waitpid(pids[i], &status, 0), pids[i]);
		CHECK(status == 0 || (i % 2 == 1 && WIFSIGNALED(status) &&
				      WTERMSIG(status) == SIGKILL));
	}
	judge(race);
	shared_free(race, sizeof(*race));
}

static void one_ring_comes_of_it(void **state)
{
	int64_t rounds = scaled(test_environment("ROUNDS", 100));
	uint64_t random = 3;

	(void)state;
	for (; rounds > 0; rounds--) {
		watchdog();
		one_round(&random);
	}
}

TEST_MAIN(TEST(one_ring_comes_of_it));
