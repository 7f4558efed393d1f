/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Slip. A consumer that keeps up with a producer looks at the cursor again as
 * soon as it is done with the few events that it found, so the cursor's line
 * goes back and forth, and both work on the same lines of events. If it lets
 * some hundreds of events come first, without touching the cursor, each line
 * goes over once, and both sides are several times as fast.
 *
 * That is a delay, so it is made only where it is none: where the looks are
 * what holds the producer up. A poll that finds SEVERAL events now and then
 * tries what a moment's wait (LOOK_NS) brings while the cursor is left
 * alone. If that is clearly more than came in the same time before
 * (GAIN_PERCENT), or one event in 10 ns and more (GAIN_ENOUGH), the
 * following polls wait, a moment at a time, until TARGET lines of events are
 * there. A moment that brings no more than before ends the wait and the
 * slip; so does a poll that finds nothing. A trial that fails makes the next
 * one rarer, down to one in AFTER_MAX polls. So a lone event is never held
 * back, events that come at a rate of their own are not either, up to 100
 * million a second, and what ends a burst waits for one moment, once.
 */

#define LOOK_NS 400
#define LOOKS_MAX 6
#define GAIN_PERCENT 125
/* Events of one line; of larger ones, fewer. */
#define TARGET 512
#define TARGET_LEAST 64
#define GAIN_LEAST 8
#define GAIN_ENOUGH 40
#define LINE 64
/* A poll that finds fewer was not the slower side. */
#define SEVERAL 4
#define AFTER_MAX (1u << 16)
#define CALIBRATION_PAUSES 64
#define CALIBRATIONS 3
#define PAUSES_MAX 1000

static void pause_for(int pauses)
{
	while (pauses-- > 0)
		disruptor_spin_hint();
}

/* Interrupted ones take longer, none takes less. */
static int64_t fastest_pauses(void)
{
	int64_t least = INT64_MAX;
	int i;

	for (i = 0; i < CALIBRATIONS; i++) {
		int64_t began = disruptor_os_now(), took;

		pause_for(CALIBRATION_PAUSES);
		took = disruptor_os_now() - began;
		if (took < least)
			least = took;
	}
	return least > 0 ? least : 1;
}

/* A pause takes 10 cycles on one processor and 140 on another. */
static int pauses_in_a_look(void)
{
	int64_t n = LOOK_NS * CALIBRATION_PAUSES / fastest_pauses();

	return n < 1 ? 1 : n > PAUSES_MAX ? PAUSES_MAX : (int)n;
}

static int64_t at_least(int64_t least, int64_t value)
{
	return value < least ? least : value;
}

static int64_t at_most(int64_t most, int64_t value)
{
	return value > most ? most : value;
}

/* From here on it is measured how fast events come without slip. */
static void arm(const struct disruptor_poller *poller,
		struct disruptor_slip *slip)
{
	slip->armed_at = disruptor_os_now();
	slip->armed_next = poller->next;
}

/* How many events a look must bring. */
static int64_t gain_wanted(const struct disruptor_poller *poller,
			   const struct disruptor_slip *slip)
{
	int64_t looks = (disruptor_os_now() - slip->armed_at) / LOOK_NS;
	int64_t events = poller->next - slip->armed_next;
	int64_t in_a_look = looks <= 0 ? 0 : events / looks;

	return at_least(slip->gain_least,
			at_most(slip->gain_enough,
				in_a_look * GAIN_PERCENT / 100));
}

void disruptor_slip_prepare(struct disruptor_poller_private *p)
{
	struct disruptor_slip *slip = &p->slip;
	const struct disruptor *d = p->disruptor;
	int64_t lines = (d->header.event_size + LINE - 1) / LINE;
	int64_t least = at_least(SEVERAL, TARGET_LEAST / lines);

	p->handle.slip_in = DISRUPTOR_SLIP_AFTER;
	slip->after = DISRUPTOR_SLIP_AFTER;
	slip->gain_least = at_least(SEVERAL, GAIN_LEAST / lines);
	slip->gain_enough = at_least(SEVERAL, GAIN_ENOUGH / lines);
	slip->gain = slip->gain_least;
	slip->target = at_most(TARGET / lines, p->handle.batch_max);
	slip->target = at_most(slip->target, disruptor_capacity(d) / 4);
	/* Commit words are looked at one by one: there is no line to leave
	 * alone. */
	if (d->ring.words != NULL || slip->target < least)
		slip->target = 0;
	else
		slip->pauses = pauses_in_a_look();
	arm(&p->handle, slip);
}

static int64_t count_ready(struct disruptor_poller *poller)
{
	poller->ready = at_most(poller->next + poller->batch_max,
				poller->ready);
	return poller->ready - poller->next;
}

static int64_t give_up(struct disruptor_poller *poller,
		       struct disruptor_slip *slip)
{
	if (poller->slip_below != 0)
		slip->after = DISRUPTOR_SLIP_AFTER;
	else if (slip->after < AFTER_MAX)
		slip->after *= 2;
	poller->slip_below = 0;
	poller->slip_in = slip->after;
	arm(poller, slip);
	return count_ready(poller);
}

static int64_t go_on(struct disruptor_poller *poller,
		     const struct disruptor_slip *slip)
{
	poller->slip_below = slip->target;
	poller->slip_in = DISRUPTOR_SLIP_AFTER;
	return count_ready(poller);
}

int64_t disruptor_poll_slip(struct disruptor_poller *poller, int64_t ready)
{
	struct disruptor_poller_private *p =
		(struct disruptor_poller_private *)poller;
	struct disruptor_slip *slip = &p->slip;
	int looks;

	if (slip->target == 0 || poller->barrier.upstream_count != 0)
		return give_up(poller, slip);
	if (poller->slip_below == 0 && ready - poller->next < SEVERAL) {
		poller->slip_in = DISRUPTOR_SLIP_AFTER;
		return ready - poller->next;
	}
	if (poller->slip_below == 0)
		slip->gain = gain_wanted(poller, slip);
	for (looks = 0; looks < LOOKS_MAX; looks++) {
		if (ready - poller->next >= slip->target)
			break;
		pause_for(slip->pauses);
		ready = disruptor_sequence_barrier_ready(
			&poller->barrier, poller->ready,
			poller->next + poller->batch_max);
		if (!disruptor_poll_is_plain(poller, ready))
			return disruptor_poll_slow(poller);
		if (ready - poller->ready < slip->gain) {
			poller->ready = ready;
			return give_up(poller, slip);
		}
		poller->ready = ready;
	}
	return go_on(poller, slip);
}
