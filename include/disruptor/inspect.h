/* SPDX-License-Identifier: MIT */
/* Room R5: inspection. Includes R0, R2 and R4. */
#ifndef DISRUPTOR_INSPECT_H
#define DISRUPTOR_INSPECT_H

#include <disruptor/layout.h>
#include <disruptor/options.h>

/*
 * Looks at a shared ring, live or dead, through a read-only mapping: it cannot
 * disturb it. The numbers of a live ring are read one after the other, not at
 * one instant.
 */

struct disruptor_consumer_info {
	char name[DISRUPTOR_CONSUMER_NAME_SIZE]; /* "": anonymous */
	uint32_t index;		/* of its record */
	uint32_t pid;		/* in its own name space; for people */
	bool alive;		/* its process holds it */
	bool holds;		/* keeps its place when it is gone */
	int64_t sequence;	/* the first that it has not finished */
	int64_t lag;		/* published events that it has not finished */
	uint64_t gaps;		/* that it stepped over */
	uint64_t upstream[DISRUPTOR_CONSUMERS_LIMIT / 64]; /* bit per index */
	int64_t stall_limit_ns;	/* 0: none */
	enum disruptor_on_upstream_lost on_upstream_lost;
	bool upstream_lost;	/* and it fails since then */
};

struct disruptor_producer_info {
	uint32_t index;
	uint32_t pid;
	uint32_t tid;
	bool alive;
	/*
	 * What it may have claimed and not published; equal: nothing. Of one
	 * that died, what it had in hand. Multi producer rings only.
	 */
	int64_t claim_low, claim_high;
	uint64_t abandoned;	/* gaps that producers of this record made */
};

/* Who has claimed a sequence that is not published. */
struct disruptor_holder {
	uint32_t index;		/* of its producer record */
	uint32_t pid, tid;	/* in its own name space; for people */
	int64_t low, high;	/* its claim is no larger than [low, high) */
};

struct disruptor_ring_info {
	uint64_t capacity, event_size, event_stride, total_size;
	uint32_t layout_major, layout_minor;
	enum disruptor_producer_type producer_type;
	enum disruptor_slot_layout slot_layout;
	enum disruptor_wait_strategy wait_strategy;
	uint32_t producers_max, consumers_max;
	char type_name[DISRUPTOR_TYPE_NAME_SIZE];
	uint8_t ring_id[16];
	int64_t created_ns;	/* CLOCK_REALTIME */
	int64_t creator_pid;
	uint32_t mode;		/* permission bits */
	bool closed;
	int64_t first_sequence;
	int64_t claimed;	/* the first sequence that nobody has claimed */
	int64_t published;	/* the first that is not yet published */
	uint64_t recovered;	/* claims of the dead turned into gaps */
	uint64_t evicted;	/* dead consumers taken off the gate */
	uint64_t stalled;	/* consumers taken off for standing still */
	/* Whether a live producer holds the sequence published; and who. */
	bool is_held;
	struct disruptor_holder holder;
	uint32_t producer_count, consumer_count;
	struct disruptor_producer_info *producers;
	struct disruptor_consumer_info *consumers;
};

/* One thing that disruptor_check() found wrong, or that was repaired. */
typedef void (*disruptor_problem_handler)(void *context, const char *problem);

struct disruptor;

DISRUPTOR_BEGIN_DECLS

/*
 * Reads all about a ring. The result is freed by disruptor_inspect_free(),
 * which accepts NULL. NULL with errno as disruptor_attach() has it; EACCES
 * means reading alone. Any thread; allocates and calls the system, waits for
 * nobody.
 */
DISRUPTOR_API struct disruptor_ring_info *disruptor_inspect(const char *name);
DISRUPTOR_API void disruptor_inspect_free(struct disruptor_ring_info *info);

/*
 * Who of the living holds a sequence that somebody waits for: a consumer for
 * disruptor_poller_sequence(poller, 0), all of them for disruptor_published().
 * In a single producer ring whoever has the role, for any sequence that is not
 * published. -ENOENT: nobody, since it is published or a gap, or not claimed,
 * or its claimer died, and then it becomes a gap; -EOPNOTSUPP: a private ring.
 * One that is stopped in the midst of a claim that another one was faster to
 * make may be told instead.
 *
 * Thread safety: any thread. Progress: a system call for each producer record
 * that may hold it.
 */
DISRUPTOR_API int disruptor_find_holder(struct disruptor *disruptor,
					int64_t sequence,
					struct disruptor_holder *holder);

/*
 * Checks a ring's header, sequences, commit words and records against each
 * other, and calls back for each problem, on this thread, with a text that is
 * valid until it returns; a NULL handler only counts. Returns how many, or a
 * negative errno when the file cannot be read as a ring at all (then
 * disruptor_error() says why). A quiet ring is checked exactly; in a busy one
 * only what cannot be explained by motion counts.
 */
DISRUPTOR_API int disruptor_check(const char *name,
				  disruptor_problem_handler handler,
				  void *context);

/*
 * Repairs what can be: claims and consumers of the dead, records, places and
 * links that make no sense; and, when nobody has a producer or consumer of the
 * ring, also its cursor and commit words (what cannot be vouched for becomes a
 * gap). Takes the registry's lock, so that nobody joins meanwhile; never
 * touches what a live participant relies on. Calls back for each thing that
 * was repaired, and returns how many; the handler must not call back into this
 * disruptor, which is locked. Let disruptor_check() say what is left.
 *
 * -EINVAL, -EOPNOTSUPP (a private ring), -EROFS (read_only_events), -ETIMEDOUT
 * (somebody has been joining for seconds), -ECHILD. Thread safety: any thread.
 * Progress: locks, and calls the system.
 */
DISRUPTOR_API int disruptor_repair(struct disruptor *disruptor,
				   disruptor_problem_handler handler,
				   void *context);

DISRUPTOR_END_DECLS

#endif
