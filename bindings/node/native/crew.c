/* SPDX-License-Identifier: MIT */
#include "sleeper.h"
#include "addon.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/*
 * A crew is one thread that sleeps on up to PLACES words at once, and on one of
 * its own by which it hears of newcomers. Waiters on the same word share its
 * place, so a process needs a second crew only when it waits on very many
 * rings. Nothing here touches JavaScript, and nobody's thread pool.
 */
#define PLACES (DISRUPTOR_WAIT_POINTS_MAX - 1)

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

static struct crew *crews;

/* --- places; the lock is held --------------------------------------------- */

void crew_remove(struct sleeper *s)
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

static void seat(struct crew *crew, struct sleeper *s, int place)
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

/* --- the sleeping thread -------------------------------------------------- */

/* Attends to all; when the next is due. */
static int64_t attend_all(struct crew *crew)
{
	int64_t now = now_ns(), due = INT64_MAX;
	struct sleeper *s, *next;

	for (s = crew->sleepers; s != NULL; s = next) {
		next = s->next;
		if (sleeper_attend(s, now)) {
			crew_remove(s);
			continue;
		}
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
		sleepers_lock();
		due = attend_all(crew);
		n = collect(crew, points);
		sleepers_unlock();
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

/* --- coming and going; the lock is held ----------------------------------- */

bool crew_add(struct sleeper *s)
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
	seat(crew, s, place);
	return true;
}

void crews_remove_all(const struct environment *environment)
{
	struct sleeper *s, *next;
	struct crew *crew;

	for (crew = crews; crew != NULL; crew = crew->next)
		for (s = crew->sleepers; s != NULL; s = next) {
			next = s->next;
			if (s->environment == environment)
				crew_remove(s);
		}
}
