/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static struct flock lock_of(int64_t byte)
{
	/* l_pid must be 0 for locks of open file descriptions. */
	struct flock lock = { .l_type = F_WRLCK,
			      .l_whence = SEEK_SET,
			      .l_start = (off_t)byte,
			      .l_len = 1 };

	return lock;
}

int disruptor_os_lock_take(int fd, int64_t byte)
{
	struct flock lock = lock_of(byte);

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

int disruptor_os_lock_held(int fd, int64_t byte)
{
	struct flock lock = lock_of(byte);

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return -errno;
	return lock.l_type != F_UNLCK;
}

/*
 * The mapping holds the last reference to the description that owns the lock,
 * so the lock falls exactly when no instruction of this process can store into
 * the ring any more. MADV_DONTFORK keeps a child from holding it too.
 */
int disruptor_os_pin_take(struct disruptor_os_pin *pin, int probe_fd,
			  int64_t byte)
{
	int fd = disruptor_os_file_reopen(probe_fd);
	int error;

	pin->page = NULL;
	pin->fd = -1;
	if (fd < 0)
		return fd;
	error = disruptor_os_lock_take(fd, byte);
	if (error == 0) {
		pin->page = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
		if (pin->page == MAP_FAILED) {
			error = -errno;
			pin->page = NULL;
		}
	}
	if (error < 0) {
		close(fd);
		return error;
	}
	madvise(pin->page, 1, MADV_DONTFORK);
	close(fd);
	if (disruptor_os_lock_held(probe_fd, byte) == 1)
		return 0;
	/* A kernel whose mappings do not keep locks: keep the descriptor. */
	munmap(pin->page, 1);
	pin->page = NULL;
	fd = disruptor_os_file_reopen(probe_fd);
	if (fd < 0)
		return fd;
	error = disruptor_os_lock_take(fd, byte);
	if (error < 0) {
		close(fd);
		return error;
	}
	pin->fd = fd;
	return 0;
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
