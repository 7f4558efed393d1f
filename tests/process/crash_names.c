/* SPDX-License-Identifier: MIT */
/* Consumers with a name that are killed: the place is held, then resumed. */
#include <child.h>

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t there;	     /* the child is in its place */
	bool polls;
	int64_t advances;
};

static void consume_and_stay(void *argument)
{
	struct scene *s = argument;
	struct disruptor_poller *poller = POLLER(ATTACH(s->name), "home");
	int64_t n = 0;

	while (s->polls && n == 0)
		n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER);
	disruptor_poller_advance(poller, s->advances);
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

static pid_t start_in_place(struct scene *s, bool polls, int64_t advances)
{
	pid_t pid;

	s->there = 0;
	s->polls = polls;
	s->advances = advances;
	pid = child_start(consume_and_stay, s);
	wait_for_u32(&s->there, 1);
	return pid;
}

static struct scene *scene_new(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));

	s->d = RING(flavour, .capacity = 8);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	return s;
}

static void scene_free(struct scene *s)
{
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

/* What it had not finished comes again; what it had, does not. */
static void holds_and_resumes(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	struct disruptor_producer *p = PRODUCER(s->d);
	struct disruptor_poller *home;

	CHECK(child_kill(start_in_place(s, false, 0)));
	put_many(p, 0, 5);
	CHECK(child_kill(start_in_place(s, true, 2)));
	CHECK(child_kill(start_in_place(s, true, 0)));
	put_many(p, 5, 5);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_NULL(disruptor_claim_timeout(p, 20 * MS), ETIMEDOUT);
	CHECK_EQ(disruptor_consumer_count(s->d), 1);
	home = POLLER(s->d, "home");
	take_many(home, 2, 8);
	PUT(p, 10);
	TAKE(home, 10);
	scene_free(s);
}

/* A name is taken while its process lives, and free at once when it is dead. */
static void taken_while_alive(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	pid_t pid = start_in_place(s, false, 0);

	CHECK_NULL(disruptor_poller_new(s->d, "home"), EBUSY);
	CHECK_ERROR(disruptor_remove_consumer(s->d, "home"), EBUSY);
	CHECK_EQ(kill(pid, SIGSTOP), 0);
	CHECK_NULL(disruptor_poller_new(s->d, "home"), EBUSY);
	CHECK(child_kill(pid));
	disruptor_poller_free(POLLER(s->d, "home"));
	scene_free(s);
}

/* Producers go on when the place of the dead is given up. */
static void removed_when_dead(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	struct disruptor_producer *p = PRODUCER(s->d);

	CHECK(child_kill(start_in_place(s, false, 0)));
	put_many(p, 0, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_remove_consumer(s->d, "home"), 0);
	put_many(p, 8, 20);
	scene_free(s);
}

/* Its followers wait for it, too, until it is back or given up. */
static void followers_of_the_dead(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	struct disruptor_producer *p = PRODUCER(s->d);
	struct disruptor_poller *next, *home;
	pid_t pid = start_in_place(s, false, 0);

	next = FOLLOWER(s->d, NULL, "home");
	CHECK(child_kill(pid));
	put_many(p, 0, 4);
	CHECK_EQ(disruptor_poll_wait(next, 20 * MS), 0);
	home = POLLER(s->d, "home");
	take_many(home, 0, 2);
	take_many(next, 0, 2);
	disruptor_poller_free(home);
	CHECK(child_kill(start_in_place(s, true, 1)));
	TAKE(next, 2);
	CHECK_EQ(disruptor_poll_wait(next, 20 * MS), 0);
	CHECK_EQ(disruptor_remove_consumer(s->d, "home"), 0);
	TAKE(next, 3);
	scene_free(s);
}

/* Places of the dead are not used up: they can be had again. */
static void records_come_back(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor_poller *poller;
	int i;

	s->d = RING(flavour, .capacity = 8, .consumers_max = 2,
		    .producers_max = 2);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	for (i = 0; i < 20; i++) {
		CHECK(child_kill(start_in_place(s, false, 0)));
		poller = POLLER(s->d, NULL);
		CHECK_NULL(disruptor_poller_new(s->d, NULL), EUSERS);
		disruptor_poller_free(poller);
	}
	scene_free(s);
}

TEST_MAIN(TEST_SHARED(holds_and_resumes), TEST_SHARED(taken_while_alive),
	  TEST_SHARED(removed_when_dead), TEST_SHARED(followers_of_the_dead),
	  TEST_SHARED(records_come_back));
