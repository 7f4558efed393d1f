/* SPDX-License-Identifier: MIT */
/*
 * The word to sleep on is chosen before the last look. When another word is the
 * one that will be signalled by then, nobody sleeps on the first.
 */
#include <ring.h>

#include <internal.h>

#include <sys/resource.h>

#define ROUNDS 50

struct look {
	uint32_t words[2];
	uint32_t which;
	int attempts;
	long slept; /* this thread, how often until the last look */
	bool slept_on_it;
};

static long times_slept(void)
{
	struct rusage usage;

	CHECK_EQ(getrusage(RUSAGE_THREAD, &usage), 0);
	return usage.ru_nvcsw;
}

/* The last look finds that somebody else is in the way now. */
static int64_t look_again(void *context)
{
	struct look *look = context;

	if (look->which == 0 && !(look->words[0] & DISRUPTOR_SIGNAL_SLEEPERS))
		return 0;
	if (look->attempts++ == 0) {
		look->which = 1;
		look->slept = times_slept();
		return 0;
	}
	look->slept_on_it = times_slept() != look->slept;
	return 1;
}

static uint32_t *point(void *context)
{
	struct look *look = context;

	return &look->words[look->which];
}

static void suspect(void *context)
{
	(void)context;
}

static bool sleeps_on_the_first(struct disruptor *d)
{
	struct look look = { .attempts = 0 };
	struct disruptor_wait wait = { .strategy = DISRUPTOR_WAIT_BLOCKING };
	struct disruptor_waiter waiter = { .context = &look,
					   .attempt = look_again,
					   .point = point,
					   .suspect = suspect,
					   .wait = &wait,
					   .disruptor = d };

	CHECK_EQ(disruptor_wait_until(&waiter, DISRUPTOR_FOREVER), 1);
	CHECK(look.words[0] & DISRUPTOR_SIGNAL_SLEEPERS);
	return look.slept_on_it;
}

/* A thread may lose the processor for other reasons, but not each time. */
static void is_looked_up_again(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	int i, slept = 0;

	for (i = 0; i < ROUNDS; i++)
		slept += sleeps_on_the_first(d);
	CHECK(slept < ROUNDS);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(is_looked_up_again));
