/* SPDX-License-Identifier: MIT */
/* inspect.h: who holds the sequence that is waited for. */
#include <child.h>

static void nobody(struct disruptor *d, int64_t sequence)
{
	struct disruptor_holder holder;

	CHECK_ERROR(disruptor_find_holder(d, sequence, &holder), ENOENT);
}

static void a_claim(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *other = PRODUCER(d), *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_ring_info *info;
	struct disruptor_holder holder;

	nobody(d, 0);
	PUT(other, 0);
	CHECK_EQ(disruptor_claim_n(p, 3), 3);
	PUT(other, 4);
	TAKE(poller, 0);
	CHECK_EQ(disruptor_find_holder(d, disruptor_poller_sequence(poller, 0),
				       &holder),
		 0);
	CHECK_EQ(holder.index, 1);
	CHECK_EQ(holder.pid, getpid());
	CHECK_EQ(holder.tid, syscall(SYS_gettid));
	CHECK_EQ(holder.low, 1);
	CHECK_EQ(holder.high, 4);
	nobody(d, 0);
	nobody(d, 4);
	nobody(d, 5);
	nobody(d, -1);
	nobody(d, INT64_MAX);
	info = disruptor_inspect(ring_name());
	CHECK(info->is_held);
	CHECK_EQ(info->published, 1);
	CHECK_EQ(info->holder.index, 1);
	CHECK_EQ(info->holder.pid, getpid());
	CHECK_EQ(info->producers[1].claim_low, 1);
	CHECK_EQ(info->producers[1].claim_high, 4);
	/* The other's intent is about what it has published. */
	CHECK_EQ(info->producers[0].claim_low, info->producers[0].claim_high);
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_check(ring_name(), NULL, NULL), 0);
	disruptor_publish(p);
	nobody(d, 1);
	info = disruptor_inspect(ring_name());
	CHECK(!info->is_held);
	CHECK_EQ(info->producers[1].claim_low, info->producers[1].claim_high);
	disruptor_inspect_free(info);
	disruptor_free(d);
}

static void a_role(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_holder holder;

	PUT(p, 0);
	CHECK(disruptor_claim(p) != NULL);
	nobody(d, 0);
	CHECK_EQ(disruptor_find_holder(d, 1, &holder), 0);
	CHECK_EQ(holder.index, 0);
	CHECK_EQ(holder.pid, getpid());
	CHECK_EQ(holder.low, 1);
	disruptor_producer_free(p);
	nobody(d, 1);
	disruptor_free(d);
}

static void private_rings(void **state)
{
	struct disruptor *d = RING(&flavours[2], .capacity = 8);
	struct disruptor_holder holder;

	(void)state;
	CHECK_ERROR(disruptor_find_holder(d, 0, &holder), EOPNOTSUPP);
	CHECK_ERROR(disruptor_find_holder(d, 0, NULL), EINVAL);
	CHECK_ERROR(disruptor_find_holder(NULL, 0, &holder), EINVAL);
	disruptor_free(d);
}

struct scene {
	char name[RING_NAME_SIZE];
	uint32_t there;
};

static void claim_and_stay(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_claim_n(p, 2), 2);
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

/* Of another process; and what it had in hand when it died. */
static void post_mortem(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_ring_info *info;
	struct disruptor_holder holder;
	pid_t pid;

	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	pid = child_start(claim_and_stay, s);
	wait_for_u32(&s->there, 1);
	CHECK_EQ(disruptor_find_holder(d, 1, &holder), 0);
	CHECK_EQ(holder.pid, pid);
	CHECK_EQ(holder.tid, pid);
	disruptor_free(d);
	CHECK(child_kill(pid));
	info = disruptor_inspect(s->name);
	CHECK(info != NULL);
	CHECK(!info->is_held);
	CHECK(!info->producers[0].alive);
	CHECK_EQ(info->producers[0].pid, pid);
	CHECK_EQ(info->producers[0].claim_low, 0);
	CHECK_EQ(info->producers[0].claim_high, 2);
	CHECK_EQ(info->published, 0);
	CHECK_EQ(info->claimed, 2);
	disruptor_inspect_free(info);
	shared_free(s, sizeof(*s));
}

static bool flavour_shared_multi(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

static bool flavour_shared_single(const struct flavour *flavour)
{
	return flavour->shared && flavour_single(flavour);
}

TEST_MAIN(TEST_SOME(a_claim, flavour_shared_multi),
	  TEST_SOME(a_role, flavour_shared_single), TEST(private_rings),
	  TEST_SOME(post_mortem, flavour_shared_multi));
