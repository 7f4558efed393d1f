/* SPDX-License-Identifier: MIT */
#include "sleeper.h"
#include "addon.h"

#include <pthread.h>
#include <time.h>

/*
 * A handle of the library: polled ever more seldom, to look after the dead. A
 * shorter time than the kernel's own tick makes every sleep dearer.
 */
#define TIME_SHORTEST_NS INT64_C(5000000)
#define TIME_LONGEST_NS INT64_C(50000000)
/* The original wakes nobody: looked at after an eighth of the wait again. */
#define LOOK_SHORTEST_NS INT64_C(50000)
#define LOOK_LONGEST_NS INT64_C(10000000)

/*
 * Over crews and notices. A word is read only under it, or in the thread that
 * waits: its memory goes away only after sleeper_cancel(). The kernel may look at
 * it later: it finds no memory, or another word, and whoever sleeps looks again.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void sleepers_lock(void)
{
	pthread_mutex_lock(&lock);
}

void sleepers_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
	if (value < low)
		return low;
	return value < high ? value : high;
}

static void schedule(struct sleeper *s, int64_t now)
{
	int64_t waited = now - s->began;

	if (s->look == NULL)
		s->due = now + clamp(waited, TIME_SHORTEST_NS, TIME_LONGEST_NS);
	else
		s->due = now + clamp(waited / 8, LOOK_SHORTEST_NS,
				     LOOK_LONGEST_NS);
}

/* --- what JavaScript is told ---------------------------------------------- */

static void post(struct sleeper *s, enum notice notice)
{
	struct notices *notices = environment_notices(s->environment);
	enum notice before = s->notice;

	s->notice = notice;
	if (before != NOTICE_NONE)
		return;
	s->next_notice = NULL;
	if (notices->first != NULL) {
		notices->last->next_notice = s;
		notices->last = s;
		return;
	}
	notices->first = notices->last = s;
	if (s->crew != NULL)
		environment_wake(s->environment);
}

struct sleeper *sleepers_take_notice(struct environment *environment,
				     enum notice *notice)
{
	struct notices *notices = environment_notices(environment);
	struct sleeper *s;

	sleepers_lock();
	s = notices->first;
	if (s != NULL) {
		notices->first = s->next_notice;
		*notice = s->notice;
		s->notice = NOTICE_NONE;
	}
	sleepers_unlock();
	return s;
}

static void withdraw(struct sleeper *s)
{
	struct notices *notices = environment_notices(s->environment);
	struct sleeper **link = &notices->first, *before = NULL;

	if (s->notice == NOTICE_NONE)
		return;
	while (*link != s) {
		before = *link;
		link = &before->next_notice;
	}
	*link = s->next_notice;
	if (notices->last == s)
		notices->last = before;
	s->notice = NOTICE_NONE;
}

/* --- for who sleeps ------------------------------------------------------- */

bool sleeper_has_moved(const struct sleeper *s)
{
	return disruptor_load_acquire_u32(s->point.word) != s->point.expected;
}

/* Who is due within a quarter of the period is told now: fewer wakes. */
static bool is_due(const struct sleeper *s, int64_t now)
{
	int64_t slack = clamp((now - s->began) / 4, 0, TIME_LONGEST_NS / 4);

	return now >= s->due - (s->look == NULL ? slack : 0);
}

bool sleeper_attend(struct sleeper *s, int64_t now)
{
	bool moved = sleeper_has_moved(s);

	if (!moved && !is_due(s, now))
		return false;
	if (s->look != NULL)
		moved = s->look(s);
	if (moved) {
		post(s, NOTICE_MOVED);
		return true;
	}
	schedule(s, now);
	if (s->look == NULL)
		post(s, NOTICE_TIME);
	return false;
}

/* --- for who waits -------------------------------------------------------- */

void sleeper_cancel(struct sleeper *s)
{
	if (s->watched != NULL)
		watch_remove(s);
	sleepers_lock();
	if (s->crew != NULL)
		crew_remove(s);
	withdraw(s);
	sleepers_unlock();
}

enum registration sleeper_register(struct sleeper *s)
{
	struct watch *watch = environment_watch(s->environment);
	enum registration result = SLEEPER_FAILED;

	sleeper_cancel(s);
	s->began = now_ns();
	schedule(s, s->began);
	if (watch != NULL)
		result = watch_add(watch, s);
	if (result != SLEEPER_FAILED)
		return result;
	sleepers_lock();
	if (crew_add(s))
		result = SLEEPER_ASLEEP;
	sleepers_unlock();
	return result;
}

void sleepers_cancel_all(struct environment *environment)
{
	struct watch *watch = environment_watch(environment);

	if (watch != NULL)
		watch_remove_all(watch);
	sleepers_lock();
	crews_remove_all(environment);
	environment_notices(environment)->first = NULL;
	sleepers_unlock();
}
