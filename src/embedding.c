/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <disruptor/embedding.h>

#define LOOK_SHORTEST_NS INT64_C(50000)
#define LOOK_LONGEST_NS INT64_C(1000000)
/* Another has to overtake the slowest in each; a peer gone wild always does. */
#define ANNOUNCE_ROUNDS 8

static uint32_t set_bits(uint32_t *word, uint32_t bits)
{
	return disruptor_fetch_or_relaxed_u32(word, bits) | bits;
}

/* E5, the sleeper's half, for a sleep that somebody else sleeps. */
static void announce(struct disruptor *d, uint32_t *word,
		     struct disruptor_wait_point *point)
{
	point->word = word;
	point->shared = d->shared;
	point->expected = set_bits(word, DISRUPTOR_SIGNAL_SLEEPERS);
	if (disruptor_os_barrier(d->shared))
		return;
	point->expected = set_bits(word, DISRUPTOR_SIGNAL_SLEEPERS |
						 DISRUPTOR_SIGNAL_FENCE);
	disruptor_fence_seq_cst();
}

/* Nobody sleeps there: wait_any returns at once, and its caller polls again. */
static void expect_nothing(struct disruptor_wait_point *point)
{
	point->expected = ~point->expected;
}

/* Of those that it follows, the one that is behind; nobody: the cursor. */
static uint32_t *poller_point(struct disruptor_poller_private *p)
{
	const struct disruptor_sequence_barrier *b = &p->handle.barrier;
	uint32_t *word = &p->disruptor->words->control.signal;
	int64_t minimum = INT64_MAX, s;
	uint32_t i;

	for (i = 0; i < b->upstream_count; i++) {
		s = disruptor_sequence_load_relaxed(b->upstream[i]);
		if (s >= minimum)
			continue;
		minimum = s;
		word = &p->disruptor->consumers[p->upstream_index[i]].signal;
	}
	return word;
}

/* Who went has woken all that it saw asleep. The next poll tells of errors. */
static void learn_anew(struct disruptor_poller_private *p)
{
	if (disruptor_load_relaxed_u64(&p->handle.barrier.control->epoch) !=
	    p->handle.epoch)
		disruptor_keep_errno(disruptor_poller_revalidate(p));
}

void disruptor_poller_announce(struct disruptor_poller *poller,
			       struct disruptor_wait_point *point)
{
	struct disruptor_poller_private *p = poller->hidden;
	uint32_t *word;
	int round;

	/* Events do not come as fast as looks, and looks may be 50 ms apart. */
	poller->idle_at = poller->next;
	poller->idle_looks = DISRUPTOR_IDLE_LOOKS;
	for (round = 0; round < ANNOUNCE_ROUNDS; round++) {
		word = poller_point(p);
		announce(p->disruptor, word, point);
		learn_anew(p);
		if (poller_point(p) == word)
			return;
		/* Another is behind by now, and would wake nobody. */
	}
	expect_nothing(point);
}

/* The slowest consumer; nobody: the cursor, for what is claimed before. */
static uint32_t *producer_point(const struct disruptor_producer_private *p)
{
	struct disruptor *d = p->disruptor;

	return p->slowest < 0 ? &d->words->control.signal :
				&d->consumers[p->slowest].signal;
}

void disruptor_producer_announce(struct disruptor_producer *producer,
				 struct disruptor_wait_point *point)
{
	struct disruptor_producer_private *p = producer->hidden;
	uint32_t *word;
	int round;

	for (round = 0; round < ANNOUNCE_ROUNDS; round++) {
		word = producer_point(p);
		announce(p->disruptor, word, point);
		disruptor_gate_scan(p);
		if (producer_point(p) == word)
			return;
	}
	expect_nothing(point);
}

static bool moved(const struct disruptor_wait_point *points, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (disruptor_load_relaxed_u32(points[i].word) !=
		    points[i].expected)
			return true;
	return false;
}

/* A kernel that cannot sleep for several words: look, ever more seldom. */
static int look_now_and_then(const struct disruptor_wait_point *points,
			     int count, int64_t deadline)
{
	int64_t nap = LOOK_SHORTEST_NS, now;

	while (!moved(points, count)) {
		now = disruptor_os_now();
		if (now >= deadline)
			return -ETIMEDOUT;
		disruptor_os_nap(deadline - now < nap ? deadline - now : nap);
		nap = nap * 2 < LOOK_LONGEST_NS ? nap * 2 : LOOK_LONGEST_NS;
	}
	return 0;
}

int disruptor_wait_any(const struct disruptor_wait_point *points, int count,
		       int64_t timeout_ns)
{
	struct disruptor_os_futex futexes[DISRUPTOR_WAIT_POINTS_MAX];
	int64_t deadline = disruptor_deadline(timeout_ns);
	int result, i;

	if (points == NULL || count < 1 || count > DISRUPTOR_WAIT_POINTS_MAX)
		return disruptor_fail(EINVAL, "between 1 and %d points",
				      DISRUPTOR_WAIT_POINTS_MAX);
	for (i = 0; i < count; i++)
		futexes[i] = (struct disruptor_os_futex){
			points[i].word, points[i].expected, points[i].shared != 0
		};
	result = disruptor_os_futex_wait_any(futexes, count, deadline);
	if (result == -ENOSYS)
		result = look_now_and_then(points, count, deadline);
	return result;
}

void disruptor_wake_waiters(const uint32_t *word, bool shared)
{
	disruptor_os_futex_wake_all(word, shared);
}

void disruptor_memory(const struct disruptor *d,
		      struct disruptor_memory_info *m)
{
	m->base = d->ring.events;
	m->stride = d->ring.event_stride;
	m->length = m->stride * (d->ring.mask + 1);
}
