/* SPDX-License-Identifier: MIT */
/* disruptor_error(): who checks only the last call of a chain learns why. */
#include <ring.h>

static void of_the_first_failure(void **state)
{
	struct disruptor *d = disruptor_attach("there-is-no-such-ring", 8);
	struct disruptor_poller *poller = disruptor_poller_new(d, NULL);

	(void)state;
	CHECK(d == NULL && poller == NULL);
	CHECK_EQ(errno, EINVAL);
	CHECK(strstr(disruptor_error(), "there is no ring") != NULL);
	CHECK(disruptor_producer_new(d) == NULL);
	CHECK(strstr(disruptor_error(), "there is no ring") != NULL);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	CHECK_ERROR(disruptor_wait_for_consumers(d, 1, 0), EINVAL);
	CHECK(strstr(disruptor_error(), "there is no ring") != NULL);
}

static void *without_any(void *argument)
{
	CHECK(disruptor_producer_new(NULL) == NULL);
	CHECK(strcmp(disruptor_error(), "no disruptor") == 0);
	return argument;
}

static void of_nothing_before(void **state)
{
	(void)state;
	thread_join(thread_start(without_any, NULL));
}

TEST_MAIN(TEST(of_the_first_failure), TEST(of_nothing_before));
