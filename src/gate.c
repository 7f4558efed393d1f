/* SPDX-License-Identifier: MIT */
#include "internal.h"

#define SCANS_MAX 1000

/*
 * The gate is the slowest consumer: no producer may claim a sequence whose slot
 * it has not finished. All active consumers count, not the leaves of their
 * graph alone: a leaf that has just joined may be ahead of those it follows.
 *
 * E9, against consumers that join during a scan. Producer: read the sequences,
 * store what it relies on (record->gate), fence, read the epoch; if that moved,
 * scan again. Joiner (consumer_record.c): become active, move the epoch, fence,
 * read cursor and gates, choose a start behind them. Either this scan sees the
 * new epoch, or the joiner sees all that this scan relies on.
 */

static void list_active(struct disruptor_producer_private *p)
{
	const struct disruptor *d = p->disruptor;
	uint32_t i;

	p->gating_count = 0;
	for (i = 0; i < d->header.consumers_max; i++)
		/* E2: of who left too, by the same fence. */
		if (disruptor_consumer_gates(disruptor_load_before_fence_u64(
			    &d->consumers[i].status)))
			p->gating[p->gating_count++] = (uint16_t)i;
}

static int64_t slowest(struct disruptor_producer_private *p, int64_t ceiling)
{
	const struct disruptor *d = p->disruptor;
	int64_t minimum = ceiling;
	uint32_t i;

	p->slowest = -1;
	for (i = 0; i < p->gating_count; i++) {
		/* E2: the licence to overwrite what was read before it. */
		int64_t s = disruptor_sequence_load_before_fence(
			&d->consumers[p->gating[i]].sequence);

		if (p->slowest < 0 || s < minimum)
			p->slowest = p->gating[i];
		if (s < minimum)
			minimum = s;
	}
	return minimum;
}

/*
 * Without consumers only the other producers' claims are in the way: a slot
 * must not be claimed again while its last claim is neither event nor gap.
 */
static int64_t ceiling_without_consumers(struct disruptor_producer_private *p,
					 int64_t cursor)
{
	int64_t from = cursor - p->handle.capacity;

	if (!p->handle.sequencer.multi || p->gating_count != 0)
		return cursor;
	if (from < p->gate)
		from = p->gate;
	return disruptor_first_unresolved(&p->handle.sequencer.ring, from,
					  cursor);
}

static int64_t base_of(const struct disruptor_producer_private *p)
{
	const struct disruptor_sequencer *s = &p->handle.sequencer;

	return s->multi ? disruptor_cursor(p->disruptor) : s->next;
}

/*
 * A joiner starts behind this. A single producer's claim does not show in the
 * cursor, so what it has once relied on stays true of the slots: it may have
 * written into them. Its successors inherit that.
 */
static void note_gate(struct disruptor_producer_private *p, int64_t gate)
{
	struct disruptor_sequence *noted = &p->record->gate;

	if (p->handle.sequencer.multi ||
	    gate > disruptor_sequence_load_relaxed(noted))
		disruptor_sequence_store_release(noted, gate);
}

static int64_t scan_once(struct disruptor_producer_private *p, uint64_t epoch)
{
	int64_t base = base_of(p), gate;

	if (epoch != p->gate_epoch) {
		list_active(p);
		p->gate_epoch = epoch;
	}
	gate = slowest(p, ceiling_without_consumers(p, base));
	/* A damaged sequence may stop producers, never free a slot early. */
	if (gate < base - p->handle.capacity)
		gate = base - p->handle.capacity;
	note_gate(p, gate);
	disruptor_fence_seq_cst();
	return gate;
}

bool disruptor_gate_is_unmoved(const struct disruptor_producer_private *p)
{
	const struct disruptor *d = p->disruptor;

	return p->slowest >= 0 &&
	       disruptor_load_relaxed_u64(&d->words->control.epoch) ==
		       p->gate_epoch &&
	       disruptor_sequence_load_relaxed(
		       &d->consumers[p->slowest].sequence) == p->gate;
}

void disruptor_gate_forget(struct disruptor_producer_private *p)
{
	p->gate_epoch = disruptor_load_relaxed_u64(
				&p->disruptor->words->control.epoch) -
			1;
}

void disruptor_gate_scan(struct disruptor_producer_private *p)
{
	struct disruptor_control *control = p->handle.sequencer.control;
	uint64_t epoch = disruptor_load_acquire_u64(&control->epoch);
	uint64_t again;
	int64_t gate;
	int scans;

	for (scans = 0; scans < SCANS_MAX; scans++) {
		gate = scan_once(p, epoch);
		again = disruptor_load_acquire_u64(&control->epoch);
		if (again == epoch) {
			p->gate = gate;
			p->handle.sequencer.limit =
				gate + p->handle.capacity <
						DISRUPTOR_SEQUENCE_MAX ?
					gate + p->handle.capacity :
					DISRUPTOR_SEQUENCE_MAX;
			return;
		}
		epoch = again;
	}
	/* Consumers join faster than we scan: full for now. */
	p->handle.sequencer.limit = base_of(p);
}
