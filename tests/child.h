/* SPDX-License-Identifier: MIT */
/* Processes for tests. A child uses CHECK() and none of its parent's rings. */
#ifndef TEST_CHILD_H
#define TEST_CHILD_H

#include <ring.h>

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static inline pid_t child_start(void (*run)(void *), void *argument)
{
	pid_t pid;

	fflush(stdout);
	fflush(stderr);
	pid = fork();
	CHECK(pid >= 0);
	if (pid != 0)
		return pid;
	test_tid = 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	watchdog();
	run(argument);
	_exit(0);
}

static inline void child_join_at(pid_t pid, const char *file, int line)
{
	int status = -1;

	test_check_eq(waitpid(pid, &status, 0), pid, "waitpid", file, line);
	test_check_eq(status, 0, "status of a child", file, line);
}

#define CHILD_JOIN(pid) child_join_at(pid, __FILE__, __LINE__)

/* Returns false when the child had ended by itself, and well. */
static inline bool child_kill(pid_t pid)
{
	int status = -1;

	CHECK(pid > 0);
	CHECK_EQ(kill(pid, SIGKILL), 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		CHECK_EQ(WEXITSTATUS(status), 0);
	else
		CHECK_EQ(WTERMSIG(status), SIGKILL);
	return !WIFEXITED(status);
}

/* Zeroed memory that children share. */
static inline void *shared_alloc(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static inline void shared_free(void *p, size_t size)
{
	CHECK_EQ(munmap(p, size), 0);
}

/* Waits, by the watchdog's patience, until a shared word is at least value. */
static inline void wait_for_u32(const uint32_t *word, uint32_t value)
{
	while (disruptor_load_acquire_u32(word) < value)
		pause_ms(1);
}

static inline struct disruptor *ring_attach_at(const char *name,
					       const char *file, int line)
{
	struct disruptor *d = disruptor_attach(name, 0);

	test_check(d != NULL, "attach", file, line);
	return d;
}

#define ATTACH(name) ring_attach_at(name, __FILE__, __LINE__)

#endif
