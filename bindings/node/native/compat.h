/* SPDX-License-Identifier: MIT */
/*
 * The memory layout and the algorithm of the npm package
 * shared-memory-disruptor, so that its processes and ours share a segment.
 *
 *	0		uint64 consumers[C]	the first that each has not
 *						finished; all ones: ignored
 *	8 C		uint64 cursor		the first not committed
 *	8 C + 8		uint64 next		the first not claimed
 *	8 C + 16	int32  status
 *	8 C + 20	elements
 *
 * Nothing is padded, nothing tells the geometry, and nobody is woken. Segments
 * that we make have a page more, which the original never maps.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include "addon.h"
#include "patience.h"

#define COMPAT_IGNORED UINT64_MAX
#define COMPAT_MAGIC UINT64_C(0x54504d4f43525344) /* "DSRCOMPT" */

struct compat_geometry {
	uint32_t elements, element_size, consumers;
};

/* The page behind the original's bytes. */
struct compat_extension {
	uint64_t magic;
	struct compat_geometry geometry;
	uint32_t signal;	/* see disruptor/wait_strategy.h */
};

/* One mapping of a segment, shared by all of this process that opened it. */
struct segment {
	struct segment *next;
	uint64_t device, inode;
	struct compat_geometry geometry;
	unsigned char *base;
	size_t length;		/* mapped */
	struct compat_extension *extension; /* NULL: the original made it */
	uint32_t references;
};

/* What fails, for the original's messages. */
enum segment_failure {
	SEGMENT_OPEN,
	SEGMENT_SIZE,
	SEGMENT_MAP,
	SEGMENT_GEOMETRY	/* errno means nothing */
};

struct segment *segment_open(const char *name,
			     const struct compat_geometry *geometry, bool init,
			     enum segment_failure *failure);
void segment_hold(struct segment *segment);
void segment_drop(void *segment);
size_t segment_data_offset(const struct compat_geometry *geometry);

/* --- compat.c ----------------------------------------------------------- */

/* Of struct compat.state, which JavaScript reads. */
enum compat_state {
	STATE_CLAIM_START,	/* (1, 0): nothing claimed */
	STATE_CLAIM_END,
	STATE_CONSUME_START,
	STATE_CONSUME_NEXT,	/* 0: nothing consumed */
	STATE_ALL_IGNORING,
	STATE_SLOT,		/* where the last result begins */
	STATE_COUNT
};

struct compat {
	struct segment *segment;	/* NULL: released */
	uint64_t elements;
	uint32_t consumers;
	int64_t me;			/* -1: produces only */
	uint64_t *consumer;		/* the shared words */
	uint64_t *cursor;
	uint64_t *next;
	uint32_t *status;
	double *state;
	napi_ref state_reference;
	uint32_t nobody;		/* the signal where there is none */
	struct patience patience;
};

enum compat_result {
	COMPAT_FULL = -1,	/* or nothing to read yet */
	COMPAT_NO_CONSUMERS = -2,
	COMPAT_RELEASED = -3,
	COMPAT_NOT_A_CONSUMER = -4,
	COMPAT_NOT_CLAIMED = -5
};

/* How many: 0, or a result. partial: as many as fit. */
int64_t compat_claim(struct compat *c, uint64_t count, bool partial);
int64_t compat_commit(struct compat *c, uint64_t start, uint64_t end);
int64_t compat_consume(struct compat *c);
int64_t compat_consume_commit(struct compat *c);
int64_t compat_recover(struct compat *c, uint64_t start, uint64_t end);
void compat_ignore(struct compat *c);
void compat_set_status(struct compat *c, uint32_t status);

/* --- compat_object.c ---------------------------------------------------- */

bool compat_add_methods(napi_env env, napi_value object, struct compat *c);
void compat_leave(struct compat *c);
void compat_destroy(napi_env env, void *data, void *hint);

/* --- compat_wait.c ------------------------------------------------------ */

enum compat_wait {
	WAIT_TO_CONSUME,
	WAIT_TO_CLAIM,		/* count */
	WAIT_TO_CLAIM_SOME,
	WAIT_TO_COMMIT,		/* start */
	WAIT_TO_READ		/* or for a status that is not 0 */
};

struct compat_want {
	enum compat_wait kind;
	uint64_t start, count;
};

/* Nobody is woken if nobody sleeps. After each change of the shared words. */
void compat_signal(struct compat *c);
/*
 * Blocks up to timeout_ns, after waited_ns that it was waited before. Whether
 * it is worth another try.
 */
bool compat_wait(struct compat *c, const struct compat_want *want,
		 int64_t timeout_ns, int64_t waited_ns);
bool compat_is_over(const struct compat *c, const struct compat_want *want);
/* Announces it: where to sleep. */
void compat_announce(struct compat *c, struct disruptor_wait_point *point);
/* A sleeper's look(). */
bool compat_look(struct sleeper *sleeper);

#endif
