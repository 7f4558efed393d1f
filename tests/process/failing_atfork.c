/* SPDX-License-Identifier: MIT */
/*
 * Nobody could be told of forks, since pthread_atfork() had no memory: a child
 * is refused its parent's handles all the same.
 */
#include <child.h>

int pthread_atfork(void (*before)(void), void (*in_parent)(void),
		   void (*in_child)(void))
{
	return ENOMEM;
}

static void be_refused(void *argument)
{
	struct disruptor *d = argument;

	CHECK_NULL(disruptor_producer_new(d), ECHILD);
	CHECK_NULL(disruptor_poller_new(d, NULL), ECHILD);
	CHECK_ERROR(disruptor_close(d), ECHILD);
	disruptor_free(d);
	d = ATTACH(ring_name());
	disruptor_free(d);
}

static void children_are_known(void **state)
{
	struct disruptor *d = disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8));
	struct disruptor_producer *p = PRODUCER(d);

	CHECK(d != NULL);
	CHILD_JOIN(child_start(be_refused, d));
	PUT(p, 1);
	disruptor_free(d);
}

TEST_MAIN(TEST(children_are_known));
