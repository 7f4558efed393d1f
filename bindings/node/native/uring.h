/* SPDX-License-Identifier: MIT */
/*
 * An io_uring that sleeps on futexes (Linux 6.7) and for a time, so that an event
 * loop can: its descriptor is readable when one of them is over. Plain system
 * calls. Used by one thread.
 */
#ifndef URING_H
#define URING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uring {
	int descriptor;
	void *rings;
	size_t rings_length;
	void *entries;
	size_t entries_length;
	uint32_t *submit_tail, *submit_mask, *flags;
	uint32_t *complete_head, *complete_tail, *complete_mask;
	const void *completions;
};

/* False: this kernel, or this sandbox, has none that does it. */
bool uring_open(struct uring *uring);
void uring_close(struct uring *uring);

/*
 * Each ends with one completion that carries its tag, and none of them blocks.
 * False: not begun.
 */
bool uring_futex_wait(struct uring *uring, const uint32_t *word,
		      uint32_t expected, bool shared, uint64_t tag);
/* Of CLOCK_MONOTONIC. */
bool uring_time(struct uring *uring, int64_t at_ns, uint64_t tag);
/* Completes only if there is no such time any more. */
bool uring_change_time(struct uring *uring, int64_t at_ns, uint64_t time_tag,
		       uint64_t tag);
bool uring_cancel(struct uring *uring, uint64_t cancelled_tag, uint64_t tag);

/* The next completion. False: none. */
bool uring_take(struct uring *uring, uint64_t *tag);

#endif
