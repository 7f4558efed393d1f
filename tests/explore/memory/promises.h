/* SPDX-License-Identifier: MIT */
/* What promises.c, places.c and offers.c share. */
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

#define PROMISES_EACH 8
#define PLACES 128
#define HELD 64

struct promise {
	struct location *location;
	struct store *store;
	struct store *modified;	/* the one that it modifies, or NULL */
	uint64_t value;
	uint32_t stores;	/* that there were before it */
	uint64_t hash;		/* of them */
	bool late;
};

/* Where a store that comes later may be promised. */
struct place {
	int choice;
	uint32_t events;	/* that came before it */
	uint32_t stores;	/* that there were */
};

struct held {
	int choice, offer;
};

/* A participant's way since it came to run, or since a fence. */
struct stretch {
	bool begun;
	bool stored;		/* since its last place */
	struct place places[PLACES];	/* its beginning first */
	int place_count;
	int least;		/* of them, for what comes next */
	int passed;		/* of them, by a barrier of the compiler */
	int made;		/* promises, at its very beginning */
	struct held held[HELD];	/* offers; when the promises are kept */
	int held_count;
	struct promise promises[PROMISES_EACH];
	int count;
};

/* --- offers.c ------------------------------------------------------------- */

/* The same number for the same. */
int offer_note(const struct offer *o);
const struct offer *offer_numbered(int id);

/* --- places.c ------------------------------------------------------------- */

void stretch_begin(struct stretch *w, int made);
/* A place for what comes later: the number of what is promised there, or 0. */
int stretch_open(struct stretch *w);
/* An acquire of s: what comes behind it is promised where s is. */
void stretch_acquire(struct stretch *w, const struct store *s);
void stretch_offer(struct stretch *w, const struct location *l,
		   enum explore_order order, uint64_t value,
		   const struct store *modified);
/*
 * What is come to while promises are open is promised besides them only if they
 * are kept on the same way: else one store would be promised for ever.
 */
void stretch_offer_held(struct stretch *w);

#endif
