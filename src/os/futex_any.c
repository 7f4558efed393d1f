/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)

/* Linux 5.16; the same number on every architecture. */
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#define FUTEX_OF_32_BITS 2u
#define FUTEX_PRIVATE 128u

struct futex_entry {
	uint64_t expected;
	uint64_t address;
	uint32_t flags;
	uint32_t reserved;
};

struct futex_deadline {
	int64_t seconds;
	int64_t nanoseconds;
};

static int result_of(long result)
{
	if (result >= 0 || errno == EAGAIN || errno == EINTR)
		return 0;
	if (errno == ETIMEDOUT)
		return -ETIMEDOUT;
	/* Too old a kernel, or a sandbox that does not know the call. */
	return -ENOSYS;
}

int disruptor_os_futex_wait_any(const struct disruptor_os_futex *futexes,
				int count, int64_t deadline)
{
	struct futex_entry entries[DISRUPTOR_OS_FUTEXES_MAX];
	struct futex_deadline until = { deadline / NS_PER_S,
					deadline % NS_PER_S };
	int i;

	memset(entries, 0, (size_t)count * sizeof(*entries));
	for (i = 0; i < count; i++) {
		entries[i].expected = futexes[i].expected;
		entries[i].address = (uintptr_t)futexes[i].word;
		entries[i].flags = FUTEX_OF_32_BITS;
		if (!futexes[i].shared)
			entries[i].flags |= FUTEX_PRIVATE;
	}
	return result_of(syscall(SYS_futex_waitv, entries, count, 0, &until,
				 CLOCK_MONOTONIC));
}
