/* SPDX-License-Identifier: MIT */
/*
 * A storm of kills over one ring: who takes part, and what they share. Each
 * role lives until it is killed, and is born again at once; the witnesses and
 * one producer survive, and what they see is held against the books.
 *
 *	producer "p"	0 … 2	slot i of the book, a life for each birth
 *	survivor	slot 3, multi producer rings only
 *	named		"n0", "n1" after "w0": they resume
 *	anonymous	one by itself, one after "n1"
 *	attacher	attaches, joins, claims, leaves
 *	creator		makes and removes another ring
 *	witness		"w0", "w1" after "n0"
 */
#ifndef CRASH_STORM_H
#define CRASH_STORM_H

#include "books.h"

#define STORM_PRODUCERS 3 /* that are killed */
#define STORM_SURVIVOR 3  /* slot of the one that is not */
#define STORM_NAMED 2
#define STORM_WITNESSES 2
#define STORM_STUCK_NS (INT64_C(30000) * MS)

enum role_kind { PRODUCES, NAMED, ANONYMOUS, ATTACHES, CREATES, ROLE_KINDS };

static const char *const role_kinds[] TEST_UNUSED = { "producers", "named",
						      "anonymous", "attachers",
						      "creators" };

/* Where a named consumer is: written beside the last entry, then valid. */
struct journal_entry {
	int64_t sequence; /* that it is through with; -1: being written */
	struct reader reader;
};

struct storm {
	struct book book;
	char name[RING_NAME_SIZE];
	char other[RING_NAME_SIZE];
	bool multi;
	bool idle; /* producers rest, so that consumers sleep */
	int64_t batch;
	uint32_t stop;
	uint32_t joined[STORM_NAMED + STORM_WITNESSES];
	uint32_t lives[BOOK_SLOTS];
	struct journal_entry journal[STORM_NAMED][2];
};

struct role {
	struct storm *storm;
	enum role_kind kind;
	uint32_t index;
	uint32_t life;
};

static inline bool storm_is_over(const struct storm *storm)
{
	return disruptor_load_acquire_u32(&storm->stop) != 0;
}

static inline void storm_stuck(struct storm *storm, const char *who,
			       uint32_t index)
{
	disruptor_fetch_add_i64(&storm->book.tally.stuck, 1);
	fprintf(stderr, "stuck: %s %u (%s)\n", who, index, test_where);
}

static inline void storm_rest(uint64_t *random, uint64_t one_in, uint64_t us)
{
	if (test_random(random) % one_in == 0)
		usleep((useconds_t)(test_random(random) % us));
}

static inline uint64_t storm_seed(const struct role *role)
{
	return ((uint64_t)role->life << 16) + role->index * 257 +
	       (uint64_t)role->kind + 1;
}

#endif
