/* SPDX-License-Identifier: MIT */
/*
 * What the library asks the kernel for: nothing while nobody sleeps, and it
 * does without membarrier(2) where that is refused.
 */
#include <child.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#define LAPS 50
#define ROUNDS 300

#define LOAD_NUMBER                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define IF_NOT(number, skip)                                                   \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (skip))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))

static void filter(struct sock_filter *code, unsigned short length)
{
	struct sock_fprog program = { .len = length, .filter = code };

	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* From here on any system call but the last one kills. */
static void allow_nothing(void)
{
	struct sock_filter code[] = {
		LOAD_NUMBER,
		IF_NOT(__NR_exit_group, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
	};

	filter(code, sizeof(code) / sizeof(code[0]));
}

static void refuse_membarrier(void)
{
	struct sock_filter code[] = {
		LOAD_NUMBER,
		IF_NOT(__NR_membarrier, 1),
		ANSWER(SECCOMP_RET_ERRNO | EPERM),
		ANSWER(SECCOMP_RET_ALLOW),
	};

	filter(code, sizeof(code) / sizeof(code[0]));
}

static void publish_laps(struct disruptor_producer *producer,
			 struct disruptor_poller *poller, int64_t laps)
{
	int64_t i, n;

	for (i = 0; i < laps; i++) {
		while (disruptor_try_claim(producer) != NULL)
			disruptor_publish(producer);
		while ((n = disruptor_poll(poller)) > 0)
			disruptor_poller_advance(poller, n);
	}
}

/*
 * Gate scans, full rings and empty ones included: a look is no wait. A
 * multi producer's scan asks for no liveness either.
 */
static void publish_without_the_kernel(void *flavour)
{
	struct disruptor *d = RING((const struct flavour *)flavour, .capacity = 64);
	struct disruptor_producer *producer = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);

	disruptor_unlink(ring_name());
	allow_nothing();
	publish_laps(producer, poller, LAPS);
	syscall(__NR_exit_group, 0);
}

static void nobody_asleep_costs_no_call(const struct flavour *flavour)
{
	CHILD_JOIN(child_start(publish_without_the_kernel, (void *)flavour));
}

struct echo {
	struct disruptor_poller *poller;
	struct disruptor_producer *producer;
};

/* One event comes, one goes: the next does not come before. */
static void echo_once(struct echo *e, bool first)
{
	if (first) {
		CHECK(disruptor_claim(e->producer) != NULL);
		disruptor_publish(e->producer);
	}
	CHECK_EQ(disruptor_poll_wait(e->poller, LONG_NS), 1);
	disruptor_poller_advance(e->poller, 1);
	if (!first) {
		CHECK(disruptor_claim(e->producer) != NULL);
		disruptor_publish(e->producer);
	}
}

static struct disruptor *blocking_ring(const char *name)
{
	struct disruptor *d = disruptor_create_shared(
		name, DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 4,
				  .wait_strategy = DISRUPTOR_WAIT_BLOCKING));

	CHECK(d != NULL);
	return d;
}

static void echo_from_child(void *argument)
{
	const char *const *names = argument;
	struct disruptor *from, *to;
	struct echo e;
	int i;

	refuse_membarrier();
	from = disruptor_attach(names[0], 8);
	to = disruptor_attach(names[1], 8);
	CHECK(from != NULL && to != NULL);
	e.poller = disruptor_poller_new(from, NULL);
	e.producer = disruptor_producer_new(to);
	CHECK(e.poller != NULL && e.producer != NULL);
	CHECK(disruptor_load_relaxed_u32(&e.producer->sequencer.control->signal)
	      & DISRUPTOR_SIGNAL_FENCE);
	for (i = 0; i < ROUNDS; i++)
		echo_once(&e, false);
	disruptor_free(from);
	disruptor_free(to);
}

/* A process without membarrier and one with it put each other to sleep. */
static void membarrier_refused_to_one(void **state)
{
	const char *there = ring_new_name(), *back = ring_new_name();
	struct disruptor *to = blocking_ring(there);
	struct disruptor *from = blocking_ring(back);
	struct echo e = { disruptor_poller_new(from, NULL),
			  disruptor_producer_new(to) };
	const char *names[] = { there, back };
	pid_t child;
	int i;

	(void)state;
	CHECK(e.poller != NULL && e.producer != NULL);
	child = child_start(echo_from_child, names);
	CHECK_EQ(disruptor_wait_for_consumers(to, 1, LONG_NS), 0);
	for (i = 0; i < ROUNDS; i++)
		echo_once(&e, true);
	CHILD_JOIN(child);
	disruptor_free(to);
	disruptor_free(from);
}

TEST_MAIN(TEST_EACH(nobody_asleep_costs_no_call),
	  TEST(membarrier_refused_to_one));
