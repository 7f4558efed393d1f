/* SPDX-License-Identifier: MIT */
/* Helpers of all tests: checks, watchdog, threads. Include it first. */
#ifndef TEST_H
#define TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <disruptor/disruptor.h>

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define LONG_NS (INT64_C(600000) * MS) /* ends by the watchdog alone */
#define WATCHDOG_S 120
#define WATCHDOG_FULL_S 7200
#define TEST_UNUSED __attribute__((unused))

static long test_tid TEST_UNUSED;	   /* the thread that cmocka runs in */
static const char *test_where TEST_UNUSED; /* set while a variant runs */

static inline void test_failed(const char *file, int line)
{
	if (test_where != NULL)
		fprintf(stderr, "  in variant: %s\n", test_where);
	fflush(stderr);
	if (test_tid == syscall(SYS_gettid))
		_fail(file, line);
	abort();
}

static inline void test_check(bool ok, const char *text, const char *file,
			      int line)
{
	int error = errno;

	if (ok)
		return;
	fprintf(stderr, "%s:%d: not true: %s (errno %d, \"%s\")\n", file, line,
		text, error, disruptor_error());
	test_failed(file, line);
}

static inline void test_check_eq(int64_t actual, int64_t expected,
				 const char *text, const char *file, int line)
{
	int error = errno;

	if (actual == expected)
		return;
	fprintf(stderr,
		"%s:%d: %s: %" PRId64 ", expected %" PRId64
		" (errno %d, \"%s\")\n",
		file, line, text, actual, expected, error, disruptor_error());
	test_failed(file, line);
}

static inline void test_check_null(const void *pointer, int error,
				   const char *text, const char *file, int line)
{
	if (pointer != NULL) {
		fprintf(stderr, "%s:%d: %s: not NULL\n", file, line, text);
		test_failed(file, line);
	}
	test_check_eq(errno, error, text, file, line);
}

/* May stand in any thread and any process of a test. */
#define CHECK(x) test_check((x), #x, __FILE__, __LINE__)
#define CHECK_EQ(actual, expected)                                             \
	test_check_eq((int64_t)(actual), (int64_t)(expected), #actual,         \
		      __FILE__, __LINE__)
#define CHECK_STR(actual, expected)                                            \
	test_check(strcmp((actual), (expected)) == 0,                          \
		   #actual " is " #expected, __FILE__, __LINE__)
/* A constructor that fails, and with which errno. */
#define CHECK_NULL(call, error)                                                \
	(errno = 0, test_check_null((call), (error), #call, __FILE__, __LINE__))
/* A function that returns -errno and sets errno too. */
#define CHECK_ERROR(call, error)                                               \
	do {                                                                   \
		errno = 0;                                                     \
		CHECK_EQ((call), -(error));                                    \
		test_check_eq(errno, (error), "errno of " #call, __FILE__,     \
			      __LINE__);                                       \
	} while (0)

static inline int64_t test_environment(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	int64_t value = text != NULL ? strtoll(text, NULL, 10) : 0;

	return value > 0 ? value : otherwise;
}

/* How much of n to do: slow machines and sanitizers take a part. */
static inline int64_t scaled(int64_t n)
{
	int64_t part = n / test_environment("DISRUPTOR_TEST_SCALE", 1);

	return part > 0 ? part : 1;
}

static inline bool test_full(void)
{
	return test_environment("DISRUPTOR_TEST_FULL", 0) != 0;
}

static inline void watchdog_bites(int number)
{
	static const char text[] = "watchdog: the test hangs\n  in variant: ";
	const char *where = test_where != NULL ? test_where : "-";

	(void)number;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0 ||
	    write(STDERR_FILENO, where, strlen(where)) < 0)
		_exit(98);
	abort();
}

static inline void watchdog(void)
{
	signal(SIGALRM, watchdog_bites);
	alarm((unsigned int)test_environment("DISRUPTOR_TEST_WATCHDOG",
					     test_full() ? WATCHDOG_FULL_S :
							   WATCHDOG_S));
}

static inline int test_setup(void **state)
{
	(void)state;
	test_tid = syscall(SYS_gettid);
	test_where = NULL;
	watchdog();
	return 0;
}

static inline void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

static inline pthread_t thread_start(void *(*run)(void *), void *argument)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, run, argument), 0);
	return thread;
}

static inline void thread_join(pthread_t thread)
{
	CHECK_EQ(pthread_join(thread, NULL), 0);
}

/* xorshift64*: the same numbers in every run. */
static inline uint64_t test_random(uint64_t *state)
{
	uint64_t x = *state != 0 ? *state : UINT64_C(88172645463325252);

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * UINT64_C(2685821657736338717);
}

#endif
