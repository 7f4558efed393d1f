/* SPDX-License-Identifier: MIT */
/* What ends a wait beside events and room: none of it is lost on a sleeper. */
#include <without_bound.h>

struct scene {
	struct disruptor *d;
	struct disruptor_producer *producer, *other;
	struct disruptor_poller *root, *follower;
	int64_t result;
};

static void *wait_for_event(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_poll_wait(s->root, DISRUPTOR_FOREVER);
	return NULL;
}

static void *wait_behind(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_poll_wait(s->follower, DISRUPTOR_FOREVER);
	return NULL;
}

static void *wait_for_room(void *argument)
{
	struct scene *s = argument;

	s->result = disruptor_claim_n(s->producer, 1);
	return NULL;
}

static void shut(struct scene *s)
{
	CHECK_EQ(disruptor_close(s->d), 0);
}

static void halt(struct scene *s)
{
	CHECK_EQ(disruptor_halt(s->d), 0);
}

static void cancel(struct scene *s)
{
	disruptor_producer_cancel(s->producer);
}

static void leave(struct scene *s)
{
	disruptor_poller_free(s->follower);
	disruptor_poller_free(s->root);
	CHECK_EQ(disruptor_remove_consumer(s->d, "root"), 0);
}

/* Whom it followed is gone: now it may read what is there. */
static void leave_the_follower(struct scene *s)
{
	disruptor_poller_free(s->root);
	CHECK_EQ(disruptor_remove_consumer(s->d, "root"), 0);
}

static void publish(struct scene *s)
{
	disruptor_publish(s->other);
}

/* What was in front of a published event turns out to be nothing. */
static void abandon(struct scene *s)
{
	disruptor_abandon(s->other);
}

static void end_wait(const struct flavour *flavour, bool full, bool claimed,
		     void *(*wait)(void *), void (*end)(struct scene *),
		     int64_t result)
{
	struct scene s = { .d = blocking(flavour, 2) };
	pthread_t thread;

	s.root = POLLER(s.d, "root");
	s.follower = FOLLOWER(s.d, NULL, "root");
	s.producer = PRODUCER(s.d);
	if (claimed) {
		s.other = PRODUCER(s.d);
		CHECK(disruptor_claim(s.other) != NULL);
		PUT(s.producer, 1);
	}
	if (full)
		put_many(s.producer, 0, 2);
	thread = thread_start(wait, &s);
	pause_ms(2);
	end(&s);
	thread_join(thread);
	CHECK_EQ(s.result, result);
	disruptor_free(s.d);
}

static void ends(const struct flavour *flavour)
{
	end_wait(flavour, false, false, wait_for_event, shut, -ESHUTDOWN);
	end_wait(flavour, false, false, wait_for_event, halt, -ECANCELED);
	end_wait(flavour, false, false, wait_behind, shut, -ESHUTDOWN);
	end_wait(flavour, true, false, wait_behind, halt, -ECANCELED);
	end_wait(flavour, true, false, wait_behind, leave_the_follower, 2);
	end_wait(flavour, true, false, wait_for_room, shut, -ESHUTDOWN);
	end_wait(flavour, true, false, wait_for_room, halt, -ECANCELED);
	end_wait(flavour, true, false, wait_for_room, cancel, -ECANCELED);
	end_wait(flavour, true, false, wait_for_room, leave, 1);
}

static void claims_in_the_way(const struct flavour *flavour)
{
	end_wait(flavour, false, true, wait_for_event, publish, 2);
	end_wait(flavour, false, true, wait_for_event, abandon, 1);
}

TEST_MAIN(TEST_EACH(ends), TEST_MULTI(claims_in_the_way));
