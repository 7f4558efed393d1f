/* SPDX-License-Identifier: MIT */
/*
 * A single producer writes into slots that it has claimed, and then is gone: no
 * cursor says so, and still nobody may be given what those slots held before.
 */
#include <child.h>

#define CAPACITY 8
#define SCRIBBLE INT64_C(-777)

enum end { KILLED, FREED, SUCCEEDED, ENDS };

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	int64_t published;
	int64_t claim;
	enum end end;
};

static void write_events(struct disruptor_producer *p, int64_t n, int64_t value,
			 int64_t step)
{
	int64_t i;

	for (i = 0; i < n; i++) {
		memcpy(disruptor_producer_event(p, i), &value, sizeof(value));
		value += step;
	}
}

static void scribble(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, s->published);
	CHECK_EQ(disruptor_claim_n(p, s->claim), s->claim);
	write_events(p, s->claim, SCRIBBLE, 0);
	if (s->end != FREED)
		raise(SIGKILL);
	disruptor_free(d);
}

static void let_scribble(struct scene *s)
{
	pid_t pid = child_start(scribble, s);
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(s->end == FREED ? status == 0 : WIFSIGNALED(status));
}

static struct disruptor_poller *oldest(struct disruptor *d)
{
	return poller_at(
		disruptor_poller_new_opts(
			d, DISRUPTOR_POLLER_OPTIONS(
					   .start = DISRUPTOR_START_OLDEST)),
		__FILE__, __LINE__);
}

/* Each event holds its own sequence; returns how many there were. */
static int64_t take_all(struct disruptor_poller *poller)
{
	int64_t n = disruptor_poll(poller), i;

	CHECK(n >= 0);
	for (i = 0; i < n; i++)
		CHECK_EQ(value_at(poller, i),
			 disruptor_poller_sequence(poller, i));
	disruptor_poller_advance(poller, n);
	return n;
}

/* The next owner of the role goes on, and claims and scribbles in its turn. */
static void go_on(struct scene *s, struct disruptor_poller *before)
{
	struct disruptor_producer *p = PRODUCER(s->d);
	struct disruptor_poller *after = NULL;
	int64_t next = s->published;

	CHECK_EQ(disruptor_producer_sequence(p, 0), next);
	for (; next < s->published + 3 * CAPACITY; next += 2) {
		CHECK_EQ(disruptor_try_claim_n(p, 2), 2);
		write_events(p, 2, SCRIBBLE, 0);
		disruptor_poller_free(after);
		after = oldest(s->d);
		take_all(after);
		write_events(p, 2, next, 1);
		disruptor_publish(p);
		CHECK_EQ(take_all(before), 2);
		CHECK_EQ(take_all(after), 2);
	}
}

static void scene_test(const struct flavour *flavour, int64_t published,
		       int64_t claim, enum end end)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor_producer *successor = NULL;
	struct disruptor_poller *joiner;

	s->d = RING(flavour, .capacity = CAPACITY);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->published = published;
	s->claim = claim;
	s->end = end;
	let_scribble(s);
	if (end == SUCCEEDED)
		successor = PRODUCER(s->d);
	joiner = oldest(s->d);
	/* Before the first lap is over nothing can be overwritten. */
	CHECK(take_all(joiner) == published || published + claim > CAPACITY);
	CHECK_EQ(disruptor_poller_sequence(joiner, 0), published);
	disruptor_producer_free(successor);
	go_on(s, joiner);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static void all_places(const struct flavour *flavour, enum end end)
{
	int64_t published, claim;

	for (published = 0; published <= 2 * CAPACITY + 1; published++)
		for (claim = 1; claim <= CAPACITY; claim += 3)
			scene_test(flavour, published, claim, end);
}

static void killed(const struct flavour *flavour)
{
	all_places(flavour, KILLED);
}

static void freed(const struct flavour *flavour)
{
	all_places(flavour, FREED);
}

static void succeeded(const struct flavour *flavour)
{
	all_places(flavour, SUCCEEDED);
}

static bool wanted(const struct flavour *flavour)
{
	return flavour->shared && flavour_single(flavour);
}

TEST_MAIN(TEST_SOME(killed, wanted), TEST_SOME(freed, wanted),
	  TEST_SOME(succeeded, wanted));
