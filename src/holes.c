/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * A ring's creator has reserved all of its file. But a copy of a ring, or what
 * somebody made of it with a hole punch, may have holes; and where the file
 * system is full, a hole faults (SIGBUS) when it is read through a mapping, not
 * only when it is written.
 */

int disruptor_fill_holes(int fd, const struct disruptor_header *header)
{
	int error = disruptor_os_file_fill_holes(fd, header->total_size);

	if (error == 0)
		return 0;
	return disruptor_fail(-error,
			      "the ring's file has holes, and there is no "
			      "memory to fill them to its %llu bytes",
			      (unsigned long long)header->total_size);
}

int disruptor_catch_sigbus(void)
{
	int error = disruptor_os_guard_install();

	return error < 0 ? disruptor_fail(-error, "cannot catch SIGBUS") : 0;
}

int disruptor_check_cut(const void *address)
{
	if (!disruptor_os_guard_was_cut(address))
		return 0;
	return disruptor_fail(EIO, "somebody truncated the ring's file: what "
				   "was in it is lost");
}

int disruptor_fail_closed(const struct disruptor_shared_words *words)
{
	int error = disruptor_check_cut(words);

	return error < 0 ? error :
			   disruptor_fail(ESHUTDOWN, "the ring is closed");
}

static void *copy(int fd, uint64_t length)
{
	unsigned char *bytes = disruptor_os_map_private(length);
	int error;

	if (bytes == NULL)
		return NULL;
	error = disruptor_os_file_read_data(fd, bytes, length);
	if (error == 0)
		return bytes;
	disruptor_os_unmap(bytes, length);
	errno = -error;
	return NULL;
}

unsigned char *disruptor_map_to_look(int fd,
				     const struct disruptor_header *header)
{
	unsigned char *region;

	/* Who looks may not write, and so cannot fill: but can read around. */
	if (disruptor_os_file_has_holes(fd, header->total_size))
		region = copy(fd, header->total_size);
	else
		region = disruptor_os_map_shared(fd, header->total_size, false);
	if (region == NULL)
		disruptor_fail(errno, "cannot map the ring's file");
	return region;
}
