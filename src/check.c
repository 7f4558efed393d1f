/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

/*
 * A ring in motion cannot be read at one instant, so each rule allows for what
 * may happen between two reads: sequences only grow, and a producer or consumer
 * that is alive may be in the middle of anything.
 */

struct check {
	struct disruptor view;
	disruptor_problem_handler handler;
	void *context;
	int problems;
	int64_t cursor;
};

__attribute__((format(printf, 2, 3))) static void
report(struct check *c, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	c->problems++;
	if (c->handler != NULL)
		c->handler(c->context, text);
}

static void check_memory(struct check *c)
{
	const struct disruptor *d = &c->view;

	if (disruptor_os_file_has_holes(d->probe_fd, d->header.total_size))
		report(c, "the file has holes, which fault when memory is full; "
			  "attaching fills them");
}

static void check_cursor(struct check *c)
{
	const struct disruptor_header *h = &c->view.header;

	c->cursor = disruptor_sequence_load_relaxed(&c->view.words->cursor);
	if (c->cursor < h->first_sequence || c->cursor > DISRUPTOR_SEQUENCE_MAX)
		report(c, "the cursor %lld is outside %lld to %lld",
		       (long long)c->cursor, (long long)h->first_sequence,
		       (long long)DISRUPTOR_SEQUENCE_MAX);
	c->cursor = disruptor_cursor(&c->view);
}

/*
 * A word belongs to its slot, and to the lap of the cursor or the one before.
 * The cursor of a multi producer ring is ahead of all words: it is read later.
 */
static bool word_is_sane(const struct check *c, int64_t slot, uint64_t word)
{
	const struct disruptor *d = &c->view;
	int64_t sequence = (int64_t)(word >> 1) - 1;
	int64_t ahead = d->header.producer_type == DISRUPTOR_MULTI_PRODUCER ?
				0 :
				disruptor_capacity(d);

	if (word == 0)
		return true;
	return word > 1 &&
	       (((uint64_t)sequence ^ (uint64_t)slot) & d->ring.mask) == 0 &&
	       sequence >= d->header.first_sequence &&
	       sequence < disruptor_cursor(d) + ahead;
}

static void check_words(struct check *c)
{
	const struct disruptor *d = &c->view;
	int64_t slot, bad = 0, first = 0;

	for (slot = 0; d->ring.words != NULL && slot < disruptor_capacity(d);
	     slot++) {
		/* With it comes the cursor that it must be below. */
		uint64_t word = disruptor_load_acquire_u64(
			disruptor_commit_word(d, slot));

		if (word_is_sane(c, slot, word))
			continue;
		if (bad++ == 0)
			first = slot;
	}
	if (bad != 0)
		report(c, "%lld commit words are damaged, first that of slot "
			  "%lld", (long long)bad, (long long)first);
}

static void check_state(struct check *c)
{
	uint32_t state = disruptor_load_relaxed_u32(
		&c->view.words->control.state);

	if ((state & ~DISRUPTOR_STATE_CLOSED) != 0)
		report(c, "the state is %#x, which is unknown", state);
}

/* Followers look at words only below gap_end, which is stored before. */
static void check_gaps(struct check *c)
{
	const struct disruptor *d = &c->view;
	int64_t s = c->cursor - disruptor_capacity(d);

	for (s = s < 0 ? 0 : s; d->ring.words != NULL && s < c->cursor; s++)
		if (disruptor_load_acquire_u64(disruptor_commit_word(d, s)) ==
			    disruptor_word_gap(s) &&
		    disruptor_sequence_load_relaxed(
			    &d->words->control.gap_end) <= s) {
			report(c, "the gap at %lld is unknown to followers",
			       (long long)s);
			return;
		}
}

static bool anybody_produces(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->view.header.producers_max; i++)
		if (disruptor_load_relaxed_u64(&c->view.producers[i].owner) &&
		    disruptor_liveness_alive(&c->view,
					     DISRUPTOR_LOCK_PRODUCER(i)))
			return true;
	return false;
}

static void check_claims(struct check *c)
{
	struct disruptor *d = &c->view;
	int64_t published = disruptor_published(d);

	if (d->header.producer_type == DISRUPTOR_MULTI_PRODUCER &&
	    published < c->cursor && !anybody_produces(c))
		report(c, "sequences from %lld on were claimed by producers "
			  "that died; consumers will step over them",
		       (long long)published);
}

static void check_place(struct check *c, uint32_t index, const char *name)
{
	struct disruptor *d = &c->view;
	/* With it comes the cursor that it must not be ahead of. */
	int64_t s = disruptor_sequence_load_acquire(
		&d->consumers[index].sequence);
	int64_t ahead = disruptor_published(d);

	if (s > ahead && s > disruptor_cursor(d))
		report(c, "consumer %u%s is at %lld, ahead of the cursor %lld",
		       index, name, (long long)s, (long long)ahead);
	else if (s < c->cursor - disruptor_capacity(d))
		report(c, "consumer %u%s is at %lld, more than the capacity "
			  "behind the cursor %lld",
		       index, name, (long long)s, (long long)c->cursor);
}

static void check_liveness(struct check *c, uint32_t index, const char *name)
{
	struct disruptor *d = &c->view;

	if (disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(index)))
		return;
	if (disruptor_load_relaxed_u32(&d->consumers[index].policy) &
	    DISRUPTOR_CONSUMER_HOLD)
		return;
	report(c, "consumer %u%s died; producers that need its room will "
		  "evict it", index, name);
}

static void check_upstream(struct check *c, uint32_t index, const char *name)
{
	struct disruptor *d = &c->view;
	uint32_t i;

	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i++) {
		if (!disruptor_set_has(d->consumers[index].upstream, i))
			continue;
		if (i == index || i >= d->header.consumers_max ||
		    !disruptor_consumer_gates(disruptor_load_relaxed_u64(
			    &d->consumers[i].status)))
			report(c, "consumer %u%s follows %u, which is no "
				  "consumer", index, name, i);
	}
}

static void check_consumer(struct check *c, uint32_t index)
{
	const struct disruptor_consumer_record *r = &c->view.consumers[index];
	uint32_t state = disruptor_consumer_state(
		disruptor_load_acquire_u64(&r->status));
	char name[DISRUPTOR_CONSUMER_NAME_SIZE + 4] = "";

	if (state == DISRUPTOR_CONSUMER_FREE)
		return;
	if (state > DISRUPTOR_CONSUMER_EVICTING) {
		report(c, "consumer %u has the unknown state %u", index, state);
		return;
	}
	if (state == DISRUPTOR_CONSUMER_JOINING)
		return;
	if (r->name[0] != '\0')
		snprintf(name, sizeof(name), " '%.*s'",
			 DISRUPTOR_CONSUMER_NAME_SIZE - 1, r->name);
	check_place(c, index, name);
	check_liveness(c, index, name);
	check_upstream(c, index, name);
}

int disruptor_check(const char *name, disruptor_problem_handler handler,
		    void *context)
{
	struct check c = { .handler = handler, .context = context };
	int error = disruptor_view_open(&c.view, name);
	uint32_t i;

	if (error < 0)
		return error;
	check_memory(&c);
	check_cursor(&c);
	check_state(&c);
	check_words(&c);
	check_gaps(&c);
	check_claims(&c);
	for (i = 0; i < c.view.header.consumers_max; i++)
		check_consumer(&c, i);
	error = disruptor_check_cut(c.view.region);
	disruptor_keep_errno(disruptor_view_close(&c.view));
	return error < 0 ? error : c.problems;
}
