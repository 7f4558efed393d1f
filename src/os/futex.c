/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

/* 32-bit systems with a 64-bit time_t have only the newer call. */
#if defined(SYS_futex_time64) && __SIZEOF_POINTER__ == 4
#define FUTEX_CALL SYS_futex_time64
typedef int64_t futex_seconds;
typedef int64_t futex_nanoseconds;
#else
#define FUTEX_CALL SYS_futex
typedef long futex_seconds;
typedef long futex_nanoseconds;
#endif

struct futex_timespec {
	futex_seconds seconds;
	futex_nanoseconds nanoseconds;
};

bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared)
{
	struct futex_timespec t = {
		.seconds = (futex_seconds)(timeout_ns / NS_PER_S),
		.nanoseconds = (futex_nanoseconds)(timeout_ns % NS_PER_S),
	};

	return syscall(FUTEX_CALL, word,
		       FUTEX_WAIT | (shared ? 0 : FUTEX_PRIVATE_FLAG),
		       expected, &t, NULL, 0) < 0 &&
	       errno == ETIMEDOUT;
}

void disruptor_os_futex_wake_all(const uint32_t *word, bool shared)
{
	syscall(FUTEX_CALL, word,
		FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), INT_MAX, NULL,
		NULL, 0);
}

bool disruptor_os_barrier_register(bool shared)
{
	return syscall(SYS_membarrier,
		       shared ?
			MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED :
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
