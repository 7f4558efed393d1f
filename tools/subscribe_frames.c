/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "frame.h"
#include "message.h"
#include "subscriber.h"

#include <errno.h>

/*
 * Records go out whole: while one is on its way out in parts, frames of other
 * publishers wait in memory. Most records are published in one piece and pass
 * straight through, and so does all that a single publisher sends.
 */
#define QUIET_NS 100000000	/* before we ask whether a publisher lives */
#define GONE_NS 1000000000	/* when nobody can tell */

static void release_waiting(struct subscriber *s)
{
	struct waiting_record *record;
	const char *data;
	size_t length;

	while (!subscriber_done(s) &&
	       (data = waiting_take(&s->waiting, &length)) != NULL) {
		output_put(&s->output, data, length);
		s->statistics.records++;
	}
	if (subscriber_done(s))
		return;
	record = waiting_take_incomplete(&s->waiting);
	if (record == NULL)
		return;
	if (record->bytes.length != 0)
		output_put(&s->output, record->bytes.data,
			   record->bytes.length);
	s->open = true;
	s->stream = record->stream;
	s->stream_active = s->now;
	waiting_free(record);
}

static void abandon(struct subscriber *s)
{
	s->statistics.torn++;
	s->open = false;
	release_waiting(s);
}

/* A publisher has ended when another one has its place in the ring. */
static bool replaces(uint32_t stream, uint32_t former)
{
	return stream != former && frame_producer(stream) != FRAME_NOBODY &&
	       frame_producer(stream) == frame_producer(former);
}

static int refuse_frame(struct subscriber *s)
{
	complain(s->ring, "event %lld holds no frame: a program that does not "
			  "know them published it; create the ring anew with "
			  "--type and --event-size for such programs",
		 (long long)disruptor_poller_sequence(s->poller, s->seen));
	return EXIT_FAILED;
}

static int wait_for_turn(struct subscriber *s, struct frame frame,
			 const void *data)
{
	int64_t sequence = disruptor_poller_sequence(s->poller, s->seen);
	int error = waiting_frame(&s->waiting, &frame, data, sequence);

	if (error == -ENOENT && s->resumed) {
		/* Its beginning went out before we came back. */
		frame.length |= FRAME_FIRST;
		error = waiting_frame(&s->waiting, &frame, data, sequence);
	}
	if (error == -ENOENT)
		s->statistics.skipped++;
	if (error != -ENOMEM)
		return 0;
	complain(s->ring, "no memory for the records that wait for the end of "
			  "a long one; free some, and subscribe again");
	return EXIT_FAILED;
}

static void pass(struct subscriber *s, const struct frame *frame,
		 const void *data)
{
	if (s->open && (frame->length & FRAME_FIRST))
		s->statistics.torn++;
	output_put(&s->output, data, frame->length & FRAME_LENGTH);
	if (frame->length & FRAME_LAST) {
		s->statistics.records++;
		if (!s->open)
			return;
		s->open = false;
		release_waiting(s);
		return;
	}
	s->open = true;
	s->stream = frame->stream;
	s->stream_active = s->now;
}

static int take_one(struct subscriber *s, const struct frame *frame,
		    const void *data)
{
	if (s->open && replaces(frame->stream, s->stream))
		abandon(s);
	if (s->open && frame->stream != s->stream)
		return wait_for_turn(s, *frame, data);
	if (!s->open && !(frame->length & FRAME_FIRST) && !s->resumed)
		s->statistics.skipped++;
	else
		pass(s, frame, data);
	return 0;
}

int frames_take(struct subscriber *s, int64_t n)
{
	bool timed = s->statistics.latency != NULL;
	int code;

	while (s->seen < n && !subscriber_done(s)) {
		const char *event = disruptor_poller_event(s->poller, s->seen);
		struct frame frame = frame_load(event);

		if ((frame.length & FRAME_LENGTH) >
		    s->event_size - sizeof(frame))
			return refuse_frame(s);
		code = take_one(s, &frame, event + sizeof(frame));
		if (code != 0)
			return code;
		if (timed)
			statistics_event(&s->statistics, frame.published_ns,
					 s->now);
		s->statistics.events++;
		subscriber_mark(s, s->seen++);
	}
	return 0;
}

static bool publisher_lives(const struct subscriber *s)
{
	struct disruptor_ring_info *info = disruptor_inspect(s->ring);
	uint32_t producer = frame_producer(s->stream), i;
	bool lives = false;

	/* The ring's name is gone, or another ring has it now. */
	if (info == NULL || memcmp(info->ring_id, s->ring_id, 16) != 0)
		lives = s->now - s->stream_active < GONE_NS;
	else
		for (i = 0; i < info->producer_count && !lives; i++)
			lives = info->producers[i].alive &&
				(producer == FRAME_NOBODY ||
				 producer == info->producers[i].index);
	disruptor_inspect_free(info);
	return lives;
}

void frames_look_after(struct subscriber *s)
{
	if (!s->open || waiting_sequence(&s->waiting) == INT64_MAX ||
	    s->now - s->stream_active < QUIET_NS ||
	    s->now - s->stream_checked < QUIET_NS)
		return;
	s->stream_checked = s->now;
	if (!publisher_lives(s))
		abandon(s);
}

void frames_finish(struct subscriber *s)
{
	while (waiting_sequence(&s->waiting) != INT64_MAX &&
	       !subscriber_done(s))
		abandon(s);
}
