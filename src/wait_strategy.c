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
#define SLEEP_IDLE_NS INT64_C(200000000)
#define NAP_LONGEST_NS INT64_C(10000000)

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

bool disruptor_suspicion_due(struct disruptor_suspicion *suspicion,
			     int64_t sequence)
{
	int64_t now = disruptor_os_now();
	bool known = suspicion->since != 0 && suspicion->sequence == sequence;

	if (known && now - suspicion->since < SUSPECT_NS)
		return false;
	suspicion->sequence = sequence;
	suspicion->since = now;
	return known;
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

/* Nothing wakes a nap: long ones are taken in pieces. */
static void nap(struct wait_state *w)
{
	int64_t ns = w->waiter->wait->sleep_ns;

	if (ns > NAP_LONGEST_NS)
		ns = NAP_LONGEST_NS;
	while (!over(w)) {
		disruptor_os_nap(at_most_until(w, ns));
		look_at_clock(w);
	}
}

/* Makes the announcement visible to every publisher before the last look. */
static void order_after_announcement(struct disruptor *d, uint32_t *word)
{
	if (disruptor_os_barrier(d->shared))
		return;
	disruptor_fetch_or_relaxed_u32(word, DISRUPTOR_SIGNAL_FENCE);
	disruptor_fence_seq_cst();
}

/* E5, the sleeper's half. False: do not sleep, it is over. */
static bool announce(struct wait_state *w, uint32_t *word, uint32_t *expected)
{
	*expected = disruptor_fetch_or_relaxed_u32(
			    word, DISRUPTOR_SIGNAL_SLEEPERS) |
		    DISRUPTOR_SIGNAL_SLEEPERS;
	order_after_announcement(w->waiter->disruptor, word);
	return !over(w);
}

/*
 * One sleep of at most ns, unless the word to sleep on is another one now. Says
 * whether it was slept to its end.
 */
static bool sleep_on(struct wait_state *w, uint32_t *word, uint32_t expected,
		     int64_t ns)
{
	const struct disruptor_waiter *waiter = w->waiter;
	bool expired;

	if (waiter->point(waiter->context) != word)
		return false;
	expired = disruptor_os_futex_wait(word, expected, at_most_until(w, ns),
					  waiter->disruptor->shared);
	look_at_clock(w);
	return expired;
}

/*
 * Where nothing is in the way, only a waker that was killed between its store
 * and its wake can have left something to find: that is looked for less often.
 */
static int64_t longer(const struct wait_state *w, int64_t ns)
{
	const struct disruptor_waiter *waiter = w->waiter;
	bool suspicious = waiter->disruptor->shared &&
			   waiter->held_up(waiter->context);
	int64_t longest = suspicious ? SLEEP_LONGEST_NS : SLEEP_IDLE_NS;

	return ns * 2 < longest ? ns * 2 : longest;
}

/*
 * Sleeps grow longer while nothing moves. After each wake they begin anew: what
 * moved may be what is behind a dead producer's claim.
 */
static void block(struct wait_state *w)
{
	int64_t ns = SLEEP_SHORTEST_NS;
	uint32_t *word, expected;

	do {
		word = w->waiter->point(w->waiter->context);
		if (!announce(w, word, &expected))
			return;
		if (sleep_on(w, word, expected, ns))
			ns = longer(w, ns);
		else
			ns = SLEEP_SHORTEST_NS;
	} while (!over(w));
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
	if (wait->spin_ns >= DISRUPTOR_SPIN_SHORTEST_NS &&
	    spin(w, spin_end, true))
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
	} while (!disruptor_cas_relaxed_u32(signal, &seen, woken));
	disruptor_os_futex_wake_all(signal, shared);
}
