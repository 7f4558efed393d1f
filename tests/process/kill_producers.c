/* SPDX-License-Identifier: MIT */
/*
 * Producers are killed at random under load, and consumers beside them. The
 * survivors go on; each published event comes exactly once and in order; what
 * else was claimed is a gap, and is counted.
 */
#include <storm.h>

static pid_t bear(struct storm *storm, uint32_t slot)
{
	struct role role = { storm, slot, storm->lives[slot]++ };

	return child_start(storm_produce, &role);
}

static pid_t start_victim(struct storm *storm, uint32_t slot)
{
	struct role role = { storm, slot, 0 };

	return child_start(storm_victim, &role);
}

static void kill_at_random(struct storm *storm, int64_t kills, int victims)
{
	pid_t producers[SLOTS], consumers[VICTIMS];
	uint64_t random = 11;
	uint32_t i;

	for (i = 0; i < SLOTS; i++)
		producers[i] = bear(storm, i);
	for (i = 0; (int)i < victims; i++)
		consumers[i] = start_victim(storm, i);
	for (; kills > 0; kills--) {
		usleep((useconds_t)(test_random(&random) % 3000));
		i = (uint32_t)(test_random(&random) >> 32) % SLOTS;
		CHECK(child_kill(producers[i]));
		producers[i] = bear(storm, i);
		if (victims == 0)
			continue;
		i = (uint32_t)(test_random(&random) >> 32) % VICTIMS;
		CHECK(child_kill(consumers[i]));
		consumers[i] = start_victim(storm, i);
	}
	disruptor_fetch_add_u32(&storm->stop, 1);
	for (i = 0; i < SLOTS; i++)
		CHILD_JOIN(producers[i]);
	CHECK_EQ(disruptor_close(storm->d), 0);
	for (i = 0; (int)i < victims; i++)
		CHILD_JOIN(consumers[i]);
}

static int64_t account_for(const struct storm *storm,
			   const struct disruptor_ring_info *info)
{
	int64_t gaps = 0;
	uint32_t i, witnesses = 0;

	for (i = 0; i < info->consumer_count; i++) {
		const struct disruptor_consumer_info *c = &info->consumers[i];

		CHECK(!c->alive);
		/* A victim that nobody has missed yet. */
		if (!c->holds)
			continue;
		gaps = (int64_t)c->gaps;
		CHECK_EQ(c->sequence, info->claimed);
		CHECK_EQ(storm->received[c->name[0] - 'a'] + gaps,
			 info->claimed);
		witnesses++;
	}
	CHECK_EQ(witnesses, WITNESSES);
	CHECK_EQ(disruptor_check(storm->name, NULL, NULL),
		 info->consumer_count - witnesses);
	return gaps;
}

static void account(const struct storm *storm)
{
	struct disruptor_ring_info *info = disruptor_inspect(storm->name);
	int64_t gaps;

	CHECK(info != NULL);
	CHECK_EQ(info->claimed, info->published);
	gaps = account_for(storm, info);
	print_message("  %lld events, %lld gaps, %lld of the dead\n",
		      (long long)storm->received[0], (long long)gaps,
		      (long long)info->recovered);
	disruptor_inspect_free(info);
}

static void storm_test(const struct flavour *flavour, size_t capacity,
		       int victims)
{
	struct storm *storm = shared_alloc(sizeof(*storm));
	int64_t kills = scaled(test_full() ? 900 : 150);
	pid_t pids[WITNESSES];
	uint32_t i;

	storm->d = RING(flavour, .capacity = capacity,
			.event_size = sizeof(struct storm_event));
	snprintf(storm->name, sizeof(storm->name), "%s", ring_name());
	for (i = 0; i < WITNESSES; i++) {
		struct role role = { storm, i, 0 };

		wait_for_u32(&storm->ready, i);
		pids[i] = child_start(storm_witness, &role);
	}
	wait_for_u32(&storm->ready, WITNESSES);
	kill_at_random(storm, kills, victims);
	for (i = 0; i < WITNESSES; i++)
		CHILD_JOIN(pids[i]);
	CHECK_EQ(memcmp(storm->delivered[0], storm->delivered[1],
			sizeof(storm->delivered[0])),
		 0);
	CHECK_EQ(memcmp(storm->delivered[0], storm->delivered[2],
			sizeof(storm->delivered[0])),
		 0);
	account(storm);
	disruptor_free(storm->d);
	shared_free(storm, sizeof(*storm));
}

static void in_a_small_ring(const struct flavour *flavour)
{
	storm_test(flavour, 8, 0);
}

static void in_a_large_ring(const struct flavour *flavour)
{
	storm_test(flavour, 4096, 0);
}

static void with_consumers(const struct flavour *flavour)
{
	storm_test(flavour, 64, VICTIMS);
}

static bool wanted(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

TEST_MAIN(TEST_SOME(in_a_small_ring, wanted),
	  TEST_SOME(in_a_large_ring, wanted),
	  TEST_SOME(with_consumers, wanted));
