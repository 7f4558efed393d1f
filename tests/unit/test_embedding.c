/* SPDX-License-Identifier: MIT */
/* embedding.h: one thread sleeps for handles that another one polls. */
#include <child.h>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

struct publisher {
	struct disruptor_producer *producer;
	uint32_t *word;		/* of its own, to be changed; or NULL */
};

static void *act(void *argument)
{
	struct publisher *p = argument;

	usleep(20000);
	if (p->word != NULL) {
		disruptor_fetch_add_u32(p->word, 1);
		disruptor_wake_waiters(p->word, false);
	} else {
		PUT(p->producer, 7);
	}
	return NULL;
}

/* Sleeps for all the points until one of them moves. */
static void sleep_till_moved(const struct disruptor_wait_point *points, int n)
{
	int i;

	for (;;) {
		CHECK_EQ(disruptor_wait_any(points, n, LONG_NS), 0);
		for (i = 0; i < n; i++)
			if (disruptor_load_acquire_u32(points[i].word) !=
			    points[i].expected)
				return;
	}
}

static void wakes_for_events(const struct flavour *flavour)
{
	struct disruptor *quiet = RING(flavour, .capacity = 8);
	struct disruptor *busy = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(quiet, NULL);
	struct disruptor_poller *b = POLLER(busy, NULL);
	struct publisher publisher = { PRODUCER(busy), NULL };
	struct disruptor_wait_point points[2];
	pthread_t thread;

	disruptor_poller_announce(a, &points[0]);
	disruptor_poller_announce(b, &points[1]);
	CHECK_EQ(points[0].shared, flavour->shared);
	CHECK_EQ(disruptor_poll(a), 0);
	CHECK_EQ(disruptor_poll(b), 0);
	CHECK_EQ(disruptor_wait_any(points, 2, MS), -ETIMEDOUT);
	thread = thread_start(act, &publisher);
	sleep_till_moved(points, 2);
	CHECK_EQ(disruptor_poll(a), 0);
	CHECK_EQ(disruptor_poll(b), 1);
	thread_join(thread);
	disruptor_free(quiet);
	disruptor_free(busy);
}

struct taker {
	struct disruptor_poller *poller;
};

static void *take_one(void *argument)
{
	struct taker *taker = argument;

	usleep(20000);
	TAKE(taker->poller, 0);
	return NULL;
}

static void wakes_for_room(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct taker taker = { POLLER(d, NULL) };
	struct disruptor_wait_point point;
	pthread_t thread;

	put_many(p, 0, 4);
	CHECK_EQ(disruptor_try_claim_n(p, 1), -EAGAIN);
	disruptor_producer_announce(p, &point);
	CHECK_EQ(disruptor_try_claim_n(p, 1), -EAGAIN);
	CHECK_EQ(disruptor_wait_any(&point, 1, MS), -ETIMEDOUT);
	thread = thread_start(take_one, &taker);
	sleep_till_moved(&point, 1);
	thread_join(thread);
	CHECK_EQ(disruptor_try_claim_n(p, 1), 1);
	disruptor_free(d);
}

/* Not the cursor's word: that of the slowest that it follows. */
static void wakes_for_those_before(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct taker taker = { POLLER(d, "first") };
	struct disruptor_poller *after = disruptor_poller_new_after(
		d, "second", DISRUPTOR_AFTER_NAMES("first"));
	struct disruptor_wait_point point;
	pthread_t thread;

	PUT(p, 0);
	CHECK_EQ(disruptor_poll(after), 0);
	disruptor_poller_announce(after, &point);
	/* Who sleeps between its looks takes no further ones to suspect. */
	CHECK(disruptor_poll_is_held_up(after));
	CHECK_EQ(disruptor_poll(after), 0);
	thread = thread_start(take_one, &taker);
	sleep_till_moved(&point, 1);
	thread_join(thread);
	CHECK_EQ(disruptor_poll(after), 1);
	disruptor_free(d);
}

static void wakes_for_a_word_of_its_own(void **state)
{
	uint32_t words[3] = { 1, 2, 3 };
	struct disruptor_wait_point points[3] = {
		{ &words[0], 1, 0 }, { &words[1], 2, 0 }, { &words[2], 3, 0 }
	};
	struct publisher publisher = { NULL, &words[1] };
	pthread_t thread;

	(void)state;
	CHECK_EQ(disruptor_wait_any(points, 3, 0), -ETIMEDOUT);
	CHECK_EQ(disruptor_wait_any(points, 3, MS), -ETIMEDOUT);
	thread = thread_start(act, &publisher);
	sleep_till_moved(points, 3);
	thread_join(thread);
	CHECK_EQ(disruptor_wait_any(points, 3, LONG_NS), 0);
	CHECK_EQ(disruptor_wait_any(NULL, 1, 0), -EINVAL);
	CHECK_EQ(disruptor_wait_any(points, 0, 0), -EINVAL);
	CHECK_EQ(disruptor_wait_any(points, DISRUPTOR_WAIT_POINTS_MAX + 1, 0),
		 -EINVAL);
}

/* As before Linux 5.16, and in sandboxes. */
static void forbid_futex_waitv(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex_waitv, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
				      filter };

	/* An emulator may not know it; then it has no futex_waitv either. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void without_futex_waitv(void *unused)
{
	(void)unused;
	forbid_futex_waitv();
	wakes_for_a_word_of_its_own(NULL);
}

static void old_kernels(void **state)
{
	(void)state;
	CHILD_JOIN(child_start(without_futex_waitv, NULL));
}

static void memory(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_memory_info m;
	int64_t i;

	disruptor_memory(d, &m);
	CHECK_EQ(m.length, m.stride * 8);
	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	for (i = 0; i < 8; i++)
		CHECK((char *)disruptor_producer_event(p, i) ==
		      (char *)m.base + (uint64_t)i * m.stride);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(wakes_for_events), TEST_EACH(wakes_for_room),
	  TEST_EACH(wakes_for_those_before),
	  cmocka_unit_test(wakes_for_a_word_of_its_own),
	  cmocka_unit_test(old_kernels), TEST_EACH(memory));
