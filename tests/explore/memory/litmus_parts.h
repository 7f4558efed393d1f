/* SPDX-License-Identifier: MIT */
/* What the parts of litmus tests are made of. */
#ifndef EXPLORE_LITMUS_PARTS_H
#define EXPLORE_LITMUS_PARTS_H

#include "litmus.h"

enum {
	RLX = EXPLORE_RELAXED,
	ACQ = EXPLORE_ACQUIRE,
	REL = EXPLORE_RELEASE,
	AR = EXPLORE_ACQ_REL,
	SC = EXPLORE_SEQ_CST,
	NONE			/* no fence */
};

struct litmus_words {
	uint64_t x, y, z;
};
extern struct litmus_words *words;
extern int result[LITMUS_REGISTERS];
/* Of the variant under test: stores, loads, fences of the first two. */
extern int store_order, load_order, fence_order, other_fence;

struct explore_site *litmus_site(int order);
int load(uint64_t *p);
int load_as(uint64_t *p, int order);
void store(uint64_t *p, uint64_t value);
void store_as(uint64_t *p, uint64_t value, int order);
/* What it found. */
int add(uint64_t *p, int order);
int swap_if(uint64_t *p, uint64_t expected, uint64_t value, int order);
void fence(int order);
void compiler_barrier(void);

/* Parts that more than one file has. */
void lb_0(void);
void lb_1(void);
void lb_copy_1(void);
void lb_fence_0(void);
void lb_fence_1(void);
void final_xy(void);

#define SB_ALL "00 01 10 11"
#define SB_SC "01 10 11"
#define LB_NO "00 01 10"

#endif
