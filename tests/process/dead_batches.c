/* SPDX-License-Identifier: MIT */
/* A producer is killed with a large claim in hand: all of it goes at once. */
#include <child.h>

#include <internal.h>

#define CAPACITY 512
#define BATCH 300

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	struct disruptor_poller *poller;
	int64_t batch;
};

static void claim_and_die(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));

	CHECK_EQ(disruptor_claim_n(p, s->batch), s->batch);
	raise(SIGKILL);
}

static struct scene *scene_new(const struct flavour *flavour, int64_t batch)
{
	struct scene *s = shared_alloc(sizeof(*s));
	int status;
	pid_t pid;

	s->d = RING(flavour, .capacity = CAPACITY);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->batch = batch;
	s->poller = POLLER(s->d, NULL);
	pid = child_start(claim_and_die, s);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	return s;
}

static int64_t recovered(const struct scene *s)
{
	return (int64_t)disruptor_load_acquire_u64(
		&s->d->words->control.recovered);
}

/* Everybody goes on behind the gaps. */
static void scene_end(struct scene *s)
{
	struct disruptor_producer *p = PRODUCER(s->d);

	CHECK_EQ(recovered(s), s->batch);
	CHECK_EQ(disruptor_poll(s->poller), 0);
	CHECK_EQ(disruptor_poller_sequence(s->poller, 0), s->batch);
	put_many(p, s->batch, CAPACITY);
	take_many(s->poller, s->batch, CAPACITY);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

/* Who never waits looks after the dead as well. */
static void seen_by_polls(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, BATCH);

	while (recovered(s) == 0)
		CHECK_EQ(disruptor_poll(s->poller), 0);
	scene_end(s);
}

static void seen_by_waits(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, BATCH);

	while (recovered(s) == 0)
		CHECK_EQ(disruptor_poll_wait(s->poller, MS), 0);
	scene_end(s);
}

static void seen_by_claims(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, CAPACITY);
	struct disruptor_producer *p = PRODUCER(s->d);

	while (recovered(s) == 0)
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(recovered(s), CAPACITY);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	scene_end(s);
}

/* An event lies behind the gaps, and the wait is one. */
static void passed_in_one_wait(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, BATCH);

	PUT(PRODUCER(s->d), 5);
	CHECK_EQ(disruptor_poll_wait(s->poller, DISRUPTOR_FOREVER), 1);
	CHECK_EQ(recovered(s), BATCH);
	TAKE(s->poller, 5);
	s->batch++;
	disruptor_fetch_add_u64(&s->d->words->control.recovered, 1);
	scene_end(s);
}

/* Live claims on both sides of the dead one stay what they are. */
static void beside_live_claims(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour, 100);
	struct disruptor_producer *p = PRODUCER(s->d);
	int64_t value = 7;

	CHECK_EQ(disruptor_claim_n(p, 2), 2);
	while (recovered(s) == 0)
		CHECK_EQ(disruptor_poll(s->poller), 0);
	CHECK_EQ(recovered(s), 100);
	pause_ms(3);
	CHECK_EQ(disruptor_poll(s->poller), 0);
	CHECK_EQ(recovered(s), 100);
	memcpy(disruptor_producer_event(p, 0), &value, sizeof(value));
	memcpy(disruptor_producer_event(p, 1), &value, sizeof(value));
	disruptor_publish(p);
	take_many(s->poller, 7, 1);
	take_many(s->poller, 7, 1);
	CHECK_EQ(disruptor_poller_sequence(s->poller, 0), 102);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static bool wanted(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

TEST_MAIN(TEST_SOME(seen_by_polls, wanted), TEST_SOME(seen_by_waits, wanted),
	  TEST_SOME(seen_by_claims, wanted),
	  TEST_SOME(passed_in_one_wait, wanted),
	  TEST_SOME(beside_live_claims, wanted));
