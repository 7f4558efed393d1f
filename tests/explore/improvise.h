/* SPDX-License-Identifier: MIT */
/*
 * Improvised scenes: a number stands for a ring and for what each participant
 * does with it, in an order that nobody thought of.
 */
#ifndef EXPLORE_IMPROVISE_H
#define EXPLORE_IMPROVISE_H

#include "scene.h"

#define IMPROVISED_PARTS 4
#define IMPROVISED_STEPS 5

enum improvised_step {
	STEP_NONE,
	STEP_PUBLISH,		/* if there is room */
	STEP_PUBLISH_TWO,
	STEP_GIVE_UP,		/* a claim */
	STEP_TAKE,		/* what is ready */
	STEP_CONSUME,		/* until all producers have ended */
	STEP_JOIN,		/* again, at the next event */
	STEP_JOIN_OLDEST,
	STEP_FOLLOW,		/* joins behind part 1 */
	STEP_LEAVE,
	STEP_RECOVER,		/* as who waits for a claim does */
	STEP_CLOSE,
	/* Of lively ones. */
	STEP_PUBLISH_WAITING,	/* for room, a while */
	STEP_WAIT,		/* for an event, and takes it */
	STEP_CONSUME_WAITING,	/* as STEP_CONSUME, asleep */
	STEP_STAND,		/* still, for some milliseconds */
	STEP_REMOVE,		/* part 1's place, if it left or died */
	STEP_HALT,		/* the process */
	STEP_COUNT
};

enum improvised_part { PART_PRODUCER, PART_CONSUMER, PART_VISITOR };

struct improvisation {
	bool shared, multi, stamped;
	/* They wait, halt, stand still and are evicted. */
	bool lively, no_barrier;
	int capacity;
	int count;		/* of parts */
	struct {
		enum improvised_part part;
		bool is_there;	/* from the beginning */
		bool follows;	/* part 1 */
		bool is_mortal;
		bool has_limit;	/* to standing still */
		enum improvised_step steps[IMPROVISED_STEPS];
	} parts[IMPROVISED_PARTS];
};

/* scenes_improvised.c; parts and bounds are the improvisation's. */
extern struct improvisation improvisation;
extern const struct scene scene_improvised;

/* scenes_improvised_waits.c: of lively ones. */
void improvised_publish_waiting(void);
void improvised_wait(void);
void improvised_stand(void);
void improvised_remove(void);
void improvised_halt(void);
void improvised_close(void);
/* Its place was taken from it, whether it knows or not. */
bool improvised_is_evicted(int n);
void improvised_waits_setup(void);
bool improvised_has_missed(int n);

/* improvise.c */
const struct scene *improvise(uint64_t number);
void improvise_print(void);
/* Some, from a number on; how many were violated. */
int improvise_run(int count, uint64_t number);

#endif
