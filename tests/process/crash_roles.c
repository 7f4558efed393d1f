/* SPDX-License-Identifier: MIT */
/* What each participant leaves behind when it is killed in a known place. */
#include <child.h>

#define CLAIMED 3

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t there;	     /* the child is in its place */
	int64_t value;
};

static struct scene *scene_new(const struct flavour *flavour, size_t capacity)
{
	struct scene *s = shared_alloc(sizeof(*s));

	s->d = RING(flavour, .capacity = capacity);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	return s;
}

static void scene_free(struct scene *s)
{
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static void stay(struct scene *s)
{
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

/* Runs a child until it is in its place, and kills it there. */
static void kill_in_place(struct scene *s, void (*run)(void *))
{
	pid_t pid;

	s->there = 0;
	pid = child_start(run, s);
	wait_for_u32(&s->there, 1);
	CHECK(child_kill(pid));
}

static void claim_and_stay(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));

	PUT(p, 100);
	CHECK_EQ(disruptor_claim_n(p, CLAIMED), CLAIMED);
	stay(s);
}

static void check_recovered(const struct scene *s, int64_t expected)
{
	struct disruptor_ring_info *info = disruptor_inspect(s->name);

	CHECK(info != NULL);
	CHECK_EQ(info->recovered, expected);
	disruptor_inspect_free(info);
}

/* A claim of the dead becomes gaps for a consumer that waits. */
static void claim_seen_by_a_waiting_consumer(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 8);
	struct disruptor_poller *root = POLLER(s->d, "root");
	struct disruptor_poller *next = FOLLOWER(s->d, NULL, "root");
	struct disruptor_producer *p = PRODUCER(s->d);

	kill_in_place(s, claim_and_stay);
	PUT(p, 200);
	TAKE(root, 100);
	CHECK_EQ(disruptor_poll_wait(root, LONG_NS), 1);
	CHECK_EQ(disruptor_poller_sequence(root, 0), 1 + CLAIMED);
	TAKE(root, 200);
	TAKE(next, 100);
	TAKE(next, 200);
	check_recovered(s, CLAIMED);
	scene_free(s);
}

/* … and for one that only ever polls: nobody is blocked for long. */
static void claim_seen_by_a_polling_consumer(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 8);
	struct disruptor_poller *root = POLLER(s->d, NULL);
	struct disruptor_producer *p = PRODUCER(s->d);

	kill_in_place(s, claim_and_stay);
	PUT(p, 200);
	TAKE(root, 100);
	while (disruptor_poll(root) == 0)
		sched_yield();
	TAKE(root, 200);
	check_recovered(s, CLAIMED);
	scene_free(s);
}

/* At the end of stream, where nothing comes after it. */
static void claim_at_the_end(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 8);
	struct disruptor_poller *root = POLLER(s->d, NULL);

	kill_in_place(s, claim_and_stay);
	CHECK_EQ(disruptor_close(s->d), 0);
	TAKE(root, 100);
	CHECK_EQ(disruptor_poll_wait(root, LONG_NS), -ESHUTDOWN);
	check_recovered(s, CLAIMED);
	scene_free(s);
}

/* Nobody consumes: a producer that laps the claim resolves it itself. */
static void claim_seen_by_a_producer(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 4);
	struct disruptor_producer *p = PRODUCER(s->d);
	int64_t i, *event;

	kill_in_place(s, claim_and_stay);
	for (i = 0; i < 20; i++) {
		event = disruptor_claim_timeout(p, LONG_NS);
		CHECK(event != NULL);
		disruptor_publish(p);
	}
	check_recovered(s, CLAIMED);
	scene_free(s);
}

/* A live claim is never taken, however long it takes. */
static void live_claims_stay(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 8);
	struct disruptor_poller *root = POLLER(s->d, NULL);
	pid_t pid = child_start(claim_and_stay, s);

	wait_for_u32(&s->there, 1);
	TAKE(root, 100);
	CHECK_EQ(kill(pid, SIGSTOP), 0);
	CHECK_EQ(disruptor_poll_wait(root, 50 * MS), 0);
	check_recovered(s, 0);
	CHECK_EQ(kill(pid, SIGCONT), 0);
	CHECK_EQ(disruptor_poll_wait(root, 20 * MS), 0);
	check_recovered(s, 0);
	CHECK(child_kill(pid));
	CHECK_EQ(disruptor_close(s->d), 0);
	CHECK_EQ(disruptor_poll_wait(root, LONG_NS), -ESHUTDOWN);
	check_recovered(s, CLAIMED);
	scene_free(s);
}

/* Killed between claim and publish, a single producer leaves nothing. */
static void single_role_is_free_at_once(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 8);
	struct disruptor_poller *root = POLLER(s->d, NULL);
	struct disruptor_producer *p;
	int i;

	for (i = 0; i < 5; i++) {
		kill_in_place(s, claim_and_stay);
		p = PRODUCER(s->d);
		CHECK_EQ(disruptor_producer_sequence(p, 0), 2 * i + 1);
		PUT(p, 200);
		disruptor_producer_free(p);
		TAKE(root, 100);
		TAKE(root, 200);
		CHECK_EQ(disruptor_poll(root), 0);
	}
	scene_free(s);
}

static void consume_and_stay(void *argument)
{
	struct scene *s = argument;
	struct disruptor_poller *poller = POLLER(ATTACH(s->name), NULL);

	CHECK_EQ(disruptor_poll_wait(poller, 0), 0);
	stay(s);
}

static void anonymous_consumers_do_not_block(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 4);
	struct disruptor_producer *p = PRODUCER(s->d);
	struct disruptor_poller *root = POLLER(s->d, NULL);
	int64_t i, *event;

	for (i = 0; i < 3; i++)
		kill_in_place(s, consume_and_stay);
	for (i = 0; i < 20; i++) {
		event = disruptor_claim_timeout(p, LONG_NS);
		CHECK(event != NULL);
		*event = i;
		disruptor_publish(p);
		TAKE(root, i);
	}
	CHECK_EQ(disruptor_consumer_count(s->d), 1);
	scene_free(s);
}

/* The same for a producer that never waits, but asks again. */
static void nor_those_who_only_try(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 4);
	struct disruptor_producer *p = PRODUCER(s->d);
	int64_t i;

	kill_in_place(s, consume_and_stay);
	for (i = 0; i < 20; i++) {
		while (disruptor_try_claim(p) == NULL) {
			CHECK_EQ(errno, EAGAIN);
			sched_yield();
		}
		disruptor_publish(p);
	}
	scene_free(s);
}

/* Who is stopped is alive, and gates. */
static void stopped_consumers_gate(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 4);
	struct disruptor_producer *p = PRODUCER(s->d);
	pid_t pid = child_start(consume_and_stay, s);

	wait_for_u32(&s->there, 1);
	CHECK_EQ(kill(pid, SIGSTOP), 0);
	put_many(p, 0, 4);
	CHECK_NULL(disruptor_claim_timeout(p, 50 * MS), ETIMEDOUT);
	CHECK_EQ(disruptor_consumer_count(s->d), 1);
	CHECK(child_kill(pid));
	CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
	scene_free(s);
}

static bool shared_multi(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

static bool shared_single(const struct flavour *flavour)
{
	return flavour->shared && flavour_single(flavour);
}

TEST_MAIN(TEST_SOME(claim_seen_by_a_waiting_consumer, shared_multi),
	  TEST_SOME(claim_seen_by_a_polling_consumer, shared_multi),
	  TEST_SOME(claim_at_the_end, shared_multi),
	  TEST_SOME(claim_seen_by_a_producer, shared_multi),
	  TEST_SOME(live_claims_stay, shared_multi),
	  TEST_SOME(single_role_is_free_at_once, shared_single),
	  TEST_SHARED(anonymous_consumers_do_not_block),
	  TEST_SHARED(nor_those_who_only_try),
	  TEST_SHARED(stopped_consumers_gate));
