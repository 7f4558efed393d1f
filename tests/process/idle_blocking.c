/* SPDX-License-Identifier: MIT */
/*
 * Waiting costs nothing: a blocking consumer, one behind it and a producer on a
 * full ring use less than half a percent of a core, all together. So does, by
 * itself, a consumer that is held up by a claim that is not published.
 */
#include <idle.h>

#define SLEEPERS 4
#define LIMIT 0.005 /* of one core */

struct scene {
	char name[RING_NAME_SIZE]; /* an idle ring */
	char full[RING_NAME_SIZE];
	char held[RING_NAME_SIZE];   /* with a claim in hand */
	struct disruptor *d, *e, *f; /* the threads' */
	bool processes;
	uint32_t there;
};

struct sleeper {
	struct scene *scene;
	int number;
	pthread_t thread;
	pid_t pid;
};

static struct disruptor *ring_of(struct scene *s, struct disruptor *d,
				 const char *name)
{
	return s->processes ? ATTACH(name) : d;
}

static void wait_for_events(struct scene *s, struct disruptor_poller *poller)
{
	disruptor_fetch_add_u32(&s->there, 1);
	CHECK_EQ(disruptor_poll_wait(poller, DISRUPTOR_FOREVER), -ESHUTDOWN);
}

static void wait_for_room(struct scene *s)
{
	struct disruptor_producer *p = PRODUCER(ring_of(s, s->e, s->full));

	put_many(p, 0, 8);
	disruptor_fetch_add_u32(&s->there, 1);
	CHECK_NULL(disruptor_claim(p), ESHUTDOWN);
}

static void sleep_there(struct scene *s, int number)
{
	if (number == 0)
		wait_for_events(s, POLLER(ring_of(s, s->d, s->name), "first"));
	else if (number == 1)
		wait_for_events(s, FOLLOWER(ring_of(s, s->d, s->name), NULL,
					    "first"));
	else if (number == 2)
		wait_for_room(s);
	else
		wait_for_events(s, POLLER(ring_of(s, s->f, s->held), NULL));
}

static void *sleep_in_thread(void *argument)
{
	struct sleeper *sleeper = argument;

	sleep_there(sleeper->scene, sleeper->number);
	return NULL;
}

static void sleep_in_process(void *argument)
{
	sleep_in_thread(argument);
}

static double used_by(const struct sleeper *sleeper)
{
	clockid_t clock;

	if (sleeper->scene->processes)
		return idle_used_by(sleeper->pid);
	CHECK_EQ(pthread_getcpuclockid(sleeper->thread, &clock), 0);
	return idle_clock(clock);
}

static double used_by_three(const void *sleepers)
{
	const struct sleeper *s = sleepers;

	return used_by(&s[0]) + used_by(&s[1]) + used_by(&s[2]);
}

static double used_by_one(const void *sleeper)
{
	return used_by(sleeper);
}

static void start(struct sleeper *sleeper)
{
	struct scene *s = sleeper->scene;

	if (s->processes)
		sleeper->pid = child_start(sleep_in_process, sleeper);
	else
		sleeper->thread = thread_start(sleep_in_thread, sleeper);
	wait_for_u32(&s->there, (uint32_t)sleeper->number + 1);
}

static struct disruptor *blocking_ring(const struct flavour *flavour,
				       char *name)
{
	struct disruptor *d = RING(flavour, .capacity = 8,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);

	if (flavour->shared)
		snprintf(name, RING_NAME_SIZE, "%s", ring_name());
	return d;
}

static void idle(const struct flavour *flavour, bool processes)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct sleeper sleepers[SLEEPERS];
	struct disruptor_producer *p;
	int i;

	s->processes = processes;
	s->d = blocking_ring(flavour, s->name);
	s->e = blocking_ring(flavour, s->full);
	s->f = blocking_ring(flavour, s->held);
	POLLER(s->e, NULL);
	p = PRODUCER(s->f);
	CHECK(disruptor_claim(p) != NULL);
	for (i = 0; i < SLEEPERS; i++) {
		sleepers[i] = (struct sleeper){ .scene = s, .number = i };
		start(&sleepers[i]);
	}
	idle_measure(
		&(struct idle){ "3 asleep", LIMIT, used_by_three, sleepers });
	idle_measure(&(struct idle){ "1 asleep", LIMIT, used_by_one,
				     &sleepers[SLEEPERS - 1] });
	CHECK_EQ(disruptor_close(s->d), 0);
	CHECK_EQ(disruptor_close(s->e), 0);
	CHECK_EQ(disruptor_close(s->f), 0);
	disruptor_abandon(p);
	for (i = 0; i < SLEEPERS; i++) {
		if (processes)
			CHILD_JOIN(sleepers[i].pid);
		else
			thread_join(sleepers[i].thread);
	}
	disruptor_free(s->d);
	disruptor_free(s->e);
	disruptor_free(s->f);
	shared_free(s, sizeof(*s));
}

static void threads(const struct flavour *flavour)
{
	idle(flavour, false);
}

static void processes(const struct flavour *flavour)
{
	idle(flavour, true);
}

static bool one(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour) &&
	       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
}

static bool one_private(const struct flavour *flavour)
{
	return !flavour->shared && flavour_multi(flavour) &&
	       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
}

TEST_MAIN(TEST_SOME(threads, one_private), TEST_SOME(processes, one));
