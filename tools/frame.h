/* SPDX-License-Identifier: MIT */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>
#include <string.h>

/*
 * What an event holds in a ring that the command made: a header, then data. A
 * record (a line with its newline, or a fixed number of bytes) is one frame or
 * several. Frames of one record keep their order; frames of other publishers
 * may stand between them. Rings of another type hold bare records instead.
 */
#define FRAME_TYPE "disruptor.frames"

struct frame {
	uint32_t stream;	/* who publishes; see below */
	uint32_t length;	/* of the data; FRAME_FIRST, FRAME_LAST */
	int64_t published_ns;	/* CLOCK_MONOTONIC */
};

#define FRAME_FIRST UINT32_C(0x80000000)	/* a record begins */
#define FRAME_LAST UINT32_C(0x40000000)		/* and ends */
#define FRAME_LENGTH UINT32_C(0x3fffffff)

_Static_assert(sizeof(struct frame) == 16, "frame");

/* The smallest event that has room for data. */
#define FRAME_EVENT_MIN (sizeof(struct frame) + 1)

/*
 * A stream is the publisher's producer record in the ring, by which its life
 * can be looked up, and a random number, by which two that had the same record
 * one after the other differ.
 */
#define FRAME_NOBODY 255	/* producer record unknown */

static inline uint32_t frame_stream(uint32_t producer, uint32_t random)
{
	return producer << 24 | (random & 0xffffff);
}

static inline uint32_t frame_producer(uint32_t stream)
{
	return stream >> 24;
}

/* An event may have any size, so a frame any alignment. */
static inline struct frame frame_load(const void *event)
{
	struct frame frame;

	memcpy(&frame, event, sizeof(frame));
	return frame;
}

#endif
