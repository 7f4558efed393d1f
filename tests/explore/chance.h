/* SPDX-License-Identifier: MIT */
/* Chance that repeats: splitmix64 (Steele, Lea and Flood, OOPSLA 2014). */
#ifndef EXPLORE_CHANCE_H
#define EXPLORE_CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t state;
};

static inline uint64_t chance_next(struct chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* From 0 to n - 1. */
static inline int chance_below(struct chance *c, int n)
{
	return (int)(chance_next(c) % (uint64_t)n);
}

#endif
