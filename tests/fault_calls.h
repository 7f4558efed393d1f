/* SPDX-License-Identifier: MIT */
/*
 * The calls that fault() makes fail, taken by definitions that come before
 * those of the C library (as they are in glibc). Not taken is what cannot fail
 * as it is used here: fstat() of an open descriptor, munmap() of a whole mapping,
 * clocks, mutexes and conditions.
 */
#ifndef TEST_FAULT_CALLS_H
#define TEST_FAULT_CALLS_H

#include <dlfcn.h>
#include <sys/random.h>
#include <sys/resource.h>

#define FAULT_NEXT(name) dlsym(RTLD_NEXT, name)
/* The argument that may follow. */
#define FAULT_LAST(type, before)                                               \
	va_list arguments;                                                     \
	type last;                                                             \
									       \
	va_start(arguments, before);                                           \
	last = va_arg(arguments, type);                                        \
	va_end(arguments)

/* name(parameters) that returns failed, and else what the real one does. */
#define FAULT_CALL(kind, type, failed, name, real, types, arguments)           \
	type name types                                                        \
	{                                                                      \
		type(*next) types = FAULT_NEXT(real);                          \
									       \
		return fault(kind) ? failed : next arguments;                  \
	}                                                                      \
	struct disruptor_semicolon_

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) = FAULT_NEXT("open64");
	FAULT_LAST(mode_t, flags);

	return fault(FAULT_OPEN) ? -1 : next(path, flags, last);
}

int fcntl(int fd, int command, ...)
{
	int (*next)(int, int, ...) = FAULT_NEXT("fcntl64");
	FAULT_LAST(void *, command);

	return fault(FAULT_FCNTL) ? -1 : next(fd, command, last);
}

/* It is closed all the same (Linux). */
int close(int fd)
{
	int (*next)(int) = FAULT_NEXT("close"), result = next(fd);

	return fault(FAULT_CLOSE) ? -1 : result;
}

static enum fault_kind fault_kind_of(long number)
{
	if (number == SYS_membarrier)
		return FAULT_BARRIER;
	return number == SYS_gettid ? FAULT_KINDS : FAULT_FUTEX;
}

long syscall(long number, ...)
{
	long (*next)(long, ...) = FAULT_NEXT("syscall"), a[6];
	enum fault_kind kind = fault_kind_of(number);
	va_list arguments;
	int i;

	va_start(arguments, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (kind != FAULT_KINDS && fault(kind))
		return -1;
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

FAULT_CALL(FAULT_PREAD, ssize_t, -1, pread, "pread64",
	   (int fd, void *to, size_t length, off_t at), (fd, to, length, at));
FAULT_CALL(FAULT_READ, ssize_t, -1, read, "read",
	   (int fd, void *to, size_t length), (fd, to, length));
/* As if under a timer: what takes longer is interrupted, each time. */
static off_t fault_patience = INT64_MAX;
static bool fault_no_fallocate;	/* as if the file system had none */

int posix_fallocate(int fd, off_t at, off_t length)
{
	int (*next)(int, off_t, off_t) = FAULT_NEXT("posix_fallocate64");

	if (length > fault_patience)
		return EINTR;
	return fault(FAULT_RESERVE) ? errno : next(fd, at, length);
}

int fallocate(int fd, int mode, off_t at, off_t length)
{
	int (*next)(int, int, off_t, off_t) = FAULT_NEXT("fallocate64");

	if (length > fault_patience || fault_no_fallocate) {
		errno = fault_no_fallocate ? EOPNOTSUPP : EINTR;
		return -1;
	}
	if (fault(FAULT_FALLOCATE))
		return -1;
	return next(fd, mode, at, length);
}

FAULT_CALL(FAULT_LSEEK, off_t, -1, lseek, "lseek64",
	   (int fd, off_t at, int whence), (fd, at, whence));
FAULT_CALL(FAULT_FCHMOD, int, -1, fchmod, "fchmod", (int fd, mode_t mode),
	   (fd, mode));
FAULT_CALL(FAULT_LINKAT, int, -1, linkat, "linkat",
	   (int from, const char *path, int to, const char *name, int flags),
	   (from, path, to, name, flags));
FAULT_CALL(FAULT_UNLINK, int, -1, unlink, "unlink", (const char *path),
	   (path));
FAULT_CALL(FAULT_READLINK, ssize_t, -1, readlink, "readlink",
	   (const char *path, char *to, size_t length), (path, to, length));
FAULT_CALL(FAULT_LSTAT, int, -1, lstat, "lstat64",
	   (const char *path, struct stat *st), (path, st));
FAULT_CALL(FAULT_LIMIT, int, -1, getrlimit, "getrlimit64",
	   (__rlimit_resource_t resource, struct rlimit *limit),
	   (resource, limit));
FAULT_CALL(FAULT_MMAP, void *, MAP_FAILED, mmap, "mmap64",
	   (void *at, size_t length, int protection, int flags, int fd,
	    off_t from), (at, length, protection, flags, fd, from));
FAULT_CALL(FAULT_MPROTECT, int, -1, mprotect, "mprotect",
	   (void *at, size_t length, int protection),
	   (at, length, protection));
FAULT_CALL(FAULT_MADVISE, int, -1, madvise, "madvise",
	   (void *at, size_t length, int advice), (at, length, advice));
FAULT_CALL(FAULT_RANDOM, ssize_t, -1, getrandom, "getrandom",
	   (void *to, size_t length, unsigned int flags), (to, length, flags));
FAULT_CALL(FAULT_MEMFD, int, -1, memfd_create, "memfd_create",
	   (const char *name, unsigned int flags), (name, flags));
FAULT_CALL(FAULT_NAP, int, errno, clock_nanosleep, "clock_nanosleep",
	   (clockid_t clock, int flags, const struct timespec *time,
	    struct timespec *left), (clock, flags, time, left));
FAULT_CALL(FAULT_THREAD_NAME, int, errno, pthread_setname_np,
	   "pthread_setname_np", (pthread_t thread, const char *name),
	   (thread, name));
FAULT_CALL(FAULT_THREAD_CPUS, int, errno, pthread_setaffinity_np,
	   "pthread_setaffinity_np",
	   (pthread_t thread, size_t size, const cpu_set_t *set),
	   (thread, size, set));

/* --- memory and threads: what is left is counted --- */

#define FAULT_BLOCKS 256

/* dlsym() may itself ask for memory. */
extern void *__libc_calloc(size_t n, size_t size);
extern void __libc_free(void *memory);

static void *fault_blocks[FAULT_BLOCKS];
static int64_t fault_threads;			/* not joined */
static _Thread_local bool fault_not_ours;	/* the C library for itself */

static bool fault_replace_block(void *from, void *to)
{
	void *seen;
	int i;

	for (i = 0; i < FAULT_BLOCKS; i++) {
		seen = from;
		if (__atomic_compare_exchange_n(&fault_blocks[i], &seen, to,
						false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
	}
	return false;
}

static int64_t fault_count_blocks(void)
{
	int64_t n = 0;
	int i;

	for (i = 0; i < FAULT_BLOCKS; i++)
		n += fault_blocks[i] != NULL;
	return n;
}

static void *fault_new_block(void *block)
{
	if (block != NULL && !fault_replace_block(NULL, block))
		abort();
	return block;
}

void *aligned_alloc(size_t alignment, size_t size)
{
	void *(*next)(size_t, size_t) = FAULT_NEXT("aligned_alloc");

	return fault(FAULT_MEMORY) ? NULL :
				     fault_new_block(next(alignment, size));
}

void *calloc(size_t n, size_t size)
{
	if (fault_not_ours || fault_at == 0)
		return __libc_calloc(n, size);
	return fault(FAULT_MEMORY) ? NULL :
				     fault_new_block(__libc_calloc(n, size));
}

void free(void *memory)
{
	if (memory != NULL)
		fault_replace_block(memory, NULL);
	__libc_free(memory);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
		   void *(*run)(void *), void *argument)
{
	int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
		    void *) = FAULT_NEXT("pthread_create");
	int error;

	if (fault(FAULT_THREAD))
		return errno;
	fault_not_ours = true;
	error = next(thread, attributes, run, argument);
	fault_not_ours = false;
	if (error == 0)
		disruptor_fetch_add_i64(&fault_threads, 1);
	return error;
}

int pthread_join(pthread_t thread, void **result)
{
	int (*next)(pthread_t, void **) = FAULT_NEXT("pthread_join");

	disruptor_fetch_add_i64(&fault_threads, -1);
	return next(thread, result);
}

#endif
