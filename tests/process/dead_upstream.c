/* SPDX-License-Identifier: MIT */
/* options.h on_upstream_lost: an upstream that is killed and keeps its place. */
#include <child.h>

#include <internal.h>

struct scene {
	char name[RING_NAME_SIZE];
	uint32_t there;
};

/* Named "up", after "top"; finishes one event. */
static void be_upstream(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_poller *up = disruptor_poller_new_after(
		d, "up", DISRUPTOR_AFTER_NAMES("top"));

	CHECK(up != NULL);
	disruptor_fetch_add_u32(&s->there, 1);
	while (disruptor_poll_wait(up, LONG_NS) < 1)
		;
	disruptor_poller_advance(up, 1);
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

struct act {
	struct scene *s;
	struct disruptor *d;
	struct disruptor_poller *top, *next;
	struct disruptor_producer *p;
};

/* "up" was killed at 1, "top" is at 5, and next follows "up". */
static struct act open_act(const struct flavour *flavour,
			   enum disruptor_on_upstream_lost policy)
{
	struct act a;
	pid_t pid;

	a.s = shared_alloc(sizeof(*a.s));
	a.d = RING(flavour, .capacity = 8);
	snprintf(a.s->name, sizeof(a.s->name), "%s", ring_name());
	a.top = POLLER(a.d, "top");
	pid = child_start(be_upstream, a.s);
	wait_for_u32(&a.s->there, 1);
	a.next = disruptor_poller_new_opts(
		a.d, DISRUPTOR_POLLER_OPTIONS(
			     .name = "next",
			     .upstream = DISRUPTOR_AFTER_NAMES("up"),
			     .on_upstream_lost = policy));
	CHECK(a.next != NULL);
	a.p = PRODUCER(a.d);
	put_many(a.p, 0, 1);
	take_many(a.top, 0, 1);
	wait_for_u32(&a.s->there, 2);
	take_many(a.next, 0, 1);
	put_many(a.p, 1, 7);
	take_many(a.top, 1, 4);
	CHECK(child_kill(pid));
	return a;
}

static void close_act(struct act *a)
{
	disruptor_free(a->d);
	shared_free(a->s, sizeof(*a->s));
}

static struct disruptor_poller *resume(struct act *a)
{
	struct disruptor_poller *up = POLLER(a->d, "up");

	CHECK_EQ(disruptor_poller_sequence(up, 0), 1);
	return up;
}

/* By default, and for who says so: as long as the place is kept. */
static void waits(const struct flavour *flavour)
{
	static const enum disruptor_on_upstream_lost policies[] = {
		DISRUPTOR_UPSTREAM_DEFAULT, DISRUPTOR_UPSTREAM_HOLD
	};
	size_t i;

	for (i = 0; i < 2; i++) {
		struct act a = open_act(flavour, policies[i]);

		CHECK_EQ(disruptor_poll_wait(a.next, 10 * MS), 0);
		TAKE(resume(&a), 1);
		TAKE(a.next, 1);
		close_act(&a);
	}
}

/* It goes on behind "top", and behind "up" again when that is back. */
static void passes(const struct flavour *flavour)
{
	struct act a = open_act(flavour, DISRUPTOR_UPSTREAM_PASS);
	struct disruptor_poller *up;

	CHECK(disruptor_poll_wait(a.next, LONG_NS) > 0);
	take_many(a.next, 1, 4);
	CHECK_EQ(disruptor_poll_wait(a.next, 5 * MS), 0);
	TAKE(a.top, 5);
	TAKE(a.next, 5);
	up = resume(&a);
	take_many(a.top, 6, 2);
	CHECK_EQ(disruptor_poll_wait(a.next, 5 * MS), 0);
	take_many(up, 1, 6);
	TAKE(a.next, 6);
	CHECK_EQ(disruptor_poll(a.next), 0);
	close_act(&a);
}

/* The same by polls that do not wait. */
static void passes_by_polls(const struct flavour *flavour)
{
	struct act a = open_act(flavour, DISRUPTOR_UPSTREAM_PASS);

	while (disruptor_poll(a.next) == 0)
		;
	take_many(a.next, 1, 4);
	close_act(&a);
}

static void fails(const struct flavour *flavour)
{
	struct act a = open_act(flavour, DISRUPTOR_UPSTREAM_FAIL);
	int64_t n;

	CHECK_ERROR(disruptor_poll_wait(a.next, LONG_NS), EOWNERDEAD);
	CHECK_ERROR(disruptor_poll_wait(a.next, LONG_NS), EOWNERDEAD);
	while ((n = disruptor_poll(a.next)) == 0)
		;
	CHECK_EQ(n, -EOWNERDEAD);
	/* Its place was kept, so it may come back. */
	TAKE(resume(&a), 1);
	while ((n = disruptor_poll(a.next)) <= 0)
		CHECK(n == 0 || n == -EOWNERDEAD);
	TAKE(a.next, 1);
	close_act(&a);
}

/* The dead who hold a place for a follower are removed by hand. */
static void gives_up(const struct flavour *flavour)
{
	struct act a = open_act(flavour, DISRUPTOR_UPSTREAM_HOLD);

	CHECK_EQ(disruptor_remove_consumer(a.d, "up"), 0);
	take_many(a.next, 1, 4);
	close_act(&a);
}

TEST_MAIN(TEST_SHARED(waits), TEST_SHARED(passes), TEST_SHARED(passes_by_polls),
	  TEST_SHARED(fails), TEST_SHARED(gives_up));
