/* SPDX-License-Identifier: MIT */
/*
 * A process forks at any instant while its threads join and leave, and is
 * killed. Its children live on and hold nothing of the ring.
 */
#include <child.h>

#include <internal.h>

#define CONSUMERS 16
#define PRODUCERS 4
#define THREADS 2
#define FORKS 20

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* of whoever looks at it; each process has one */
	uint32_t joins;
	uint32_t forked;
};

static void *join_and_leave(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_producer *p;

	for (;;) {
		disruptor_poller_free(POLLER(d, NULL));
		/* A single producer ring may have another thread's. */
		p = disruptor_producer_new(d);
		CHECK(p != NULL || errno == EBUSY);
		disruptor_producer_free(p);
		disruptor_fetch_add_u32(&s->joins, 1);
	}
	return NULL;
}

/* Not to die with its parent: that is the point. */
static void fork_one_that_stays(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid != 0)
		return;
	watchdog();
	for (;;)
		pause();
}

static void fork_often(void *argument)
{
	struct scene *s = argument;
	uint64_t random = 5;
	uint32_t i;

	/* One group, so that all of them are found again. */
	CHECK_EQ(setpgid(0, 0), 0);
	for (i = 0; i < THREADS; i++)
		thread_start(join_and_leave, s);
	wait_for_u32(&s->joins, 1);
	for (i = 0; i < FORKS; i++) {
		usleep((useconds_t)(test_random(&random) % 2000));
		fork_one_that_stays();
		disruptor_fetch_add_u32(&s->forked, 1);
	}
	for (;;)
		pause();
}

static struct scene *scene_new(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));

	CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	s->d = RING(flavour, .capacity = 8, .consumers_max = CONSUMERS,
		    .producers_max = flavour_multi(flavour) ? PRODUCERS : 1);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	return s;
}

/* The parent is dead: its children are ours, one that it forked last too. */
static void end_children(pid_t parent)
{
	int ended = 0;

	CHECK_EQ(kill(-parent, SIGKILL), 0);
	while (waitpid(-parent, NULL, 0) > 0)
		ended++;
	CHECK(ended > 0);
}

static void scene_free(struct scene *s, pid_t parent)
{
	end_children(parent);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

/* All the room there is; then none. */
static void take_all_records(struct scene *s)
{
	int i;

	for (i = 0; i < CONSUMERS; i++)
		POLLER(s->d, NULL);
	CHECK_NULL(disruptor_poller_new(s->d, NULL), EUSERS);
	for (i = 0; i < (int)s->d->header.producers_max; i++)
		PRODUCER(s->d);
}

static void while_the_parent_lives(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	pid_t pid = child_start(fork_often, s);
	uint32_t joins;

	while (disruptor_load_acquire_u32(&s->forked) < FORKS)
		disruptor_poller_free(POLLER(s->d, NULL));
	/* It still gets on, and so do we. */
	joins = disruptor_load_acquire_u32(&s->joins);
	wait_for_u32(&s->joins, joins + 2 * THREADS);
	disruptor_poller_free(POLLER(s->d, NULL));
	CHECK(child_kill(pid));
	take_all_records(s);
	scene_free(s, pid);
}

/* Killed at any instant, in the middle of a join or a fork as well. */
static void after_the_parent_died(const struct flavour *flavour)
{
	int64_t round;

	for (round = 0; round < scaled(10); round++) {
		struct scene *s = scene_new(flavour);
		pid_t pid = child_start(fork_often, s);

		wait_for_u32(&s->forked, 1 + (uint32_t)round);
		CHECK(child_kill(pid));
		take_all_records(s);
		scene_free(s, pid);
	}
}

TEST_MAIN(TEST_SHARED(while_the_parent_lives),
	  TEST_SHARED(after_the_parent_died));
