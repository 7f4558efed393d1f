/* SPDX-License-Identifier: MIT */
#ifndef SUBSCRIBER_H
#define SUBSCRIBER_H

#include "output.h"
#include "progress.h"
#include "statistics.h"
#include "waiting.h"

#include <disruptor/disruptor.h>

/*
 * From a ring to standard output. An event counts as done only when its bytes
 * are out, so that a named consumer, killed at any moment, resumes without a
 * loss.
 */
struct subscriber {
	const char *ring;
	uint8_t ring_id[16];
	struct disruptor *disruptor;
	struct disruptor_poller *poller;
	struct output output;
	struct statistics statistics;
	struct progress progress;
	uint64_t count_max;	/* records; 0: no limit */
	int64_t timeout_ns;	/* without an event; negative: none */
	bool resumed;		/* a named consumer that came back */

	/* Takes ready events up to the n-th; 0, or an exit code. */
	int (*take)(struct subscriber *s, int64_t n);
	size_t event_size;
	int64_t batch_max;	/* events between two writes */
	int64_t seen;		/* ready events that were taken */
	uint64_t *marks;	/* output.taken behind each of them */
	bool marked;		/* marks hold for all that were seen */
	int64_t expected;	/* next sequence, if there is no gap */
	int64_t now;
	int64_t active;		/* when the last event came */
	int64_t patience;	/* after a signal: until when; 0: none yet */

	/* Frames: the record that is on its way out. */
	bool open;
	uint32_t stream;
	int64_t stream_active;	/* when its last frame came */
	int64_t stream_checked;	/* when its publisher was looked after */
	struct waiting waiting;
};

/* Runs until the stream ends, or something else does: an exit code. */
int subscriber_run(struct subscriber *s);

static inline bool subscriber_done(const struct subscriber *s)
{
	return s->count_max != 0 && s->statistics.records >= s->count_max;
}

/* The i-th ready event is taken: all its bytes are in the output. */
static inline void subscriber_mark(struct subscriber *s, int64_t i)
{
	if (i < s->batch_max)
		s->marks[i] = s->output.taken;
	else
		s->marked = false;
}

/* subscribe_frames.c */
int frames_take(struct subscriber *s, int64_t n);
/* If its publisher died in a record, those who wait for its end go on. */
void frames_look_after(struct subscriber *s);
/* At the end: puts out what is still in memory. */
void frames_finish(struct subscriber *s);

/* subscribe_raw.c */
int raw_take(struct subscriber *s, int64_t n);

#endif
