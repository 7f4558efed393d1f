/* SPDX-License-Identifier: MIT */
/* Room R5: shared memory. Includes R0 and R4. */
#ifndef DISRUPTOR_SHARED_MEMORY_H
#define DISRUPTOR_SHARED_MEMORY_H

#include <disruptor/options.h>

/*
 * Rings between processes. A name is 1 to 240 bytes without a slash, but for
 * one that may lead; it lives in /dev/shm. After construction the calls for
 * threads and for processes are the same.
 *
 * All functions here are safe from any thread; they allocate and call the
 * system. Constructors return NULL with errno, the others 0 or a negative errno
 * with errno, also what open() and mmap() fail with; disruptor_error() has the
 * reason in words.
 */

struct disruptor;

DISRUPTOR_BEGIN_DECLS

/*
 * Makes a ring and gives it its name in one step: nobody ever sees half of it,
 * and of two creators one gets EEXIST. All its memory is reserved (ENOSPC).
 * The caller leaves it with disruptor_free(); the ring stays until
 * disruptor_unlink().
 *
 * EINVAL (options, name), ENAMETOOLONG, E2BIG (options of a newer library),
 * EEXIST, ENOSPC, EFBIG (RLIMIT_FSIZE), EACCES, ENOENT (no /dev/shm), ENOMEM,
 * EIO (no random numbers).
 */
DISRUPTOR_API struct disruptor *
disruptor_create_shared(const char *name,
			const struct disruptor_options *options);

/*
 * Joins a ring. event_size, in bytes, must be the ring's; 0 takes what it has.
 * All that is read from the file is checked before it is used: first that it
 * belongs to this user or to root, and that nobody may write to it whom its
 * creator did not let in. Nothing else is followed or opened: no link, FIFO or
 * directory. The caller leaves it with disruptor_free().
 *
 * ENOENT, EACCES, EPERM (the owner or the mode of the file: see
 * DISRUPTOR_TRUST_ANY_OWNER), EBADMSG (no ring: wrong magic, truncated, damaged
 * header), EPROTONOSUPPORT (another layout version or byte order), EPROTO
 * (another event size), EINVAL, ENAMETOOLONG, ENOMEM, ENOSPC (the file has
 * holes, and there is no room to fill them).
 */
DISRUPTOR_API struct disruptor *disruptor_attach(const char *name,
						 size_t event_size);

/*
 * As disruptor_attach(), and compares what options name (zero: whatever the
 * ring has): event_size, capacity, producer_type, slot_layout, type_name;
 * EPROTO if one differs. With a wait_strategy, it and the other wait fields
 * become the default of this process's handles; trust widens whose rings are
 * accepted. With read_only_events a store into an event or commit word faults
 * (SIGSEGV) instead of reaching the others: consumers still poll, wait, advance
 * and recover what dead producers left, producers are refused (EROFS). E2BIG
 * (options of a newer library).
 */
DISRUPTOR_API struct disruptor *
disruptor_attach_opts(const char *name,
		      const struct disruptor_options *options);

/*
 * Makes a ring without a name, in sealed memory: no peer can truncate it, so
 * that none can make another fault. *fd becomes a descriptor (close-on-exec)
 * that the caller passes on, by a Unix socket (SCM_RIGHTS) or to a child, and
 * closes; the ring does not need it. It lives as long as anybody has it mapped
 * or has a descriptor of it. mode says which users may join who are handed the
 * descriptor.
 *
 * EINVAL, E2BIG (options), EMFILE, ENFILE, ENOMEM, ENOSPC, EFBIG
 * (RLIMIT_FSIZE), ENOSYS. *fd is -1 then. Thread safety: any thread. Progress:
 * calls the system.
 */
DISRUPTOR_API struct disruptor *
disruptor_create_anonymous(const struct disruptor_options *options, int *fd);

/*
 * Joins the ring behind a descriptor; options are those of
 * disruptor_attach_opts(), but that being handed the descriptor is trust
 * enough. The descriptor stays the caller's, who may close it at once.
 *
 * EBADF; EPERM, it is not sealed against truncation; EACCES, the ring's mode
 * keeps this user out; ENOENT, no /proc to open it again by; else as
 * disruptor_attach_opts(). Thread safety: any thread. Progress: calls the
 * system.
 */
DISRUPTOR_API struct disruptor *
disruptor_attach_fd(int fd, const struct disruptor_options *options);

/*
 * Takes the name away. Those who are attached go on; the memory is returned
 * when the last one leaves. EINVAL, ENAMETOOLONG, ENOENT, EACCES, EBADMSG (the
 * file is no ring, and is left alone).
 */
DISRUPTOR_API int disruptor_unlink(const char *name);

/*
 * Forgets a consumer that holds its place without being there, or whose place
 * others hold, so that it gates no longer. By its name; "#7" is the anonymous
 * one in record 7. A private ring's too. EINVAL, ENOENT, EBUSY (it lives),
 * ETIMEDOUT (another process has been joining for five seconds), ECHILD.
 */
DISRUPTOR_API int disruptor_remove_consumer(struct disruptor *disruptor,
					    const char *name);

/*
 * From here on this process outlives the truncation of a shared ring's file by
 * somebody who may write to it: it catches SIGBUS, and claims, polls, repairs
 * and looks at such a ring fail with EIO, while its memory reads as zeroes here.
 * What other faults raise goes to the handler that there was before. Sealed
 * memory needs it only against holes. A program that sets another handler later,
 * which must not call this one, has to call it again. Up to 256 rings a process.
 * The errors of sigaction(2). Thread safety: any thread.
 */
DISRUPTOR_API int disruptor_catch_sigbus(void);

DISRUPTOR_END_DECLS

#endif
