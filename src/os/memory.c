/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

static void *map(int fd, uint64_t length, int protection, int flags)
{
	void *address;

	if (length > SIZE_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	address = mmap(NULL, (size_t)length, protection, flags, fd, 0);
	return address == MAP_FAILED ? NULL : address;
}

void *disruptor_os_map_private(uint64_t length)
{
	return map(-1, length, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS);
}

void *disruptor_os_map_shared(int fd, uint64_t length, bool writable)
{
	return map(fd, length, writable ? PROT_READ | PROT_WRITE : PROT_READ,
		   MAP_SHARED);
}

void disruptor_os_unmap(void *address, uint64_t length)
{
	munmap(address, (size_t)length);
}

void disruptor_os_want_huge_pages(void *address, uint64_t length)
{
	madvise(address, (size_t)length, MADV_HUGEPAGE);
}

int disruptor_os_keep_from_children(void *address, uint64_t length)
{
	return madvise(address, (size_t)length, MADV_DONTFORK) < 0 ? -errno : 0;
}

int disruptor_os_protect_read_only(void *address, uint64_t length)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)address + page - 1) & ~(page - 1);
	uintptr_t to = ((uintptr_t)address + (uintptr_t)length) & ~(page - 1);

	if (from >= to)
		return 0;
	return mprotect((void *)from, to - from, PROT_READ) < 0 ? -errno : 0;
}
