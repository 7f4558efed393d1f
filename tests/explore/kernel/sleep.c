/* SPDX-License-Identifier: MIT */
#include "kernel.h"

/* Futexes, and the barrier that goes with them. */

static void forget_words(void)
{
	memset(machine.words[engine.current], 0,
	       sizeof(machine.words[engine.current]));
}

/* True: nobody woke it before. */
static bool sleep_until(int64_t deadline)
{
	struct participant *p = self();

	engine_trace(NULL, "sleeps");
	p->object = &machine;
	p->deadline = deadline;
	p->expired = false;
	engine_leave(SLEEPING);
	p->object = NULL;
	engine_note('S', (uint64_t)p->expired);
	engine_trace(NULL, p->expired ? "has slept enough" : "is woken");
	return p->expired;
}

bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared)
{
	(void)shared;
	kernel_enter(0);
	forget_words();
	machine.words[engine.current][0] = word;
	if (memory_newest(word, sizeof(*word)) != expected) {
		engine_note('W', memory_newest(word, sizeof(*word)));
		engine_trace(NULL, "does not sleep: the word is another");
		return false;
	}
	return timeout_ns <= 0 || sleep_until(engine.now + timeout_ns);
}

/* Which words each sleeps on. */
static bool sleeps_on(int who, const uint32_t *word)
{
	int i;

	for (i = 0; i < WORDS && machine.words[who][i] != NULL; i++)
		if (machine.words[who][i] == word)
			return true;
	return false;
}

void disruptor_os_futex_wake_all(const uint32_t *word, bool shared)
{
	int i;

	(void)shared;
	kernel_enter(0);
	engine_trace(NULL, "wakes who sleeps");
	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state == SLEEPING &&
		    engine.participant[i].object == &machine &&
		    sleeps_on(i, word))
			engine.participant[i].state = READY;
}

int disruptor_os_futex_wait_any(const struct disruptor_os_futex *futexes,
				int count, int64_t deadline)
{
	int i;

	kernel_enter(0);
	forget_words();
	for (i = 0; i < count; i++) {
		uint64_t found = memory_newest(futexes[i].word,
					       sizeof(*futexes[i].word));

		if (found != futexes[i].expected) {
			engine_note('W', found);
			engine_trace(NULL, "does not sleep: a word is another");
			return 0;
		}
		machine.words[engine.current][i] = futexes[i].word;
	}
	return sleep_until(deadline) ? -ETIMEDOUT : 0;
}

bool disruptor_os_barrier_register(bool shared)
{
	(void)shared;
	return !engine.scene->no_barrier;
}

bool disruptor_os_barrier(bool shared)
{
	EXPLORE_SITE(CALL, SEQ_CST, "membarrier");

	(void)shared;
	if (engine.scene->no_barrier)
		return false;
	engine.step++;
	sites_reach(&explore_here);
	if (!engine.running)
		return true;
	engine_point();
	engine_note('B', 0);
	engine_trace(&explore_here, "membarrier");
	if (sites_order(&explore_here) == EXPLORE_SEQ_CST)
		memory_membarrier();
	return true;
}
