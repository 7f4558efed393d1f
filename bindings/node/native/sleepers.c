/* SPDX-License-Identifier: MIT */
#include "addon.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/*
 * A crew is one thread that sleeps on up to PLACES words at once, and on one of
 * its own by which it hears of newcomers. Waiters on the same word share its
 * place, so a process needs a second crew only when it waits on very many
 * rings. Nothing here touches JavaScript, and nobody's thread pool.
 *
 * A word is read only under the lock, and its memory goes away only after
 * sleeper_cancel() has had the lock. The kernel may look at it later: it finds
 * no memory, or another word, and the crew looks again.
 */
#define PLACES (DISRUPTOR_WAIT_POINTS_MAX - 1)

/* A handle of the library: polled ever more seldom, to look after the dead. */
#define TIME_SHORTEST_NS INT64_C(1000000)
#define TIME_LONGEST_NS INT64_C(50000000)
/* The original wakes nobody: looked at after an eighth of the wait again. */
#define LOOK_SHORTEST_NS INT64_C(50000)
#define LOOK_LONGEST_NS INT64_C(10000000)

struct crew {
	struct crew *next;
	uint32_t newcomers;	/* the word of its own */
	struct sleeper *sleepers;
	struct {
		const uint32_t *word;
		uint32_t expected;
		uint32_t shared;
		int sleepers;	/* 0: the place is free */
	} places[PLACES];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct crew *crews;

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

/* --- what JavaScript is told ------------------------------------------------ */

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
	environment_wake(s->environment);
}

struct sleeper *sleepers_take_notice(struct environment *environment,
				     enum notice *notice)
{
	struct notices *notices = environment_notices(environment);
	struct sleeper *s;

	pthread_mutex_lock(&lock);
	s = notices->first;
	if (s != NULL) {
		notices->first = s->next_notice;
		*notice = s->notice;
		s->notice = NOTICE_NONE;
	}
	pthread_mutex_unlock(&lock);
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

/* --- places and crews; the lock is held --------------------------------------- */

static void remove_from_crew(struct sleeper *s)
{
	struct sleeper **link = &s->crew->sleepers;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	s->crew->places[s->place].sleepers--;
	s->crew = NULL;
}

static int find_place(const struct crew *crew, const uint32_t *word)
{
	int i, free_place = -1;

	for (i = 0; i < PLACES; i++) {
		if (crew->places[i].sleepers == 0)
			free_place = free_place < 0 ? i : free_place;
		else if (crew->places[i].word == word)
			return i;
	}
	return free_place;
}

static void add_to_crew(struct crew *crew, struct sleeper *s, int place)
{
	s->crew = crew;
	s->place = place;
	s->next = crew->sleepers;
	crew->sleepers = s;
	crew->places[place].word = s->point.word;
	crew->places[place].shared = s->point.shared;
	crew->places[place].sleepers++;
	disruptor_fetch_add_u32(&crew->newcomers, 1);
	disruptor_wake_waiters(&crew->newcomers, false);
}

/* --- the sleeping thread -------------------------------------------------------- */

static bool has_moved(const struct sleeper *s)
{
	return disruptor_load_acquire_u32(s->point.word) != s->point.expected;
}

/* Who is due within a quarter of the period is told now: fewer wakes. */
static bool is_due(const struct sleeper *s, int64_t now)
{
	int64_t slack = clamp((now - s->began) / 4, 0, TIME_LONGEST_NS / 4);

	return now >= s->due - (s->look == NULL ? slack : 0);
}

static void attend(struct sleeper *s, int64_t now)
{
	bool moved = has_moved(s);

	if (!moved && !is_due(s, now))
		return;
	if (s->look != NULL)
		moved = s->look(s);
	if (moved) {
		remove_from_crew(s);
		post(s, NOTICE_MOVED);
		return;
	}
	schedule(s, now);
	if (s->look == NULL)
		post(s, NOTICE_TIME);
}

/* Attends to all; when the next is due. */
static int64_t attend_all(struct crew *crew)
{
	int64_t now = now_ns(), due = INT64_MAX;
	struct sleeper *s, *next;

	for (s = crew->sleepers; s != NULL; s = next) {
		next = s->next;
		attend(s, now);
		if (s->crew == NULL)
			continue;
		crew->places[s->place].expected = s->point.expected;
		if (s->due < due)
			due = s->due;
	}
	return due;
}

static int collect(const struct crew *crew, struct disruptor_wait_point *points)
{
	int i, n = 0;

	points[n++] = (struct disruptor_wait_point){ &crew->newcomers,
						     crew->newcomers, 0 };
	for (i = 0; i < PLACES; i++)
		if (crew->places[i].sleepers != 0)
			points[n++] = (struct disruptor_wait_point){
				crew->places[i].word, crew->places[i].expected,
				crew->places[i].shared
			};
	return n;
}

static void *stand_watch(void *argument)
{
	struct disruptor_wait_point points[DISRUPTOR_WAIT_POINTS_MAX];
	struct crew *crew = argument;
	int64_t due, now;
	int n;

	for (;;) {
		pthread_mutex_lock(&lock);
		due = attend_all(crew);
		n = collect(crew, points);
		pthread_mutex_unlock(&lock);
		now = now_ns();
		if (due == INT64_MAX)
			disruptor_wait_any(points, n, -1);
		else
			disruptor_wait_any(points, n, due > now ? due - now : 0);
	}
	return NULL;
}

/* Signals are for the program's own threads. */
static bool start(struct crew *crew)
{
	pthread_attr_t attributes;
	sigset_t all, old;
	pthread_t thread;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&thread, &attributes, stand_watch, crew);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attributes);
	return error == 0;
}

static struct crew *hire(void)
{
	struct crew *crew = calloc(1, sizeof(*crew));

	if (crew == NULL)
		return NULL;
	if (!start(crew)) {
		free(crew);
		return NULL;
	}
	crew->next = crews;
	crews = crew;
	return crew;
}

/* --- what others call -------------------------------------------------------------- */

static bool place_in_a_crew(struct sleeper *s)
{
	struct crew *crew;
	int place = -1;

	for (crew = crews; crew != NULL; crew = crew->next) {
		place = find_place(crew, s->point.word);
		if (place >= 0)
			break;
	}
	if (crew == NULL) {
		crew = hire();
		place = 0;
	}
	if (crew == NULL)
		return false;
	add_to_crew(crew, s, place);
	return true;
}

bool sleeper_register(struct sleeper *s)
{
	int64_t now = now_ns();
	bool placed;

	pthread_mutex_lock(&lock);
	if (s->crew != NULL)
		remove_from_crew(s);
	withdraw(s);
	s->began = now;
	schedule(s, now);
	placed = place_in_a_crew(s);
	pthread_mutex_unlock(&lock);
	return placed;
}

void sleeper_cancel(struct sleeper *s)
{
	pthread_mutex_lock(&lock);
	if (s->crew != NULL)
		remove_from_crew(s);
	withdraw(s);
	pthread_mutex_unlock(&lock);
}

void sleepers_cancel_all(struct environment *environment)
{
	struct sleeper *s, *next;
	struct crew *crew;

	pthread_mutex_lock(&lock);
	for (crew = crews; crew != NULL; crew = crew->next)
		for (s = crew->sleepers; s != NULL; s = next) {
			next = s->next;
			if (s->environment == environment)
				remove_from_crew(s);
		}
	environment_notices(environment)->first = NULL;
	pthread_mutex_unlock(&lock);
}
