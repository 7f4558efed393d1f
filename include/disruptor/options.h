/* SPDX-License-Identifier: MIT */
/* Room R4: options. Includes R0 and R2. */
#ifndef DISRUPTOR_OPTIONS_H
#define DISRUPTOR_OPTIONS_H

#include <disruptor/compiler.h>
#include <disruptor/wait_strategy.h>

/*
 * Configuration is a struct that begins with its own size; a field of zero
 * means its default. A library that is older than the caller refuses non-zero
 * bytes that it does not know (-E2BIG), one that is newer takes what is missing
 * as zero. In C the macros fill the size; in C++ zero the struct and set it.
 */

enum disruptor_producer_type {
	DISRUPTOR_SINGLE_PRODUCER = 0,	/* the default */
	DISRUPTOR_MULTI_PRODUCER = 1
};

enum disruptor_slot_layout {
	DISRUPTOR_SLOTS_DEFAULT = 0,	/* packed */
	/* Events side by side: throughput, and runs of events as arrays. */
	DISRUPTOR_SLOTS_PACKED = 1,
	/* Each event and its commit word on one line: the lowest latency. */
	DISRUPTOR_SLOTS_STAMPED = 2
};

struct disruptor_options {
	size_t size;
	size_t event_size;	/* bytes, 1 to 2^30; required */
	size_t capacity;	/* events, 1 to 2^36, rounded up to a power of
				 * two; required */
	enum disruptor_producer_type producer_type;
	/* What handles get that name no strategy of their own. */
	enum disruptor_wait_strategy wait_strategy;
	enum disruptor_wait_strategy wait_fallback; /* _PHASED; _BLOCKING */
	int64_t wait_spin_ns;	/* under 500: none; 0: the default */
	int64_t wait_yield_ns;	/* yielding, before the next phase */
	int64_t wait_sleep_ns;	/* one nap of _SLEEPING; 100 µs. A nap is not
				 * woken, so none is longer than 10 ms */
	uint32_t consumers_max;	/* 1 to 256; 64 */
	uint32_t producers_max;	/* 1 to 256, multi producer only; 64 */
	enum disruptor_slot_layout slot_layout;
	uint32_t mode;		/* permission bits of a shared ring; 0600 */
	bool huge_pages;	/* ask for them; never an error */
	const char *type_name;	/* of the event, up to 63 bytes; for people,
				 * and compared when a ring is attached with
				 * disruptor_attach_opts() */
	int64_t first_sequence;	/* of the first event; 0 */
	bool read_only_events;	/* attaching only: events and commit words are
				 * mapped read-only, for consumers */
	uint32_t trust;		/* attaching only: DISRUPTOR_TRUST_…, or'ed */
};

/*
 * Whose rings to attach to. By default those of this user and of root, as long
 * as nobody may write to the file whom its creator did not let in by mode.
 */
#define DISRUPTOR_TRUST_ANY_OWNER 1u	/* of another user, too */
#define DISRUPTOR_TRUST_ANY_MODE 2u	/* whoever may write to it by now */

/* Where a new consumer begins. A named one that comes back resumes instead. */
enum disruptor_start_at {
	DISRUPTOR_START_NEXT = 0,	/* what is published from now on */
	/* The oldest event that no producer can overwrite any more. */
	DISRUPTOR_START_OLDEST = 1
};

/*
 * What a consumer does when one that it follows is lost: died, or evicted. (One
 * that leaves without keeping its place, or is removed, is stepped over.)
 */
enum disruptor_on_upstream_lost {
	/*
	 * As the lost one has it: wait as long as its place is kept, go on with
	 * those whom it followed when it is evicted.
	 */
	DISRUPTOR_UPSTREAM_DEFAULT = 0,
	/*
	 * Go on at once, as if it were done with everything. If it resumes it
	 * is followed again: then it is waited for until it has caught up.
	 */
	DISRUPTOR_UPSTREAM_PASS = 1,
	/*
	 * Wait where the lost one stopped, and with it the producers: it is not
	 * evicted, with or without a name, alive or dead, until it resumes,
	 * disruptor_remove_consumer() gives it up, or this consumer goes.
	 */
	DISRUPTOR_UPSTREAM_HOLD = 2,
	/*
	 * Polls return -EOWNERDEAD when they reach what it has not done: until
	 * it resumes if its place is kept, for good if it was evicted.
	 */
	DISRUPTOR_UPSTREAM_FAIL = 3
};

struct disruptor_poller_options {
	size_t size;
	const char *name;	/* up to 63 bytes, resumes; NULL: anonymous */
	const char *const *upstream; /* NULL-terminated names to follow */
	enum disruptor_start_at start;
	enum disruptor_wait_strategy wait_strategy; /* 0: the ring's, with */
	enum disruptor_wait_strategy wait_fallback; /* all of its times */
	int64_t wait_spin_ns;	/* under 500: none; 0: the default */
	int64_t wait_yield_ns;
	int64_t wait_sleep_ns;
	int64_t batch_max;	/* events that one poll returns; 0: no limit
				 * of its own */
	/*
	 * A producer that waits for this consumer may evict it when it has not
	 * advanced for so long although events were ready; then polls return
	 * -ESTALE. Up to an hour, in microseconds and never rounded down; 0:
	 * never. Dead or alive, with a name or without.
	 */
	int64_t stall_limit_ns;
	enum disruptor_on_upstream_lost on_upstream_lost;
};

struct disruptor_producer_options {
	size_t size;
	enum disruptor_wait_strategy wait_strategy; /* 0: the ring's, with */
	enum disruptor_wait_strategy wait_fallback; /* all of its times */
	int64_t wait_spin_ns;	/* under 500: none; 0: the default */
	int64_t wait_yield_ns;
	int64_t wait_sleep_ns;
};

#ifndef __cplusplus
#define DISRUPTOR_OPTIONS(...)                                                 \
	(&(struct disruptor_options){ .size = sizeof(struct disruptor_options),\
				      __VA_ARGS__ })
#define DISRUPTOR_POLLER_OPTIONS(...)                                          \
	(&(struct disruptor_poller_options){                                   \
		.size = sizeof(struct disruptor_poller_options), __VA_ARGS__ })
#define DISRUPTOR_PRODUCER_OPTIONS(...)                                        \
	(&(struct disruptor_producer_options){                                 \
		.size = sizeof(struct disruptor_producer_options),             \
		__VA_ARGS__ })
#endif

#endif
