/* SPDX-License-Identifier: MIT */
/*
 * The boundary to the operating system. Nothing else in the library calls it.
 * Unless said otherwise: 0 or more on success, a negative errno on failure,
 * errno itself untouched or lost, safe from any thread.
 */
#ifndef DISRUPTOR_OS_H
#define DISRUPTOR_OS_H

#include <disruptor/compiler.h>

#include <sys/stat.h>

/* time.c: CLOCK_MONOTONIC and CLOCK_REALTIME, in nanoseconds. */
int64_t disruptor_os_now(void);
int64_t disruptor_os_wall_clock(void);
void disruptor_os_nap(int64_t ns);
void disruptor_os_yield(void);

/*
 * futex.c: sleeps while *word is expected, at most timeout_ns. True: that time
 * passed. Else for any reason at all; the caller looks again.
 */
bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared);
void disruptor_os_futex_wake_all(const uint32_t *word, bool shared);

/*
 * futex_any.c: sleeps while each of up to DISRUPTOR_OS_FUTEXES_MAX words is what
 * is expected, at most until deadline (CLOCK_MONOTONIC). 0: look again;
 * -ETIMEDOUT; -ENOSYS: the kernel cannot.
 */
#define DISRUPTOR_OS_FUTEXES_MAX 128

struct disruptor_os_futex {
	const uint32_t *word;
	uint32_t expected;
	bool shared;
};

int disruptor_os_futex_wait_any(const struct disruptor_os_futex *futexes,
				int count, int64_t deadline);

/*
 * futex.c: membarrier(2). register: this process will be seen by barriers;
 * false: the kernel refuses. barrier: a full memory barrier on every thread
 * that may publish; false: it did not happen.
 */
bool disruptor_os_barrier_register(bool shared);
bool disruptor_os_barrier(bool shared);

/* memory.c: maps length bytes; MAP_FAILED becomes NULL with errno. */
void *disruptor_os_map_private(uint64_t length);
void *disruptor_os_map_shared(int fd, uint64_t length, bool writable);
void disruptor_os_unmap(void *address, uint64_t length);
int disruptor_os_keep_from_children(void *address, uint64_t length);
void disruptor_os_want_huge_pages(void *address, uint64_t length);
/* The whole pages of the machine that lie within; those may be large. */
int disruptor_os_protect_read_only(void *address, uint64_t length);

/*
 * guard.c: what becomes of a mapping whose file is truncated. After install the
 * range of an add becomes zeroed memory of this process at the first fault, with
 * value in *word (unless that is NULL), instead of the process's end. Of more
 * ranges than the guard has room for the last are not guarded.
 */
int disruptor_os_guard_install(void);
void disruptor_os_guard_add(void *address, uint64_t length, uint32_t *word,
			    uint32_t value);
void disruptor_os_guard_drop(const void *address);
bool disruptor_os_guard_was_cut(const void *address);

/*
 * file.c: a file in the directory of shared rings. create makes one without a
 * name, with all its memory reserved; link gives it the name in one step
 * (-EEXIST). Descriptors are close-on-exec.
 */
int disruptor_os_file_create(uint64_t length, uint32_t mode);
/* Without a name for good, and sealed: nobody can change its length. */
int disruptor_os_file_anonymous(uint64_t length, uint32_t mode);
bool disruptor_os_file_is_sealed(int fd);	/* against truncation */
int disruptor_os_file_link(int fd, const char *name);
void disruptor_os_file_discard(int fd);	/* instead of a name; closes */
bool disruptor_os_file_exists(const char *name);
int disruptor_os_file_open(const char *name, bool writable);
/* A description of its own for the same file, with or without a name. */
int disruptor_os_file_reopen(int fd);
/* Another descriptor of the same description. */
int disruptor_os_file_copy(int fd);
int disruptor_os_file_unlink(const char *name);
int disruptor_os_file_stat(int fd, struct stat *st);
int disruptor_os_file_read(int fd, void *buffer, size_t length);
/* All that is no hole, to where it is in the file; the rest stays. */
int disruptor_os_file_read_data(int fd, void *buffer, uint64_t length);
void disruptor_os_file_close(int fd);
const char *disruptor_os_directory(void);

/*
 * reserve.c: memory for all of a file. reserve: of a new one; -EFBIG: more than
 * this process may write (RLIMIT_FSIZE). fill_holes: of one that others may be
 * using; nothing of what it holds changes, and neither does its length.
 */
int disruptor_os_file_reserve(int fd, uint64_t length);
bool disruptor_os_file_has_holes(int fd, uint64_t length);
int disruptor_os_file_fill_holes(int fd, uint64_t length);

/*
 * lock.c: one byte of a file as a lock that an open file description owns.
 * take: -EAGAIN when somebody has it. held: 1 or 0.
 */
int disruptor_os_lock_take(int fd, int64_t byte);
int disruptor_os_lock_take_range(int fd, int64_t first, int64_t count);
void disruptor_os_lock_drop_range(int fd, int64_t first, int64_t count);
void disruptor_os_lock_drop(int fd, int64_t byte);	/* and closes fd */
int disruptor_os_lock_held(int fd, int64_t byte);

/*
 * lock.c: a lock that lives exactly as long as a mapping of this process: it
 * falls with munmap, exec and death, is not inherited by fork, and does not
 * care which descriptors are closed.
 */
struct disruptor_os_pin {
	void *page;		/* NULL: not held */
	int fd;			/* -1, or the kernel needs it open */
};

/* fd: a description of its own, which is closed in any case. */
int disruptor_os_pin_take(struct disruptor_os_pin *pin, int fd, int probe_fd,
			  int64_t byte);
void disruptor_os_pin_drop(struct disruptor_os_pin *pin);

/*
 * fork.c: no child is born while a thread holds the guard (it may hold it
 * twice). The generation changes in a child: what its parent made is not its.
 */
void disruptor_os_fork_hold(void);
void disruptor_os_fork_release(void);
uint64_t disruptor_os_generation(void);

/*
 * thread.c: of the calling thread. A name has at most 15 bytes; CPUs are a list
 * like "0,2-3". check_cpus only reads the list.
 */
int disruptor_os_thread_name(const char *name);
int disruptor_os_thread_cpus(const char *cpus);
int disruptor_os_check_cpus(const char *cpus);

/* system.c */
int disruptor_os_random(void *buffer, size_t length);
void disruptor_os_boot_id(uint8_t id[16]); /* zeroes when unknown */
uint32_t disruptor_os_process_id(void);
uint32_t disruptor_os_thread_id(void);
uint32_t disruptor_os_user_id(void);	/* the effective one */

#endif
