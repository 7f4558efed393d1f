/* SPDX-License-Identifier: MIT */
#include "patience.h"
#include "addon.h"
#include "sleeper.h"

#include <sched.h>

/* Longer than a hand-over with what JavaScript does in between. */
#define SPIN_NS INT64_C(5000)
#define LOOKS_PER_CLOCK 16
#define SCORE_MAX 16
#define SCORE_OF_HELP 4
/* What does not help is tried again after so many waits. */
#define SKIPS 16

void patience_begin(struct patience *p)
{
	*p = (struct patience){ { SCORE_OF_HELP, 0 }, { SCORE_OF_HELP, 0 } };
}

static bool is_worth_it(struct habit *h)
{
	return h->score > 0 || ++h->skipped % SKIPS == 0;
}

static void learn(struct habit *h, bool helped)
{
	if (!helped)
		h->score -= h->score > 0;
	else if (h->score < SCORE_MAX)
		h->score += SCORE_OF_HELP;
}

/* What came while somebody else had this CPU did not come by spinning. */
static int64_t spin(struct habit *h, int64_t ns,
		    int64_t (*look)(void *context), void *context)
{
	int64_t began = now_ns(), passed, n = 0;
	int i;

	do {
		for (i = 0; i < LOOKS_PER_CLOCK && n == 0; i++) {
			disruptor_spin_hint();
			n = look(context);
		}
		passed = now_ns() - began;
	} while (n == 0 && passed < SPIN_NS && passed < ns);
	learn(h, n != 0 && passed < 2 * SPIN_NS);
	return n;
}

static int64_t yield(struct habit *h, int64_t ns,
		     int64_t (*look)(void *context), void *context)
{
	int64_t end = now_ns() + ns, n;

	do {
		sched_yield();
		n = look(context);
	} while (n == 0 && now_ns() < end);
	learn(h, n != 0);
	return n;
}

int64_t wait_briefly(struct patience *p, int64_t ns,
		     int64_t (*look)(void *context), void *context)
{
	int64_t n = 0;

	if (is_worth_it(&p->spin))
		n = spin(&p->spin, ns, look, context);
	if (n == 0 && ns > SPIN_NS && is_worth_it(&p->yield))
		n = yield(&p->yield, ns - SPIN_NS, look, context);
	return n;
}
