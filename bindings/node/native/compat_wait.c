/* SPDX-License-Identifier: MIT */
#include "compat.h"
#include "sleeper.h"

/*
 * One signal word for the whole segment, in the page behind the original's
 * bytes. Its processes do not know it, so every sleep is short, and grows with
 * what has been waited already.
 */
#define SPIN_NS INT64_C(20000)
#define PAUSES 8
#define SLEEP_SHORTEST_NS INT64_C(50000)
#define SLEEP_LONGEST_NS INT64_C(10000000)

static uint32_t *signal_of(struct compat *c)
{
	return c->segment->extension != NULL ? &c->segment->extension->signal :
					       &c->nobody;
}

void compat_signal(struct compat *c)
{
	uint32_t *word = signal_of(c), seen, woken;

	/* As E5: the change was sequentially consistent, and so is this. */
	seen = disruptor_load_seq_cst_u32(word);
	do {
		if (!(seen & DISRUPTOR_SIGNAL_SLEEPERS))
			return;
		woken = (seen & ~DISRUPTOR_SIGNAL_SLEEPERS) +
			DISRUPTOR_SIGNAL_WAKE;
	} while (!disruptor_cas_u32(word, &seen, woken));
	disruptor_wake_waiters(word, true);
}

void compat_announce(struct compat *c, struct disruptor_wait_point *point)
{
	uint32_t *word = signal_of(c);

	point->word = word;
	point->shared = 1;
	point->expected = disruptor_fetch_or_u32(word,
						 DISRUPTOR_SIGNAL_SLEEPERS) |
			  DISRUPTOR_SIGNAL_SLEEPERS;
}

static uint64_t load(const uint64_t *word)
{
	return disruptor_load_seq_cst_u64(word);
}

/* Room for so many, or nobody left who would take them. */
static bool has_room(const struct compat *c, uint64_t count)
{
	uint64_t next = load(c->next), finished;
	uint32_t i;

	for (i = 0; i < c->consumers; i++) {
		finished = load(&c->consumer[i]);
		if (finished != COMPAT_IGNORED &&
		    c->elements - (next - finished) < count)
			return false;
	}
	return true;
}

static bool can_consume(const struct compat *c)
{
	uint64_t finished = load(&c->consumer[c->me]);

	return finished == COMPAT_IGNORED || finished != load(c->cursor);
}

bool compat_is_over(const struct compat *c, const struct compat_want *want)
{
	switch (want->kind) {
	case WAIT_TO_CONSUME:
		return can_consume(c);
	case WAIT_TO_READ:
		return can_consume(c) ||
		       disruptor_load_seq_cst_u32(c->status) != 0;
	case WAIT_TO_COMMIT:
		return load(c->cursor) == want->start;
	default:
		return has_room(c, want->count < c->elements ? want->count :
							       c->elements);
	}
}

/* Looks seldom: each look takes the cache line away from who works on it. */
static bool spin(const struct compat *c, const struct compat_want *want,
		 int64_t end)
{
	int i;

	do {
		for (i = 0; i < PAUSES; i++)
			disruptor_spin_hint();
		if (compat_is_over(c, want))
			return true;
	} while (now_ns() < end);
	return false;
}

static int64_t sleep_after(int64_t waited)
{
	int64_t ns = waited / 8;

	if (ns < SLEEP_SHORTEST_NS)
		return SLEEP_SHORTEST_NS;
	return ns < SLEEP_LONGEST_NS ? ns : SLEEP_LONGEST_NS;
}

bool compat_wait(struct compat *c, const struct compat_want *want,
		 int64_t timeout_ns, int64_t waited_ns)
{
	int64_t began = now_ns(), now;
	struct disruptor_wait_point point;

	if (waited_ns == 0 && spin(c, want, began + SPIN_NS))
		return true;
	while ((now = now_ns()) < began + timeout_ns) {
		compat_announce(c, &point);
		if (compat_is_over(c, want))
			return true;
		disruptor_wait_any(&point, 1, sleep_after(waited_ns + now - began));
		if (compat_is_over(c, want))
			return true;
	}
	return false;
}

bool compat_look(struct sleeper *sleeper)
{
	struct compat_want want = { (enum compat_wait)sleeper->kind,
				    sleeper->start, sleeper->count };
	struct compat *c = sleeper->context;

	compat_announce(c, &sleeper->point);
	return compat_is_over(c, &want);
}
