/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DIRECTORY "/dev/shm"
#define PATH_SIZE (sizeof(DIRECTORY) + 256)

const char *disruptor_os_directory(void)
{
	return DIRECTORY;
}

static void path_of(char path[PATH_SIZE], const char *name)
{
	snprintf(path, PATH_SIZE, DIRECTORY "/%s", name);
}

static void proc_link(char *link, size_t size, int fd)
{
	snprintf(link, size, "/proc/self/fd/%d", fd);
}

/*
 * A file system without O_TMPFILE: a temporary name instead. A creator that is
 * killed leaves it behind; nobody takes it for a ring, and it holds no name.
 */
static int open_temporary(uint32_t mode)
{
	char path[PATH_SIZE];
	uint64_t random;
	int fd;

	if (disruptor_os_random(&random, sizeof(random)) < 0)
		return -EIO;
	snprintf(path, sizeof(path), DIRECTORY "/.disruptor-%016llx",
		 (unsigned long long)random);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode & 0700);
	return fd < 0 ? -errno : fd;
}

/* Takes away the name that open_temporary() gave, if it did. */
static void drop_temporary_name(int fd)
{
	static const char prefix[] = DIRECTORY "/.disruptor-";
	char path[PATH_SIZE], link[64];
	ssize_t n;

	proc_link(link, sizeof(link), fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return;
	path[n] = '\0';
	if (strncmp(path, prefix, sizeof(prefix) - 1) == 0)
		unlink(path);
}

void disruptor_os_file_discard(int fd)
{
	drop_temporary_name(fd);
	close(fd);
}

int disruptor_os_file_create(uint64_t length, uint32_t mode)
{
	int fd = open(DIRECTORY, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	int error;

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
		fd = open_temporary(0600);
	else if (fd < 0)
		fd = -errno;
	if (fd < 0)
		return fd;
	error = disruptor_os_file_reserve(fd, length);
	/* Not by open(): the umask has no say in what was asked for. */
	if (error == 0 && fchmod(fd, mode) < 0)
		error = -errno;
	if (error < 0) {
		disruptor_os_file_discard(fd);
		return error;
	}
	return fd;
}

static int open_memory(void)
{
	static const char name[] = "disruptor";
	int fd = -1;

#ifdef MFD_NOEXEC_SEAL
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING |
					MFD_NOEXEC_SEAL);
	if (fd >= 0 || errno != EINVAL)
		return fd;
#endif
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static int reserve_and_seal(int fd, uint64_t length, uint32_t mode)
{
	int error = disruptor_os_file_reserve(fd, length);

	if (error == 0 && fchmod(fd, mode) < 0)
		error = -errno;
	if (error == 0 &&
	    fcntl(fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
		error = -errno;
	return error;
}

int disruptor_os_file_anonymous(uint64_t length, uint32_t mode)
{
	int fd = open_memory(), error;

	if (fd < 0)
		return -errno;
	error = reserve_and_seal(fd, length, mode);
	if (error == 0)
		return fd;
	close(fd);
	return error;
}

bool disruptor_os_file_is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

int disruptor_os_file_copy(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? -errno : copy;
}

int disruptor_os_file_link(int fd, const char *name)
{
	char path[PATH_SIZE], link[64];
	int error = 0;

	path_of(path, name);
	proc_link(link, sizeof(link), fd);
	if (linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		error = -errno;
	/* Without /proc; needs CAP_DAC_READ_SEARCH. */
	if (error == -ENOENT &&
	    linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0)
		error = 0;
	drop_temporary_name(fd);
	return error;
}

bool disruptor_os_file_exists(const char *name)
{
	char path[PATH_SIZE];
	struct stat st;

	path_of(path, name);
	return lstat(path, &st) == 0;
}

int disruptor_os_file_open(const char *name, bool writable)
{
	char path[PATH_SIZE];
	int fd;

	path_of(path, name);
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_NOFOLLOW |
				O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

int disruptor_os_file_reopen(int fd)
{
	char link[64];
	int copy;

	proc_link(link, sizeof(link), fd);
	copy = open(link, O_RDWR | O_CLOEXEC);
	return copy < 0 ? -errno : copy;
}

int disruptor_os_file_unlink(const char *name)
{
	char path[PATH_SIZE];

	path_of(path, name);
	return unlink(path) < 0 ? -errno : 0;
}

int disruptor_os_file_stat(int fd, struct stat *st)
{
	return fstat(fd, st) < 0 ? -errno : 0;
}

int disruptor_os_file_read(int fd, void *buffer, size_t length)
{
	ssize_t n = pread(fd, buffer, length, 0);

	return n < 0 ? -errno : (int)n;
}

static int read_range(int fd, unsigned char *buffer, off_t from, off_t to)
{
	ssize_t n;

	while (from < to) {
		n = pread(fd, buffer + from, (size_t)(to - from), from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		from += n;
	}
	return 0;
}

int disruptor_os_file_read_data(int fd, void *buffer, uint64_t length)
{
	off_t from = 0, to = 0, end = (off_t)length;
	int error = 0;

	while (error == 0) {
		from = lseek(fd, to, SEEK_DATA);
		if (from < 0)
			return errno == ENXIO ? 0 : -errno;
		to = lseek(fd, from, SEEK_HOLE);
		if (to < 0)
			return -errno;
		error = read_range(fd, buffer, from, to < end ? to : end);
	}
	return error;
}

void disruptor_os_file_close(int fd)
{
	if (fd >= 0)
		close(fd);
}
