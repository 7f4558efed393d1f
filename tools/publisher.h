/* SPDX-License-Identifier: MIT */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include "input.h"
#include "progress.h"
#include "statistics.h"

#include <disruptor/disruptor.h>

/* From standard input into a ring. */
struct publisher {
	const char *ring;
	struct disruptor *disruptor;
	struct disruptor_producer *producer;
	struct input input;
	struct statistics statistics;
	struct progress progress;
	size_t event_size;
	int64_t batch_max;	/* events of one claim */

	/* Frames. */
	size_t record_size;	/* 0: lines */
	uint32_t stream;
	bool alone;		/* nobody else can publish meanwhile */
	size_t published;	/* bytes of the record that we are in */
};

#define PUBLISH_BATCH_MAX 1024

/* Both publish all of standard input: an exit code. */
int publish_frames(struct publisher *p);
int publish_raw(struct publisher *p);

/*
 * Memory, and the size of a claim, for events with so much of the input each.
 * Twice the largest claim fits into the input's buffer. 0, or an exit code.
 */
int publisher_prepare(struct publisher *p, size_t payload);

/*
 * Waits for room, and claims 1 to n events; if they should stay whole, less
 * than n only after a while. Ends on a signal, or after one in a moment. The
 * count, or minus an exit code.
 */
int64_t publisher_claim(struct publisher *p, int64_t n, bool whole);

/* Claims n events if there is room soon. n, 0, or minus an exit code. */
int64_t publisher_try_claim(struct publisher *p, int64_t n);

/* Publishes the claim, which took so much of the input. */
void publisher_publish(struct publisher *p, int64_t events, size_t bytes);

/* Reads more input: 0, or an exit code. */
int publisher_read(struct publisher *p);

#endif
