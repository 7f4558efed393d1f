/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>

/*
 * Puts right what disruptor_check() finds, as far as that can be known. In two
 * parts. What any survivor may do, in any order and beside the living: gaps for
 * dead claims, records of the dead, links that lead nowhere; the registry lock
 * keeps joiners out. And what is only safe when nobody lives: the cursor and
 * the commit words. Then the locks of all records are taken first, so that
 * nobody can come to life meanwhile.
 */

#define REPAIR_PATIENCE_NS INT64_C(5000000000)

struct repair {
	struct disruptor *d;
	disruptor_problem_handler handler;
	void *context;
	int repaired;
};

__attribute__((format(printf, 2, 3))) static void
report(struct repair *r, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	r->repaired++;
	if (r->handler != NULL)
		r->handler(r->context, text);
}

/* --- beside the living ---------------------------------------------------- */

/* A claim of the living in between is left to them. */
static void resolve_claims(struct repair *r)
{
	struct disruptor *d = r->d;
	struct disruptor_control *control = &d->words->control;
	uint64_t before = disruptor_load_relaxed_u64(&control->recovered);
	int64_t end = disruptor_cursor(d), s = disruptor_published(d);
	uint64_t gaps;

	if (d->header.producer_type != DISRUPTOR_MULTI_PRODUCER)
		return;
	for (; s < end; s++) {
		s = disruptor_first_unresolved(&d->ring, s, end);
		if (s < end)
			disruptor_recover(d, s);
	}
	gaps = disruptor_load_relaxed_u64(&control->recovered) - before;
	if (gaps != 0)
		report(r, "%llu claims of producers that died became gaps",
		       (unsigned long long)gaps);
}

/* Followers look for gaps only below gap_end, which is stored before (E4). */
static void raise_gap_end(struct repair *r)
{
	struct disruptor *d = r->d;
	struct disruptor_control *control = &d->words->control;
	int64_t end = disruptor_cursor(d), s = end - disruptor_capacity(d);
	int64_t highest = 0;

	if (d->ring.words == NULL)
		return;
	for (s = s < 0 ? 0 : s; s < end; s++)
		if (disruptor_load_acquire_u64(disruptor_commit_word(d, s)) ==
		    disruptor_word_gap(s))
			highest = s + 1;
	if (highest <= disruptor_sequence_load_relaxed(&control->gap_end))
		return;
	disruptor_raise_gap_end(control, highest);
	report(r, "followers did not know of the gap at %lld",
	       (long long)highest - 1);
}

static bool is_dead(struct repair *r, uint32_t index)
{
	return !disruptor_liveness_alive(r->d, DISRUPTOR_LOCK_CONSUMER(index));
}

static void free_record(struct repair *r, uint32_t index)
{
	const struct disruptor_consumer_record *record = &r->d->consumers[index];
	uint32_t state = disruptor_consumer_state(
		disruptor_load_relaxed_u64(&record->status));

	if (state > DISRUPTOR_CONSUMER_EVICTING && is_dead(r, index)) {
		disruptor_consumer_remove(r->d, index);
		report(r, "the record of consumer %u had the unknown state %u; "
			  "it is free now", index, state);
	} else if (state != DISRUPTOR_CONSUMER_FREE &&
		   state <= DISRUPTOR_CONSUMER_EVICTING &&
		   disruptor_consumer_is_lost(r->d, index)) {
		disruptor_consumer_lose(r->d, index);
		report(r, "consumer %u had died; it was evicted", index);
	}
}

static void unlink_record(struct repair *r, uint32_t index)
{
	struct disruptor *d = r->d;
	uint64_t *upstream = d->consumers[index].upstream;
	uint32_t i, cleared = 0;

	if (!disruptor_consumer_is_active(d, index))
		return;
	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i++) {
		if (!disruptor_consumer_follows(&d->consumers[index], i) ||
		    (i != index && i < d->header.consumers_max &&
		     disruptor_consumer_is_active(d, i)))
			continue;
		disruptor_fetch_and_relaxed_u64(&upstream[i / 64],
						~(UINT64_C(1) << (i % 64)));
		cleared++;
	}
	if (cleared == 0)
		return;
	/* E9: who knows this epoch knows whom it follows. */
	disruptor_fetch_add_release_u64(&d->words->control.epoch, 1);
	report(r, "consumer %u followed %u that are no consumers", index,
	       cleared);
}

/* Where a dead consumer's place can be, if not where it is. */
static int64_t honest_place(const struct disruptor *d, int64_t s)
{
	int64_t cursor = disruptor_cursor(d), end = disruptor_published(d);
	int64_t to = s;

	if (s > end && s > cursor)
		to = end;
	if (s < cursor - disruptor_capacity(d))
		to = cursor - disruptor_capacity(d);
	return to < d->header.first_sequence ? d->header.first_sequence : to;
}

/*
 * Only of the dead: the living know better where they are, and may have gone on
 * from where they were seen. Who is found dead stays so: the registry is locked.
 */
static void correct_place(struct repair *r, uint32_t index)
{
	struct disruptor *d = r->d;
	struct disruptor_sequence *place = &d->consumers[index].sequence;
	int64_t s, to;

	if (!disruptor_consumer_is_active(d, index) || !is_dead(r, index))
		return;
	s = disruptor_sequence_load_relaxed(place);
	to = honest_place(d, s);
	if (to == s)
		return;
	/* E3: with what the dead one did. */
	disruptor_sequence_store_release(place, to);
	report(r, "the place of consumer %u was %lld; it is %lld now", index,
	       (long long)s, (long long)to);
}

static void repair_beside_the_living(struct repair *r)
{
	uint32_t i;

	for (i = 0; i < r->d->header.consumers_max; i++)
		free_record(r, i);
	for (i = 0; i < r->d->header.consumers_max; i++) {
		unlink_record(r, i);
		correct_place(r, i);
	}
	resolve_claims(r);
	raise_gap_end(r);
}

/* --- when nobody lives ---------------------------------------------------- */

/*
 * From here on relaxed: who has the locks of all records comes after all that
 * was done with them, and who takes one afterwards comes after this.
 */

/* The sequence that a slot's word speaks of, if it can be one of that slot. */
static bool sequence_of(const struct disruptor *d, int64_t slot,
			int64_t *sequence)
{
	uint64_t word = disruptor_load_relaxed_u64(
		disruptor_commit_word(d, slot));

	*sequence = (int64_t)(word >> 1) - 1;
	return word > 1 && *sequence >= d->header.first_sequence &&
	       *sequence < DISRUPTOR_SEQUENCE_MAX &&
	       (((uint64_t)*sequence ^ (uint64_t)slot) & d->ring.mask) == 0;
}

/* One past the highest sequence that any word or consumer speaks of. */
static int64_t guess_cursor(const struct disruptor *d)
{
	int64_t guess = d->header.first_sequence, slot, s;
	uint32_t i;

	for (slot = 0; d->ring.words != NULL && slot < disruptor_capacity(d);
	     slot++)
		if (sequence_of(d, slot, &s) && s >= guess)
			guess = s + 1;
	for (i = 0; d->ring.words == NULL && i < d->header.consumers_max; i++) {
		s = disruptor_sequence_load_relaxed(&d->consumers[i].sequence);
		if (disruptor_consumer_is_active(d, i) && s > guess &&
		    s < DISRUPTOR_SEQUENCE_MAX)
			guess = s;
	}
	return guess;
}

/* How many words are of the lap before this cursor. */
static int64_t votes(const struct disruptor *d, int64_t cursor)
{
	int64_t slot, s, n = 0;

	for (slot = 0; slot < disruptor_capacity(d); slot++)
		n += sequence_of(d, slot, &s) && s < cursor &&
		     s >= cursor - disruptor_capacity(d);
	return n;
}

/*
 * Claims of the dead are between the words and the cursor, at most a lap of
 * them; in the other direction there is nothing.
 */
static bool is_wrong(const struct disruptor *d, int64_t cursor, int64_t guess)
{
	if (cursor < d->header.first_sequence ||
	    cursor > DISRUPTOR_SEQUENCE_MAX)
		return true;
	if (d->ring.words == NULL ||
	    (cursor >= guess && cursor - disruptor_capacity(d) <= guess))
		return false;
	return votes(d, guess) > votes(d, cursor);
}

static void correct_cursor(struct repair *r)
{
	struct disruptor *d = r->d;
	int64_t cursor = disruptor_sequence_load_relaxed(&d->words->cursor);
	int64_t guess = guess_cursor(d);

	if (!is_wrong(d, cursor, guess))
		return;
	disruptor_sequence_store_relaxed(&d->words->cursor, guess);
	report(r, "the cursor was %lld; it is %lld now, as far as can be known",
	       (long long)cursor, (long long)guess);
}

/* The last lap's sequence of a slot, when the next claim is the cursor's. */
static int64_t last_of(const struct disruptor *d, int64_t cursor, int64_t slot)
{
	return cursor - 1 -
	       (int64_t)(((uint64_t)cursor - 1 - (uint64_t)slot) &
			 d->ring.mask);
}

/* Its event cannot be vouched for: a gap, or never used. */
static bool correct_word(struct disruptor *d, int64_t end, int64_t slot)
{
	int64_t s, last = last_of(d, end, slot);
	uint64_t *word = disruptor_commit_word(d, slot);

	if (disruptor_load_relaxed_u64(word) == 0 ||
	    (sequence_of(d, slot, &s) && s < end))
		return false;
	if (last < d->header.first_sequence) {
		disruptor_store_relaxed_u64(word, 0);
		return true;
	}
	disruptor_raise_gap_end(&d->words->control, last + 1);
	/* E4: who looks from outside finds no gap without its gap_end. */
	disruptor_store_release_u64(word, disruptor_word_gap(last));
	return true;
}

static void correct_words(struct repair *r)
{
	struct disruptor *d = r->d;
	int64_t end = disruptor_stream_end(d), slot, bad = 0;

	for (slot = 0; d->ring.words != NULL && slot < disruptor_capacity(d);
	     slot++)
		bad += correct_word(d, end, slot);
	if (bad != 0)
		report(r, "%lld commit words were damaged; their events are "
			  "gaps now", (long long)bad);
}

static void correct_state(struct repair *r)
{
	uint32_t *state = &r->d->words->control.state;
	uint32_t seen = disruptor_fetch_and_relaxed_u32(state,
							DISRUPTOR_STATE_CLOSED);

	if ((seen & ~DISRUPTOR_STATE_CLOSED) != 0)
		report(r, "the state was %#x; the ring is %s", seen,
		       (seen & DISRUPTOR_STATE_CLOSED) ? "closed" : "open");
}

static void repair_the_dead(struct repair *r)
{
	correct_state(r);
	correct_cursor(r);
	correct_words(r);
}

/* The locks of all records, on the description that has the registry's. */
static bool nobody_lives(const struct disruptor *d, int lock)
{
	return disruptor_os_lock_take_range(lock, DISRUPTOR_LOCK_PRODUCER(0),
					    d->header.producers_max) == 0 &&
	       disruptor_os_lock_take_range(lock, DISRUPTOR_LOCK_CONSUMER(0),
					    d->header.consumers_max) == 0;
}

static void drop_records(const struct disruptor *d, int lock)
{
	disruptor_os_lock_drop_range(lock, DISRUPTOR_LOCK_PRODUCER(0),
				     d->header.producers_max);
	disruptor_os_lock_drop_range(lock, DISRUPTOR_LOCK_CONSUMER(0),
				     d->header.consumers_max);
}

static int repair_locked(struct repair *r)
{
	int lock = disruptor_registry_lock(r->d, REPAIR_PATIENCE_NS);

	if (lock < 0)
		return lock;
	if (nobody_lives(r->d, lock))
		repair_the_dead(r);
	/* They would make the dead look alive. */
	drop_records(r->d, lock);
	repair_beside_the_living(r);
	disruptor_registry_unlock(r->d, lock);
	if (disruptor_check_cut(r->d->region) < 0)
		return -EIO;
	return r->repaired;
}

int disruptor_repair(struct disruptor *d, disruptor_problem_handler handler,
		     void *context)
{
	struct repair r = { d, handler, context, 0 };
	int result;

	if (d == NULL)
		return disruptor_fail(EINVAL, "no disruptor");
	if (disruptor_check_process(d) < 0)
		return -ECHILD;
	if (!d->shared)
		return disruptor_fail(EOPNOTSUPP,
				      "only shared rings are repaired");
	if (d->read_only_events)
		return disruptor_fail(EROFS, "the ring was attached with "
					     "read_only_events");
	pthread_mutex_lock(&d->mutex);
	result = repair_locked(&r);
	pthread_mutex_unlock(&d->mutex);
	return result;
}
