/* SPDX-License-Identifier: MIT */
/* Which instructions of what was recorded are tried, and by which run. */
#ifndef CRASH_SCHEDULE_H
#define CRASH_SCHEDULE_H

#include "step.h"

static inline int64_t step_setting(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoll(text, NULL, 10) : otherwise;
}

/* SHARD=2/20: whether what comes next is not for the second of twenty runs. */
static inline bool step_is_others_part(void)
{
	static int64_t turn;
	const char *text = getenv("SHARD");
	int64_t part, parts;

	if (text == NULL || *text == '\0')
		return false;
	CHECK_EQ(sscanf(text, "%" SCNd64 "/%" SCNd64, &part, &parts), 2);
	CHECK(1 <= part && part <= parts);
	return turn++ % parts != part - 1;
}

/*
 * Which instructions to try: each thin-th of the points, and each stride-th of
 * all (0: none of those). THIN and STRIDE in the environment come first.
 */
#define SCHEDULE_LONG 1500 /* instructions */

struct schedule {
	int64_t length, stride, thin;
	int64_t next_step;
	uint32_t points, next_point;
	int64_t point[STEP_POINTS];
};

static inline void schedule_make(struct schedule *schedule,
				 const struct step *recorded, int64_t thin)
{
	/* Which of those that are thinned out is another one each time. */
	static uint32_t turn;

	CHECK(recorded->over && recorded->points < STEP_POINTS);
	schedule->length = recorded->count;
	schedule->stride = step_setting("STRIDE", 0);
	schedule->thin =
		step_setting("THIN", scaled(thin) == thin ? thin : thin * 4);
	schedule->points = recorded->points;
	schedule->next_point = turn++ % (uint32_t)schedule->thin;
	schedule->next_step = schedule->stride > 0 ? 0 : INT64_MAX;
	memcpy(schedule->point, recorded->point, sizeof(schedule->point));
}

/*
 * For the full form: all instructions of what is not long, and of what is, each
 * so many'th, others each time.
 */
static inline void schedule_fill(struct schedule *schedule, int64_t longer)
{
	static int64_t turn;

	if (schedule->stride != 0)
		return; /* by the environment */
	schedule->stride = schedule->length <= SCHEDULE_LONG ? 1 : longer;
	schedule->next_step = turn++ % schedule->stride;
}

/* The next one, or -1. */
static inline int64_t schedule_next(struct schedule *s)
{
	int64_t point = s->next_point < s->points ? s->point[s->next_point] :
						    INT64_MAX;
	int64_t next = point < s->next_step ? point : s->next_step;

	if (next > s->length)
		return -1;
	if (next == point)
		s->next_point += (uint32_t)s->thin;
	if (next == s->next_step)
		s->next_step += s->stride;
	return next;
}

#endif
