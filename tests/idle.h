/* SPDX-License-Identifier: MIT */
/*
 * Whether those who wait use less than a share of a core. Where each wake-up is
 * dear, by a slow processor or a busy host, they use less than a process beside
 * them that does nothing but nap, as often as the share has room for elsewhere.
 */
#ifndef TEST_IDLE_H
#define TEST_IDLE_H

#include <child.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IDLE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IDLE_SANITIZED 1
#endif
#endif
#ifndef IDLE_SANITIZED
#define IDLE_SANITIZED 0
#endif

#define IDLE_NAP_COSTS 10e-6 /* seconds, where it is not dear */

struct idle {
	const char *what;
	double share;			     /* of one core */
	double (*used)(const void *context); /* processor time so far, s */
	const void *context;
};

static inline double idle_clock(clockid_t clock)
{
	struct timespec t;

	CHECK_EQ(clock_gettime(clock, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline double idle_used_by(pid_t pid)
{
	clockid_t clock;

	CHECK_EQ(clock_getcpuclockid(pid, &clock), 0);
	return idle_clock(clock);
}

static inline void idle_nap(void *argument)
{
	const struct idle *idle = argument;
	struct timespec t = { 0, (long)(IDLE_NAP_COSTS / idle->share * 1e9) };

	for (;;)
		nanosleep(&t, NULL);
}

static inline bool idle_once(const struct idle *idle, pid_t naps)
{
	double wall = idle_clock(CLOCK_MONOTONIC);
	double used = idle->used(idle->context), napping = idle_used_by(naps);

	pause_ms(test_full() ? 10000 : 2500);
	used = idle->used(idle->context) - used;
	napping = idle_used_by(naps) - napping;
	wall = idle_clock(CLOCK_MONOTONIC) - wall;
	print_message("  %s: %.3f ms of processor time in %.1f s, %.3f %% "
		      "(naps: %.3f %%)\n",
		      idle->what, used * 1e3, wall, used / wall * 100,
		      napping / wall * 100);
	return IDLE_SANITIZED || used < wall * idle->share || used < napping;
}

/* Others on the machine can disturb it, but not three times over. */
static inline void idle_measure(const struct idle *idle)
{
	pid_t naps = child_start(idle_nap, (void *)(uintptr_t)idle);
	bool is_idle;

	pause_ms(600); /* until the sleeps are as long as they get */
	is_idle = idle_once(idle, naps) || idle_once(idle, naps) ||
		  idle_once(idle, naps);
	CHECK(child_kill(naps));
	CHECK(is_idle);
}

#endif
