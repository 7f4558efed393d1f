/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "frame.h"
#include "publisher.h"
#include "units.h"

#include <string.h>

/*
 * One claim takes whole records, as many as there are, or a part of one that is
 * longer than a claim may be. So but for long ones a record's frames lie side
 * by side in the ring, whoever else publishes.
 *
 * What has been read is published at once, with one exception: where others
 * publish too, the beginning of a record waits for its end. No subscriber could
 * write it out before.
 */
struct piece {
	uint32_t length;
	bool last;	/* its record ends with it */
};

struct plan {
	int64_t events;
	size_t bytes;
	size_t count;
	struct piece pieces[PUBLISH_BATCH_MAX];
};

static size_t payload_of(const struct publisher *p)
{
	return p->event_size - sizeof(struct frame);
}

static int64_t events_of(const struct publisher *p, size_t length)
{
	return (int64_t)((length + payload_of(p) - 1) / payload_of(p));
}

/* What of data belongs to the record of which so much is published. */
static struct piece find_piece(const struct publisher *p, const char *data,
			       size_t length, size_t published)
{
	const char *newline;
	size_t left;

	if (p->record_size != 0) {
		left = p->record_size - published;
		return (struct piece){
			(uint32_t)(left < length ? left : length),
			left <= length
		};
	}
	newline = memchr(data, '\n', length);
	if (newline == NULL)
		return (struct piece){ (uint32_t)length, false };
	return (struct piece){ (uint32_t)(newline - data) + 1, true };
}

/* Plans a claim for what the input holds; at its end for all of it. */
static void make_plan(const struct publisher *p, struct plan *plan, bool ended)
{
	size_t limit = (size_t)p->batch_max * payload_of(p);
	size_t left = input_length(&p->input), published = p->published;
	const char *data = input_data(&p->input);

	plan->events = 0;
	plan->bytes = 0;
	plan->count = 0;
	while (left > 0) {
		struct piece piece = find_piece(
			p, data, left < limit ? left : limit, published);
		int64_t events = events_of(p, piece.length);

		if (!piece.last && piece.length == left) {
			if (!ended && !p->alone && published == 0)
				break;
			piece.last = ended;
		}
		if (events > p->batch_max - plan->events)
			break;
		plan->pieces[plan->count++] = piece;
		plan->events += events;
		plan->bytes += piece.length;
		published = piece.last ? 0 : published + piece.length;
		data += piece.length;
		left -= piece.length;
	}
}

static void put_frame(struct publisher *p, int64_t i, struct frame frame,
		      const char *data, size_t length)
{
	char *event = disruptor_producer_event(p->producer, i);

	frame.length |= (uint32_t)length;
	memcpy(event, &frame, sizeof(frame));
	memcpy(event + sizeof(frame), data, length);
}

/* Fills events from the i-th on; the one behind them. */
static int64_t put_piece(struct publisher *p, int64_t i, struct piece piece,
			 const char *data, int64_t now)
{
	size_t payload = payload_of(p), left = piece.length;
	struct frame frame = { p->stream, p->published == 0 ? FRAME_FIRST : 0,
			       now };

	for (; left > payload; left -= payload) {
		put_frame(p, i++, frame, data, payload);
		data += payload;
		frame.length = 0;
	}
	if (piece.last)
		frame.length |= FRAME_LAST;
	put_frame(p, i++, frame, data, left);
	p->published = piece.last ? 0 : p->published + piece.length;
	p->statistics.records += piece.last;
	return i;
}

static void put_plan(struct publisher *p, const struct plan *plan)
{
	const char *data = input_data(&p->input);
	int64_t now = clock_ns(), i = 0;
	size_t n;

	for (n = 0; n < plan->count; n++) {
		i = put_piece(p, i, plan->pieces[n], data, now);
		data += plan->pieces[n].length;
	}
}

/* Leaves the last pieces for another plan, down to so many events. */
static void shorten(const struct publisher *p, struct plan *plan,
		    int64_t events)
{
	while (plan->count > 1 && plan->events > events) {
		size_t length = plan->pieces[--plan->count].length;

		plan->events -= events_of(p, length);
		plan->bytes -= length;
	}
}

/* Only a part of the piece, the only one, has room. */
static void cut(const struct publisher *p, struct plan *plan, int64_t events)
{
	size_t bytes = (size_t)events * payload_of(p);

	if (events >= plan->events)
		return;
	plan->events = events;
	plan->bytes = bytes;
	plan->pieces[0] = (struct piece){ (uint32_t)bytes, false };
}

/*
 * Claims what the plan needs: the fewer claims, the fewer waits. But who
 * insists on much room may never get it beside others who are content with
 * little, so after a while the plan becomes smaller, and in the end even a
 * record is cut.
 */
static int claim_plan(struct publisher *p, struct plan *plan)
{
	int64_t n;

	while ((n = publisher_try_claim(p, plan->events)) == 0 &&
	       plan->count > 1)
		shorten(p, plan, plan->events / 2);
	if (n == 0)
		n = publisher_claim(p, plan->events, true);
	if (n < 0)
		return (int)-n;
	cut(p, plan, n);
	return 0;
}

static int publish_ready(struct publisher *p, bool ended)
{
	struct plan plan;
	int code;

	for (;;) {
		make_plan(p, &plan, ended);
		if (plan.count == 0)
			return 0;
		code = claim_plan(p, &plan);
		if (code != 0)
			return code;
		put_plan(p, &plan);
		publisher_publish(p, plan.events, plan.bytes);
	}
}

/* A record whose end never came must not keep subscribers waiting for it. */
static int end_record(struct publisher *p)
{
	int64_t n;

	if (p->published == 0)
		return 0;
	n = publisher_claim(p, 1, true);
	if (n < 0)
		return (int)-n;
	put_piece(p, 0, (struct piece){ 0, true }, "", clock_ns());
	publisher_publish(p, 1, 0);
	return 0;
}

int publish_frames(struct publisher *p)
{
	int code = publisher_prepare(p, payload_of(p)), published = 0;

	while (code == 0 && !p->input.ended) {
		code = publisher_read(p);
		/* After a signal too: what has been read is published. */
		published = publish_ready(p, code != 0 || p->input.ended);
		if (code == 0)
			code = published;
	}
	if (published != EXIT_FAILED && end_record(p) != 0 && code == 0)
		code = EXIT_FAILED;
	return code;
}
