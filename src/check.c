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
	uint64_t status;	/* of the consumer that is looked at */
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

static bool keeps_place(const struct check *c, uint32_t index)
{
	return (disruptor_load_relaxed_u32(&c->view.consumers[index].policy) &
		DISRUPTOR_CONSUMER_HOLD) != 0;
}

/*
 * Who removes one that keeps its place has its lock as it takes that away, and
 * who joins as it is given one: so it is asked before and behind.
 */
static void check_liveness(struct check *c, uint32_t index, const char *name)
{
	struct disruptor *d = &c->view;

	if (!keeps_place(c, index) &&
	    !disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(index)) &&
	    !keeps_place(c, index) &&
	    disruptor_consumer_is_still(&d->consumers[index], c->status))
		report(c, "consumer %u%s died; producers that need its room "
			  "will evict it", index, name);
}

/* One that went was taken out of the set before: then look there again. */
static bool is_consumer(const struct disruptor *d, uint32_t index)
{
	return index < d->header.consumers_max &&
	       disruptor_consumer_gates(disruptor_load_acquire_u64(
		       &d->consumers[index].status));
}

static void check_link(struct check *c, uint32_t index, const char *name,
		       uint32_t to)
{
	const struct disruptor_consumer_record *r = &c->view.consumers[index];
	const uint64_t *epoch = &c->view.words->control.epoch;
	uint64_t before = disruptor_load_acquire_u64(epoch);

	/* E9: a new worker of a pool may have the record of one that went. */
	if ((to == index || !is_consumer(&c->view, to)) &&
	    disruptor_consumer_follows(r, to) &&
	    disruptor_consumer_is_still(r, c->status) &&
	    disruptor_load_relaxed_u64(epoch) == before)
		report(c, "consumer %u%s follows %u, which is no consumer",
		       index, name, to);
}

static void check_upstream(struct check *c, uint32_t index, const char *name)
{
	const struct disruptor_consumer_record *r = &c->view.consumers[index];
	uint64_t bits;
	uint32_t w, i;

	for (w = 0; w < DISRUPTOR_CONSUMERS_LIMIT / 64; w++) {
		bits = disruptor_load_relaxed_u64(&r->upstream[w]);
		for (i = 0; i < 64; i++)
			if ((bits >> i) & 1)
				check_link(c, index, name, w * 64 + i);
	}
}

static void check_consumer(struct check *c, uint32_t index)
{
	const struct disruptor_consumer_record *r = &c->view.consumers[index];
	char name[DISRUPTOR_CONSUMER_NAME_SIZE], quoted[sizeof(name) + 4] = "";
	uint32_t state;

	c->status = disruptor_load_acquire_u64(&r->status);
	state = disruptor_consumer_state(c->status);
	if (state == DISRUPTOR_CONSUMER_FREE)
		return;
	if (state > DISRUPTOR_CONSUMER_EVICTING) {
		report(c, "consumer %u has the unknown state %u", index, state);
		return;
	}
	if (state == DISRUPTOR_CONSUMER_JOINING)
		return;
	disruptor_consumer_get_name(r, name);
	if (name[0] != '\0')
		snprintf(quoted, sizeof(quoted), " '%s'", name);
	check_place(c, index, quoted);
	check_liveness(c, index, quoted);
	check_upstream(c, index, quoted);
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
