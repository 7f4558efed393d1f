/* SPDX-License-Identifier: MIT */
/*
 * A forked child has copies of its parent's handles. They are refused where a
 * call can refuse, and what the child does with them is its own affair.
 */
#include <child.h>

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d;
	struct disruptor_producer *p;
	struct disruptor_poller *poller;
	bool shared;
};

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)context;
	(void)event;
	(void)sequence;
	(void)end_of_batch;
}

static struct scene scene_new(const struct flavour *flavour)
{
	struct scene s = { .shared = flavour->shared };

	s.d = RING(flavour, .capacity = 8);
	if (s.shared)
		snprintf(s.name, sizeof(s.name), "%s", ring_name());
	s.p = PRODUCER(s.d);
	s.poller = POLLER(s.d, "name");
	CHECK(disruptor_handle_events_with(s.d, ignore, NULL) != NULL);
	CHECK_EQ(disruptor_start(s.d), 0);
	PUT(s.p, 1);
	return s;
}

/* All of it is as it was. */
static void scene_end(struct scene *s)
{
	TAKE(s->poller, 1);
	put_many(s->p, 2, 5);
	take_many(s->poller, 2, 5);
	CHECK_EQ(disruptor_consumer_count(s->d), 2);
	if (s->shared)
		CHECK_NULL(disruptor_poller_new(s->d, "name"), EBUSY);
	CHECK_EQ(disruptor_shutdown(s->d, DISRUPTOR_FOREVER), 0);
	disruptor_free(s->d);
}

static void use_handles(void *argument)
{
	struct scene *s = argument;

	CHECK_NULL(disruptor_producer_new(s->d), ECHILD);
	CHECK_NULL(disruptor_poller_new(s->d, NULL), ECHILD);
	CHECK_NULL(disruptor_poller_new(s->d, "name"), ECHILD);
	CHECK_ERROR(disruptor_close(s->d), ECHILD);
	CHECK_ERROR(disruptor_start(s->d), ECHILD);
	CHECK_ERROR(disruptor_halt(s->d), ECHILD);
	CHECK_ERROR(disruptor_shutdown(s->d, DISRUPTOR_FOREVER), ECHILD);
	CHECK_ERROR(disruptor_remove_consumer(s->d, "name"), ECHILD);
	CHECK_STR(disruptor_error(), "this handle belongs to the parent "
				     "process: attach again after fork()");
}

static void refused(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);

	CHILD_JOIN(child_start(use_handles, &s));
	scene_end(&s);
}

static void free_handles(void *argument)
{
	struct scene *s = argument;

	disruptor_poller_free(s->poller);
	disruptor_producer_free(s->p);
	disruptor_free(s->d);
}

static void freed(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);

	CHILD_JOIN(child_start(free_handles, &s));
	scene_end(&s);
}

static void grandchild_frees(void *argument)
{
	CHILD_JOIN(child_start(free_handles, argument));
	free_handles(argument);
}

static void freed_by_a_grandchild(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);

	CHILD_JOIN(child_start(grandchild_frees, &s));
	scene_end(&s);
}

/* It frees what it has no use for and attaches anew. */
static void attach_anew(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d;
	struct disruptor_poller *poller;

	disruptor_free(s->d);
	d = ATTACH(s->name);
	CHECK_NULL(disruptor_poller_new(d, "name"), EBUSY);
	poller = POLLER(d, NULL);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_consumer_count(d), 3);
	if (disruptor_producer_type(d) == DISRUPTOR_SINGLE_PRODUCER)
		CHECK_NULL(disruptor_producer_new(d), EBUSY);
	disruptor_free(d);
}

static void attached_anew(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);

	CHILD_JOIN(child_start(attach_anew, &s));
	scene_end(&s);
}

TEST_MAIN(TEST_EACH(refused), TEST_EACH(freed),
	  TEST_EACH(freed_by_a_grandchild), TEST_SHARED(attached_anew));
