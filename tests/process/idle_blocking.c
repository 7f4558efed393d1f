/* SPDX-License-Identifier: MIT */
/*
 * Waiting costs nothing: a blocking consumer, one behind it and a producer on a
 * full ring use less than half a percent of a core, all together. So does, by
 * itself, a consumer that is held up by a claim that is not published.
 */
#include <child.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

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

static double seconds(clockid_t clock)
{
	struct timespec t;

	CHECK_EQ(clock_gettime(clock, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double used_by(const struct sleeper *sleeper)
{
	clockid_t clock;

	if (sleeper->scene->processes)
		CHECK_EQ(clock_getcpuclockid(sleeper->pid, &clock), 0);
	else
		CHECK_EQ(pthread_getcpuclockid(sleeper->thread, &clock), 0);
	return seconds(clock);
}

static double used_by_some(const struct sleeper *sleepers, int n)
{
	double sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += used_by(&sleepers[i]);
	return sum;
}

static bool under_the_limit(const struct sleeper *sleepers, int n)
{
	double wall = seconds(CLOCK_MONOTONIC);
	double used = used_by_some(sleepers, n);

	pause_ms(test_full() ? 10000 : 3000);
	used = used_by_some(sleepers, n) - used;
	wall = seconds(CLOCK_MONOTONIC) - wall;
	print_message("  %d asleep: %.3f ms of processor time in %.1f s, "
		      "%.3f %%\n",
		      n, used * 1e3, wall, used / wall * 100);
	return SANITIZED || used < wall * LIMIT;
}

/* Others on the machine can make a wake-up dear, but not three times over. */
static void measure(const struct sleeper *sleepers, int n)
{
	pause_ms(500); /* until the sleeps are as long as they get */
	CHECK(under_the_limit(sleepers, n) || under_the_limit(sleepers, n) ||
	      under_the_limit(sleepers, n));
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
	measure(sleepers, SLEEPERS - 1);
	measure(&sleepers[SLEEPERS - 1], 1);
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
