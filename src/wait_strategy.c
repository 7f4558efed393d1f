/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Waiting: spin, yield, then nap or block, as the handle's strategy has it. All
 * of it is one loop over attempts; the phases differ in what they do between
 * two of them.
 *
 * Blocking is a handshake on one 32-bit word per wait point (E5). The sleeper
 * sets SLEEPERS, makes that visible to all publishers by membarrier(2), and
 * asks once more; only then it sleeps on the word. The publisher stores its
 * progress, then reads the word. Whichever of the two stores comes second, its
 * thread sees the other's. The barrier runs on the sleeper's time, so that a
 * publish with nobody asleep pays one load. Where membarrier is refused, FENCE
 * in the word asks publishers for a fence of their own.
 *
 * The waker takes SLEEPERS away, counts the wake and wakes all. The count is what
 * the sleeper compares: between its announcement and its sleep the bit may be
 * taken away and set again by another sleeper, while the wake was meant for
 * both. How many sleep is not counted, since a killed process could leave that
 * wrong; a sleeper that died costs one wake too many. And each sleep is bounded,
 * since a waker may be killed between its store and its wake: on expiry the
 * sleeper asks again and looks after the dead.
 */

#define SPINS_PER_LOOK 64
#define SUSPECT_NS INT64_C(1000000)
#define SLEEP_SHORTEST_NS INT64_C(1000000)
#define SLEEP_LONGEST_NS INT64_C(50000000)

struct wait_state {
	const struct disruptor_waiter *waiter;
	int64_t began;
	int64_t deadline;	/* INT64_MAX: none */
	int64_t now;
	int64_t suspected;	/* when the dead were last looked after */
	int64_t result;
};

/* Whether the wait is over: an answer, or the deadline. */
static bool over(struct wait_state *w)
{
	w->result = w->waiter->attempt(w->waiter->context);
	return w->result != 0 || w->now >= w->deadline;
}

static void look_at_clock(struct wait_state *w)
{
	w->now = disruptor_os_now();
	if (w->now - w->suspected < SUSPECT_NS)
		return;
	w->suspected = w->now;
	w->waiter->suspect(w->waiter->context);
}

/* Spins until end (INT64_MAX: for ever). True: the wait is over. */
static bool spin(struct wait_state *w, int64_t end, bool hint)
{
	int i;

	do {
		for (i = 0; i < SPINS_PER_LOOK; i++) {
			w->result = w->waiter->attempt(w->waiter->context);
			if (w->result != 0)
				return true;
			if (hint)
				disruptor_spin_hint();
		}
		look_at_clock(w);
		if (w->now >= w->deadline)
			return over(w);
	} while (w->now < end);
	return false;
}

static bool yield(struct wait_state *w, int64_t end)
{
	while (w->now < end) {
		disruptor_os_yield();
		look_at_clock(w);
		if (over(w))
			return true;
	}
	return false;
}

static int64_t at_most_until(const struct wait_state *w, int64_t ns)
{
	int64_t left = w->deadline - w->now;

	return left < ns ? left : ns;
}

static void nap(struct wait_state *w)
{
	while (!over(w)) {
		disruptor_os_nap(at_most_until(w, w->waiter->wait->sleep_ns));
		look_at_clock(w);
	}
}

/* E5, the sleeper's half. False: do not sleep, it is over. */
static bool announce(struct wait_state *w, uint32_t *word, uint32_t *expected)
{
	const struct disruptor *d = w->waiter->disruptor;

	*expected = disruptor_fetch_or_u32(word, DISRUPTOR_SIGNAL_SLEEPERS) |
		    DISRUPTOR_SIGNAL_SLEEPERS;
	if (d->can_barrier)
		disruptor_os_barrier(d->shared);
	else
		disruptor_fence_seq_cst();
	return !over(w);
}

static void block(struct wait_state *w)
{
	int64_t longest = SLEEP_SHORTEST_NS;
	uint32_t *word, expected;

	for (;;) {
		word = w->waiter->point(w->waiter->context);
		if (!announce(w, word, &expected))
			return;
		disruptor_os_futex_wait(word, expected,
					at_most_until(w, longest),
					w->waiter->disruptor->shared);
		look_at_clock(w);
		if (over(w))
			return;
		if (longest < SLEEP_LONGEST_NS)
			longest *= 2;
	}
}

static void fall_back(struct wait_state *w, enum disruptor_wait_strategy to)
{
	if (to == DISRUPTOR_WAIT_YIELDING)
		yield(w, INT64_MAX);
	else if (to == DISRUPTOR_WAIT_SLEEPING)
		nap(w);
	else
		block(w);
}

static void wait_phases(struct wait_state *w)
{
	const struct disruptor_wait *wait = w->waiter->wait;
	int64_t spin_end = w->began + wait->spin_ns;

	if (wait->strategy == DISRUPTOR_WAIT_BUSY_SPIN ||
	    wait->strategy == DISRUPTOR_WAIT_BUSY_SPIN_HINT) {
		spin(w, INT64_MAX,
		     wait->strategy == DISRUPTOR_WAIT_BUSY_SPIN_HINT);
		return;
	}
	if (wait->spin_ns > 0 && spin(w, spin_end, true))
		return;
	if (wait->yield_ns > 0 && yield(w, spin_end + wait->yield_ns))
		return;
	fall_back(w, wait->strategy == DISRUPTOR_WAIT_PHASED ? wait->fallback :
							       wait->strategy);
}

int64_t disruptor_deadline(int64_t timeout_ns)
{
	int64_t now = disruptor_os_now();

	return timeout_ns < 0 || timeout_ns > INT64_MAX - now ?
		       INT64_MAX :
		       now + timeout_ns;
}

int64_t disruptor_wait_until(const struct disruptor_waiter *waiter,
			     int64_t timeout_ns)
{
	int64_t now = disruptor_os_now();
	struct wait_state w = { .waiter = waiter,
				.began = now,
				.now = now,
				.suspected = now,
				.deadline = disruptor_deadline(timeout_ns) };

	wait_phases(&w);
	return w.result;
}

void disruptor_wake(uint32_t *signal, bool shared)
{
	uint32_t seen, woken;

	/* E5 where a publisher or a sleeper has no membarrier. */
	disruptor_fence_seq_cst();
	seen = disruptor_load_relaxed_u32(signal);
	do {
		if (!(seen & DISRUPTOR_SIGNAL_SLEEPERS))
			return;
		woken = (seen & ~DISRUPTOR_SIGNAL_SLEEPERS) +
			DISRUPTOR_SIGNAL_WAKE;
	} while (!disruptor_cas_u32(signal, &seen, woken));
	disruptor_os_futex_wake_all(signal, shared);
}
