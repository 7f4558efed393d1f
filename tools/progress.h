/* SPDX-License-Identifier: MIT */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A line on standard error that says how far a transfer is: only on a terminal,
 * where the data (standard input or output) are not, and only for one that
 * takes more than a second.
 */
struct progress {
	bool wanted;
	bool shown;
	int64_t began;	/* at the first byte; 0: not yet */
	int64_t next;	/* when to show it again */
};

void progress_open(struct progress *p, int data_fd);
void progress_update(struct progress *p, uint64_t bytes, int64_t now);
/* Takes the line away. */
void progress_close(struct progress *p);

#endif
