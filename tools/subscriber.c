/* SPDX-License-Identifier: MIT */
#include "subscriber.h"
#include "command.h"
#include "message.h"
#include "signals.h"
#include "units.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define GO_ON (-1)		/* no exit code yet */
#define SLICE_NS 250000000	/* between two looks at signals */
#define PATIENCE_NS 500000000	/* for the end of a record, after a signal */
#define HOLD_NS 1000000000	/* events of records in memory */
#define HOLD_NAP_NS 100000

static void advance(struct subscriber *s, int64_t n)
{
	disruptor_poller_advance(s->poller, n);
	s->seen -= n;
}

/* --- writing -------------------------------------------------------------- */

/* Passes the events that were written although a later one was not. */
static void advance_written(struct subscriber *s)
{
	int64_t n = 0;

	if (!s->marked || waiting_sequence(&s->waiting) != INT64_MAX)
		return;
	while (n < s->seen && s->marks[n] <= s->output.written)
		n++;
	advance(s, n);
}

/* The events that were not written may be others by now. */
static int fail_evicted(struct subscriber *s)
{
	progress_close(&s->progress);
	complain(s->ring, "this subscriber stood still for longer than its "
			  "--stall-limit and was evicted at sequence %lld; "
			  "%lld events were published since; subscribe again",
		 (long long)disruptor_poller_sequence(s->poller, 0),
		 (long long)disruptor_poller_missed(s->poller));
	return EXIT_FAILED;
}

static int lost_output(struct subscriber *s)
{
	int error = s->output.error;

	if (error == ESTALE) {
		disruptor_poll_wait(s->poller, SLICE_NS);
		return fail_evicted(s);
	}
	advance_written(s);
	if (error == EINTR)
		return 128 + signals_noted();
	if (error == EPIPE)
		return EXIT_PIPE;
	progress_close(&s->progress);
	complain(s->ring, "cannot write to standard output: %s; what was not "
			  "written is still in the ring (for a consumer with "
			  "--as)", strerror(error));
	return EXIT_FAILED;
}

/*
 * How many of the events that were seen are done with: all, or those before the
 * first event of a record that is still in memory, while the ring has room
 * enough without them. Not when memory holds older ones that were passed.
 */
static int64_t count_done(const struct subscriber *s)
{
	int64_t first = disruptor_poller_sequence(s->poller, 0);
	int64_t done = waiting_sequence(&s->waiting) - first;

	if (done < 0 || done > s->seen ||
	    s->seen - done > disruptor_capacity(s->disruptor) / 2)
		return s->seen;
	return done;
}

/* Writes, then advances. */
static int release(struct subscriber *s)
{
	output_flush(&s->output);
	if (s->output.error != 0)
		return lost_output(s);
	advance(s, count_done(s));
	s->marked = s->seen == 0;
	return GO_ON;
}

/* --- reading -------------------------------------------------------------- */

/* Whether a poll does not see what is there: a gap, or its own limit. */
static bool is_stuck(struct subscriber *s)
{
	return disruptor_published(s->disruptor) >
		       disruptor_poller_sequence(s->poller, s->seen) &&
	       disruptor_poll(s->poller) == s->seen;
}

/*
 * Waits for more than the events that are held for records in memory. A poll
 * counts those as ready and never sees past a gap behind them, so this cannot
 * wait in the ring's own way, nor for long.
 */
static int64_t await_held(struct subscriber *s)
{
	int64_t n = disruptor_poll(s->poller);

	if (n != s->seen)
		return n;
	if (clock_ns() - s->active > HOLD_NS || is_stuck(s))
		advance(s, s->seen);
	else
		nap(HOLD_NAP_NS);
	return s->seen;
}

static int64_t await(struct subscriber *s)
{
	int64_t slice = SLICE_NS;

	if (s->seen > 0)
		return await_held(s);
	if (s->timeout_ns >= 0 && s->timeout_ns < slice)
		slice = s->timeout_ns;
	return disruptor_poll_wait(s->poller, slice);
}

static int end(struct subscriber *s, int64_t result)
{
	if (result == -ESHUTDOWN)
		return 0;
	progress_close(&s->progress);
	errno = (int)-result;
	if (result == -ESTALE)
		return fail_evicted(s);
	if (result == -EOWNERDEAD)
		return fail(s->ring, "see to that one, then subscribe again");
	return fail(s->ring, NULL);
}

static void count_gaps(struct subscriber *s)
{
	int64_t first = disruptor_poller_sequence(s->poller, s->seen);

	if (first > s->expected)
		s->statistics.gaps += (uint64_t)(first - s->expected);
	s->expected = first;
}

/* Takes what is ready, and what becomes ready meanwhile, up to a batch. */
static int take(struct subscriber *s, int64_t n)
{
	int64_t limit = s->seen + s->batch_max, before;
	int code;

	s->now = s->active = clock_ns();
	count_gaps(s);
	do {
		before = s->seen;
		code = s->take(s, n < limit ? n : limit);
		s->expected += s->seen - before;
		if (code != 0 || s->seen >= limit || subscriber_done(s))
			break;
		n = disruptor_poll(s->poller);
	} while (n > s->seen);
	statistics_batch(&s->statistics, s->now);
	progress_update(&s->progress, s->output.taken, s->now);
	return code != 0 ? code : GO_ON;
}

static int idle(struct subscriber *s)
{
	s->now = clock_ns();
	if (output_is_lost())
		return EXIT_PIPE;
	if (s->timeout_ns < 0 || s->now - s->active < s->timeout_ns)
		return GO_ON;
	progress_close(&s->progress);
	complain(s->ring, "nothing came for %g seconds; is anybody publishing?",
		 (double)s->timeout_ns / 1e9);
	return EXIT_TIMEOUT;
}

/* After a signal: at once between two records, else soon. */
static bool may_leave(struct subscriber *s)
{
	if (!signals_noted())
		return false;
	if (s->patience == 0)
		s->patience = s->now + PATIENCE_NS;
	return !s->open || s->now >= s->patience;
}

static int step(struct subscriber *s)
{
	int64_t n = await(s);
	int code, written;

	if (n < 0)
		return end(s, n);
	code = n > s->seen ? take(s, n) : idle(s);
	frames_look_after(s);
	written = release(s);
	if (written != GO_ON)
		return written;
	if (code != GO_ON)
		return code;
	if (subscriber_done(s))
		return 0;
	return may_leave(s) ? 128 + signals_noted() : GO_ON;
}

static int finish(struct subscriber *s, int code)
{
	int written;

	/* After an error the place in the ring may not even be ours. */
	if (code == EXIT_FAILED || s->output.error != 0 || subscriber_done(s))
		return code;
	frames_finish(s);
	written = release(s);
	return written != GO_ON ? written : code;
}

int subscriber_run(struct subscriber *s)
{
	int code;

	s->marked = true;
	s->expected = disruptor_poller_sequence(s->poller, 0);
	s->now = s->active = clock_ns();
	progress_open(&s->progress, STDOUT_FILENO);
	do
		code = step(s);
	while (code == GO_ON);
	code = finish(s, code);
	progress_close(&s->progress);
	s->statistics.bytes = s->output.written;
	return code;
}
