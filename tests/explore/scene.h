/* SPDX-License-Identifier: MIT */
/*
 * What the explorer is asked to explore: participants, each a function that
 * uses the library as a program would, and what must hold.
 */
#ifndef EXPLORE_SCENE_H
#define EXPLORE_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENE_PARTICIPANTS 5

struct scene {
	const char *name;
	const char *what;
	/* One thread, before the participants begin. */
	void (*setup)(void);
	void (*participant[SCENE_PARTICIPANTS])(void);
	/* After the last one ended, however it ended. */
	void (*check)(void);
	unsigned int mortal;	/* bit n: participant n may be killed */
	bool strict;		/* a sleep that expires is a lost wake-up */
	/* All wait, nobody was killed: whether n slept through something. */
	bool (*has_missed)(int n);
	bool no_barrier;	/* membarrier(2) is refused */
	bool spurious;		/* a sleep may end for no reason */
	/* Bounds: of the standard set, and of the deep one (-1: none). */
	int deviations, kills;
	int deep_deviations, deep_kills;
	/* Of mutants, whose executions are few; 0: as all others. */
	int mutant_deviations;
	int mutant_runs;
};

extern const struct scene *const scenes[];

/* During setup: what follows belongs to participant n (from 0). */
void scene_act_as(int n);
/* Nothing to do until somebody changes something, or a millisecond passed. */
void scene_wait(void);
/* Must hold; ends the execution if not. */
#define scene_require(condition, ...)                                          \
	do {                                                                   \
		if (!(condition))                                              \
			scene_violated(__VA_ARGS__);                           \
	} while (0)
_Noreturn void scene_violated(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/* Which participant is running (from 0). */
int scene_self(void);
bool scene_is_dead(int n);
bool scene_has_ended(int n);
/* A compiler's barrier, of the scene's own: not one of the ring's orderings. */
void scene_compiler_barrier(void);
/* The newest value of an atomic word, from above: nobody's load. */
uint64_t scene_peek(const int64_t *word);
/* Whether anybody was killed in this execution. */
bool scene_has_deaths(void);
/* What the scene itself remembers: reset for each execution. */
void *scene_memory(size_t size);
void scene_share(const void *memory, size_t size); /* look for races there */

#endif
