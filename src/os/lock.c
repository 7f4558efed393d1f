/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Lock bytes lie beyond 2^40; 32-bit programs need 64-bit offsets for them. */
DISRUPTOR_STATIC_ASSERT(sizeof(off_t) == 8, "build with _FILE_OFFSET_BITS=64");

static struct flock locks_of(int64_t first, int64_t count, short type)
{
	/* l_pid must be 0 for locks of open file descriptions. */
	struct flock lock = { .l_type = type,
			      .l_whence = SEEK_SET,
			      .l_start = first,
			      .l_len = count };

	return lock;
}

static struct flock lock_of(int64_t byte, short type)
{
	return locks_of(byte, 1, type);
}

int disruptor_os_lock_take_range(int fd, int64_t first, int64_t count)
{
	struct flock lock = locks_of(first, count, F_WRLCK);

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

void disruptor_os_lock_drop_range(int fd, int64_t first, int64_t count)
{
	struct flock lock = locks_of(first, count, F_UNLCK);

	fcntl(fd, F_OFD_SETLK, &lock);
}

int disruptor_os_lock_take(int fd, int64_t byte)
{
	return disruptor_os_lock_take_range(fd, byte, 1);
}

void disruptor_os_lock_drop(int fd, int64_t byte)
{
	struct flock lock = lock_of(byte, F_UNLCK);

	/* Not by close() alone: a child may have a copy of the descriptor. */
	fcntl(fd, F_OFD_SETLK, &lock);
	close(fd);
}

int disruptor_os_lock_held(int fd, int64_t byte)
{
	struct flock lock = lock_of(byte, F_WRLCK);

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -errno;
	return lock.l_type != F_UNLCK;
}

/* Maps a page, which keeps fd's description and so its lock. */
static int hold_by_mapping(struct disruptor_os_pin *pin, int fd)
{
	void *page = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	int error;

	if (page == MAP_FAILED)
		return -errno;
	if (madvise(page, 1, MADV_DONTFORK) < 0) {
		error = -errno;
		munmap(page, 1);
		return error;
	}
	pin->page = page;
	return 0;
}

/* For a kernel whose mappings do not keep locks. fork() may copy this one. */
static int hold_by_descriptor(struct disruptor_os_pin *pin, int probe_fd,
			      int64_t byte)
{
	int fd = disruptor_os_file_reopen(probe_fd);
	int error;

	if (fd < 0)
		return fd;
	error = disruptor_os_lock_take(fd, byte);
	if (error < 0)
		close(fd);
	else
		pin->fd = fd;
	return error;
}

/*
 * The mapping holds the last reference to the description that owns the lock,
 * so the lock falls exactly when no instruction of this process can store into
 * the ring any more. MADV_DONTFORK keeps a child from holding it too; before
 * that, the fork guard does.
 */
static int take_guarded(struct disruptor_os_pin *pin, int fd, int probe_fd,
			int64_t byte)
{
	int error = disruptor_os_lock_take(fd, byte);

	if (error == 0)
		error = hold_by_mapping(pin, fd);
	close(fd);
	if (error < 0 || disruptor_os_lock_held(probe_fd, byte) == 1)
		return error;
	disruptor_os_pin_drop(pin);
	return hold_by_descriptor(pin, probe_fd, byte);
}

int disruptor_os_pin_take(struct disruptor_os_pin *pin, int fd, int probe_fd,
			  int64_t byte)
{
	int error;

	pin->page = NULL;
	pin->fd = -1;
	disruptor_os_fork_hold();
	error = take_guarded(pin, fd, probe_fd, byte);
	disruptor_os_fork_release();
	return error;
}

void disruptor_os_pin_drop(struct disruptor_os_pin *pin)
{
	if (pin->page != NULL)
		munmap(pin->page, 1);
	if (pin->fd >= 0)
		close(pin->fd);
	pin->page = NULL;
	pin->fd = -1;
}
