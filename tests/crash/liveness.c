/* SPDX-License-Identifier: MIT */
/*
 * Who is alive, by what a process may do to itself. A kernel that sees it
 * differently fails here first.
 */
#include "claimants.h"

#include <sys/wait.h>

/* --- alive --- */

static void close_all(struct scene *s)
{
	(void)s;
	CHECK_EQ(syscall(SYS_close_range, 3u, ~0u, 0u), 0);
}

static void open_and_close(struct scene *s)
{
	char path[RING_NAME_SIZE + 32];
	int fd;

	ring_path(path, sizeof(path), s->name);
	fd = open(path, O_RDWR);
	CHECK(fd >= 0);
	close(fd);
}

static void attach_again_and_leave(struct scene *s)
{
	struct disruptor *d = ATTACH(s->name);

	PRODUCER(d);
	POLLER(d, NULL);
	disruptor_free(d);
}

static void fork_one_that_ends(struct scene *s)
{
	pid_t pid = fork();

	(void)s;
	CHECK(pid >= 0);
	if (pid == 0)
		_exit(0);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
}

static void still_alive(const struct flavour *flavour)
{
	static void (*const happenings[])(struct scene *) = {
		NULL, close_all, open_and_close, attach_again_and_leave,
		fork_one_that_ends
	};
	size_t i;

	for (i = 0; i < sizeof(happenings) / sizeof(happenings[0]); i++) {
		struct scene *s = scene_new(flavour);

		scene_start(s, happenings[i]);
		claim_is_published(s);
		CHECK(child_kill(s->pid));
		scene_free(s);
	}
}

static void stopped(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);

	scene_start(s, NULL);
	CHECK_EQ(kill(s->pid, SIGSTOP), 0);
	claim_stays(s);
	CHECK_EQ(kill(s->pid, SIGCONT), 0);
	claim_is_published(s);
	CHECK(child_kill(s->pid));
	scene_free(s);
}

/* The first thread is gone, and the process looks like a zombie. */
static void *publish_without_leader(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));

	CHECK_EQ(disruptor_claim_n(p, CLAIM), CLAIM);
	disruptor_fetch_add_u32(&s->there, 1);
	scene_wait_and_publish(s, p);
	return NULL;
}

static void exit_leader(void *argument)
{
	thread_start(publish_without_leader, argument);
	pthread_exit(NULL);
}

static void without_a_leader(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);

	s->pid = child_start(exit_leader, s);
	wait_for_u32(&s->there, 1);
	claim_is_published(s);
	CHILD_JOIN(s->pid);
	scene_free(s);
}

/* --- dead --- */

static void zombies(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	siginfo_t info;

	scene_start(s, NULL);
	CHECK_EQ(kill(s->pid, SIGKILL), 0);
	CHECK_EQ(waitid(P_PID, (id_t)s->pid, &info, WEXITED | WNOWAIT), 0);
	claim_becomes_gaps(s);
	CHECK_EQ(waitpid(s->pid, NULL, 0), s->pid);
	scene_free(s);
}

/* The same process goes on as another program, which has no ring. */
static void __attribute__((constructor)) be_another_program(void)
{
	if (getenv("CRASH_ANOTHER_PROGRAM") == NULL)
		return;
	alarm(60);
	for (;;)
		pause();
}

static void claim_and_exec(void *argument)
{
	struct scene *s = argument;

	CHECK_EQ(disruptor_claim_n(PRODUCER(ATTACH(s->name)), CLAIM), CLAIM);
	setenv("CRASH_ANOTHER_PROGRAM", "1", 1);
	disruptor_fetch_add_u32(&s->there, 1);
	execl("/proc/self/exe", "another", NULL);
	abort();
}

static void after_exec(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);

	s->pid = child_start(claim_and_exec, s);
	wait_for_u32(&s->there, 1);
	claim_becomes_gaps(s);
	CHECK_EQ(kill(s->pid, 0), 0);
	CHECK(child_kill(s->pid));
	scene_free(s);
}

/* The child has the parent's descriptors, but none of its ring. */
static void fork_one_that_stays(struct scene *s)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid != 0) {
		s->child = pid;
		return;
	}
	prctl(PR_SET_PDEATHSIG, 0);
	alarm(60);
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

static void survived_by_a_child(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);

	CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	scene_start(s, fork_one_that_stays);
	wait_for_u32(&s->there, 2);
	CHECK(child_kill(s->pid));
	claim_becomes_gaps(s);
	CHECK(child_kill(s->child));
	scene_free(s);
}

/* --- two of everything --- */

static void attach_twice(void *argument)
{
	struct scene *s = argument;
	struct disruptor *first = ATTACH(s->name), *second = ATTACH(s->name);
	struct disruptor_producer *p = PRODUCER(second);

	CHECK_EQ(disruptor_claim_n(PRODUCER(first), CLAIM), CLAIM);
	POLLER(first, NULL);
	POLLER(second, NULL);
	PUT(p, 3);
	disruptor_free(first); /* abandons its claim */
	CHECK_EQ(disruptor_claim_n(p, CLAIM), CLAIM);
	disruptor_fetch_add_u32(&s->there, 1);
	scene_wait_and_publish(s, p);
	for (;;)
		pause();
}

static void attached_twice(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	int i;

	s->pid = child_start(attach_twice, s);
	wait_for_u32(&s->there, 1);
	TAKE(s->poller, 3);
	claim_is_published(s);
	CHECK(child_kill(s->pid));
	/* All of its records are free. */
	for (i = 0; i < 8; i++)
		PRODUCER(s->d);
	for (i = 0; i < 7; i++)
		POLLER(s->d, NULL);
	scene_free(s);
}

#define ATTACHERS 50

static void attach_often(void *argument)
{
	struct scene *s = argument;
	int64_t i, n = scaled(test_environment("ROUNDS", 10));

	for (i = 0; i < n; i++) {
		struct disruptor *d = ATTACH(s->name);
		struct disruptor_producer *p = PRODUCER(d);
		int64_t value = i;

		disruptor_poller_free(POLLER(d, NULL));
		memcpy(disruptor_claim(p), &value, sizeof(value));
		disruptor_publish(p);
		disruptor_free(d);
	}
}

static void attach_storm(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	int64_t left = ATTACHERS * scaled(test_environment("ROUNDS", 10)), n;
	pid_t pids[ATTACHERS];
	int i;

	s->d = RING(flavour, .capacity = 64);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->poller = POLLER(s->d, NULL);
	for (i = 0; i < ATTACHERS; i++)
		pids[i] = child_start(attach_often, s);
	for (; left > 0; left -= n) {
		n = disruptor_poll_wait(s->poller, LONG_NS);
		CHECK(n > 0);
		disruptor_poller_advance(s->poller, n);
	}
	for (i = 0; i < ATTACHERS; i++)
		CHILD_JOIN(pids[i]);
	CHECK_EQ(left, 0);
	/* Who waits a second for the registry in vain leaves as the dead do. */
	CHECK(disruptor_repair(s->d, NULL, NULL) >= 0);
	CHECK_EQ(disruptor_consumer_count(s->d), 1);
	scene_free(s);
}

TEST_MAIN(TEST_SOME(still_alive, claimants_want),
	  TEST_SOME(stopped, claimants_want),
	  TEST_SOME(without_a_leader, claimants_want),
	  TEST_SOME(zombies, claimants_want),
	  TEST_SOME(after_exec, claimants_want),
	  TEST_SOME(survived_by_a_child, claimants_want),
	  TEST_SOME(attached_twice, claimants_want),
	  TEST_SOME(attach_storm, claimants_want));
