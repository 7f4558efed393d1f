/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_RANDOM_H
#define EXPLORE_RANDOM_H

#include <stdint.h>

/* How many of so many programs have other outcomes than they must have. */
int random_run(uint64_t count, uint64_t seed);

#endif
