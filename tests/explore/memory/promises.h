/* SPDX-License-Identifier: MIT */
/* What promises.c and offers.c share. */
#ifndef EXPLORE_PROMISES_H
#define EXPLORE_PROMISES_H

#include "memory.h"

/* A store that somebody may make ahead. */
struct offer {
	uintptr_t address;
	size_t size;
	bool modifies;
	uint64_t found;		/* what it modifies */
	uint64_t value;
	bool late;		/* behind a barrier of the compiler */
};

/* The same number for the same. */
int offer_note(const struct offer *o);
const struct offer *offer_numbered(int id);

#endif
