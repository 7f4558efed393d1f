/* SPDX-License-Identifier: MIT */
/*
 * Sleeps without a bound: a wake that is missing, comes too early or goes to
 * another word is repaired by nothing, and hangs.
 */
#ifndef TEST_WITHOUT_BOUND_H
#define TEST_WITHOUT_BOUND_H

#include <ring.h>

#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>

#include <internal.h>

/* In place of os/futex.c. */

bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared)
{
	(void)timeout_ns;
	syscall(SYS_futex, word, FUTEX_WAIT | (shared ? 0 : FUTEX_PRIVATE_FLAG),
		expected, NULL, NULL, 0);
	return false;
}

void disruptor_os_futex_wake_all(const uint32_t *word, bool shared)
{
	syscall(SYS_futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG),
		INT_MAX, NULL, NULL, 0);
}

bool disruptor_os_barrier_register(bool shared)
{
	return syscall(SYS_membarrier,
		       shared ? MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED :
				MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		       0, 0) == 0;
}

bool disruptor_os_barrier(bool shared)
{
	return syscall(SYS_membarrier,
		       shared ? MEMBARRIER_CMD_GLOBAL_EXPEDITED :
				MEMBARRIER_CMD_PRIVATE_EXPEDITED,
		       0, 0) == 0;
}

/* Events, with pauses. */

struct half {
	struct disruptor_producer *to;
	struct disruptor_poller *from;
	int64_t rounds;
	uint64_t random;
};

/* Sometimes a while about as long as it takes to fall asleep. */
static inline void dawdle(struct half *h)
{
	uint64_t turns = test_random(&h->random) % 20000;

	if (test_random(&h->random) % 4 != 0)
		return;
	while (turns-- > 0)
		disruptor_spin_hint();
}

static inline void receive(struct half *h, int64_t value)
{
	CHECK_EQ(disruptor_poll_wait(h->from, DISRUPTOR_FOREVER), 1);
	dawdle(h);
	TAKE(h->from, value);
}

static inline void send(struct half *h, int64_t value)
{
	int64_t *event = disruptor_claim(h->to);

	CHECK(event != NULL);
	dawdle(h);
	*event = value;
	disruptor_publish(h->to);
}

static inline struct disruptor *blocking(const struct flavour *flavour,
					 size_t capacity)
{
	return RING(flavour, .capacity = capacity,
		    .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
}

#endif
