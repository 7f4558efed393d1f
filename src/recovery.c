/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * E11. A producer that is killed between its claim and its publish leaves a
 * sequence that nobody will ever resolve. Whoever is held up by it decides, by
 * elimination: nobody alive can own the sequence, so it becomes a gap.
 *
 * Why no live claim is taken and no published event lost: the owner p of s
 * stored its intent before it moved the cursor (E10). Step 1 reads the cursor
 * past s, so step 2 reads that intent or a later one; a later one is stored
 * after p resolved s, and then step 3 sees the word. A covering intent of a
 * live p ends the attempt. So step 3 finds s unresolved only if p is dead, and
 * the dead store nothing more. Words only grow, so the compare-and-swap fails
 * for every recoverer but one, however late it comes.
 *
 * The idea of announcing before the side effect is that of recoverable mutual
 * exclusion (Golab and Ramaraju, PODC 2016).
 */

/* Whether this record's live owner may have claimed the sequence. */
static bool may_own(struct disruptor *d, uint32_t index, int64_t sequence)
{
	struct disruptor_producer_record *record = &d->producers[index];
	uint64_t owner = disruptor_load_acquire_u64(&record->owner);
	int64_t low, high;

	if (owner == 0)
		return false;
	low = disruptor_sequence_load_acquire(&record->intent_low);
	if (low == DISRUPTOR_INTENT_IDLE || low > sequence)
		return false;
	high = disruptor_sequence_load_relaxed(&record->intent_high);
	if (sequence >= high)
		return false;
	return disruptor_liveness_alive(d, DISRUPTOR_LOCK_PRODUCER(index)) &&
	       disruptor_load_acquire_u64(&record->owner) == owner;
}

static bool somebody_may_own(struct disruptor *d, int64_t sequence)
{
	uint32_t i;

	for (i = 0; i < d->header.producers_max; i++)
		if (may_own(d, i, sequence))
			return true;
	return false;
}

static bool is_resolved(const struct disruptor *d, int64_t sequence)
{
	return disruptor_load_relaxed_u64(disruptor_commit_word(d, sequence)) >=
	       disruptor_word_published(sequence);
}

struct recovery {
	struct disruptor *d;
	/* Where the words may be written; mapped when the first one has to. */
	unsigned char *region;
	uint64_t recovered;
};

static void map_words(struct recovery *r)
{
	uint64_t size = r->d->header.total_size;

	r->region = disruptor_os_map_shared(r->d->probe_fd, size, true);
	if (r->region != NULL)
		disruptor_os_guard_add(r->region, size, NULL, 0);
}

/*
 * Who attached with read_only_events has the words writable for as long as it
 * takes to end a dead producer's claim, at an address that nobody else knows.
 */
static bool open_words(struct recovery *r)
{
	struct disruptor *d = r->d;

	if (!d->read_only_events)
		r->region = d->region;
	else if (r->region == NULL && disruptor_probe_is_ours(d))
		map_words(r);
	return r->region != NULL;
}

static void close_words(const struct recovery *r)
{
	if (r->region == NULL || r->region == r->d->region)
		return;
	disruptor_os_guard_drop(r->region);
	disruptor_os_unmap(r->region, r->d->header.total_size);
}

static uint64_t *writable_word(const struct recovery *r, int64_t sequence)
{
	struct disruptor_ring_buffer ring = r->d->ring;

	ring.words = r->region + r->d->header.words_offset;
	return disruptor_ring_buffer_word(&ring, sequence);
}

/* Sequence is below the cursor (1). False: somebody alive may own it. */
static bool resolve(struct recovery *r, int64_t sequence)
{
	struct disruptor *d = r->d;
	uint64_t seen;

	if (is_resolved(d, sequence))
		return true;
	/* 2 */
	if (somebody_may_own(d, sequence))
		return false;
	/* 3 */
	seen = disruptor_load_relaxed_u64(disruptor_commit_word(d, sequence));
	if (seen >= disruptor_word_published(sequence))
		return true;
	if (!open_words(r))
		return false;
	disruptor_raise_gap_end(&d->words->control, sequence + 1);
	if (disruptor_cas_release_u64(writable_word(r, sequence), &seen,
				      disruptor_word_gap(sequence)))
		r->recovered++;
	return true;
}

void disruptor_recover(struct disruptor *d, int64_t sequence)
{
	struct disruptor_control *control = &d->words->control;
	struct recovery r = { .d = d };
	int64_t end;

	if (!d->shared ||
	    d->header.producer_type != DISRUPTOR_MULTI_PRODUCER)
		return;
	/* 1 */
	end = disruptor_cursor(d);
	if (end > sequence + disruptor_capacity(d))
		end = sequence + disruptor_capacity(d);
	while (sequence < end && resolve(&r, sequence))
		sequence++;
	close_words(&r);
	if (r.recovered == 0)
		return;
	disruptor_fetch_add_relaxed_u64(&control->recovered, r.recovered);
	disruptor_wake(&control->signal, true);
}

void disruptor_recover_producer(struct disruptor *d, uint32_t index)
{
	const struct disruptor_producer_record *r = &d->producers[index];
	int64_t cursor = disruptor_cursor(d);
	int64_t low = disruptor_sequence_load_relaxed(&r->intent_low);

	if (disruptor_load_relaxed_u64(&r->owner) == 0 || low >= cursor ||
	    disruptor_liveness_alive(d, DISRUPTOR_LOCK_PRODUCER(index)))
		return;
	if (low < cursor - disruptor_capacity(d))
		low = cursor - disruptor_capacity(d);
	if (low < d->header.first_sequence)
		low = d->header.first_sequence;
	disruptor_recover(d, low);
}
