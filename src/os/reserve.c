/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

/*
 * A page that has no memory yet faults when it is touched and there is none
 * left: SIGBUS, for a load as well as for a store. So all of it is there before
 * anybody touches any.
 */

#define SMALLEST_PART UINT64_C(4096)
#define BLOCK 512 /* of st_blocks, whatever the file system has */

typedef int (*reserve_part)(int fd, uint64_t from, uint64_t length);

/*
 * A signal ends the call and takes back what it did (tmpfs): under a timer a
 * large file would never be done. So smaller and smaller parts of it. A ring's
 * length is a multiple of the smallest.
 */
static int in_parts(int fd, uint64_t length, reserve_part reserve)
{
	uint64_t from = 0, part = length;
	int error = 0;

	while (from < length && (error == 0 || error == -EINTR)) {
		if (part > length - from)
			part = length - from;
		error = reserve(fd, from, part);
		if (error == 0)
			from += part;
		else if (part > SMALLEST_PART)
			part = part / 2 / SMALLEST_PART * SMALLEST_PART;
	}
	return error;
}

/* Emulated where the file system cannot: nobody else has this file yet. */
static int reserve_new(int fd, uint64_t from, uint64_t length)
{
	return -posix_fallocate(fd, (off_t)from, (off_t)length);
}

/* Never emulated: that would write to pages that others write to. */
static int fill(int fd, uint64_t from, uint64_t length)
{
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)length) == 0)
		return 0;
	return -errno;
}

/* Beyond it the kernel sends SIGXFSZ, which ends programs that expect none. */
static bool is_over_limit(uint64_t length)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	       limit.rlim_cur != RLIM_INFINITY && length > limit.rlim_cur;
}

int disruptor_os_file_reserve(int fd, uint64_t length)
{
	int error;

	if (is_over_limit(length))
		return -EFBIG;
	error = in_parts(fd, length, reserve_new);
	/* Larger than any file may be there. */
	return error == -EFBIG ? -ENOSPC : error;
}

bool disruptor_os_file_has_holes(int fd, uint64_t length)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (uint64_t)st.st_blocks * BLOCK < length;
}

int disruptor_os_file_fill_holes(int fd, uint64_t length)
{
	int error;

	if (!disruptor_os_file_has_holes(fd, length))
		return 0;
	error = in_parts(fd, length, fill);
	/* Such a file system has no holes, or no way to know. */
	return error == -EOPNOTSUPP || error == -ENOSYS ? 0 : error;
}
