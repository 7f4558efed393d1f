/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Who is alive: the kernel says so. Each record of a shared ring has a byte of
 * the file whose lock is held by a mapping of its owner's process (os/lock.c),
 * so "locked" means "somebody can still store into the ring". No process id,
 * no heartbeat, no time-out, and it holds across name spaces.
 */

#define REGISTRY_NAP_NS INT64_C(1000000)

/* The descriptor may have been closed and its number reused by the program. */
bool disruptor_probe_is_ours(const struct disruptor *d)
{
	struct stat st;

	return disruptor_os_file_stat(d->probe_fd, &st) == 0 &&
	       st.st_dev == d->device && st.st_ino == d->inode;
}

/* Without /proc the name leads there, as long as the ring has it. */
static int reopen(const struct disruptor *d)
{
	struct stat st;
	int fd = disruptor_os_file_reopen(d->probe_fd);

	if (fd >= 0 || d->name[0] == '\0')
		return fd;
	fd = disruptor_os_file_open(d->name, true);
	if (fd >= 0 && (disruptor_os_file_stat(fd, &st) < 0 ||
			st.st_dev != d->device || st.st_ino != d->inode)) {
		disruptor_os_file_close(fd);
		fd = -ESTALE;
	}
	return fd;
}

static int take_pin(struct disruptor *d, struct disruptor_os_pin *pin,
		    int64_t byte)
{
	int fd = reopen(d);

	return fd < 0 ? fd :
			disruptor_os_pin_take(pin, fd, d->probe_fd, byte);
}

int disruptor_liveness_take(struct disruptor *d, struct disruptor_os_pin *pin,
			    int64_t byte)
{
	int error;

	pin->page = NULL;
	pin->fd = -1;
	if (!d->shared)
		return 0;
	if (!disruptor_probe_is_ours(d))
		return -EBADF;
	disruptor_os_fork_hold();
	error = take_pin(d, pin, byte);
	disruptor_os_fork_release();
	return error;
}

bool disruptor_liveness_alive(struct disruptor *d, int64_t byte)
{
	if (!d->shared)
		return true;
	/* Nobody to ask: then nobody is called dead. */
	if (!disruptor_probe_is_ours(d))
		return true;
	return disruptor_os_lock_held(d->probe_fd, byte) != 0;
}

/*
 * A description of its own, so that the lock falls even if we are killed. The
 * fork guard stays held until the unlock: a child with a copy of it would keep
 * everybody from joining for as long as it lives.
 */
static int lock_guarded(struct disruptor *d)
{
	int fd, error;

	if (!disruptor_probe_is_ours(d))
		return disruptor_fail(EBADF, "the ring's descriptor was closed "
					     "by somebody else");
	fd = reopen(d);
	if (fd < 0)
		return disruptor_fail(-fd, "cannot reopen the ring's file");
	error = disruptor_os_lock_take(fd, DISRUPTOR_LOCK_REGISTRY);
	if (error == 0)
		return fd;
	disruptor_os_file_close(fd);
	return disruptor_fail(-error, "another process is joining the ring");
}

int disruptor_registry_try_lock(struct disruptor *d)
{
	int lock;

	if (!d->shared)
		return 0;
	disruptor_os_fork_hold();
	lock = lock_guarded(d);
	if (lock < 0)
		disruptor_os_fork_release();
	return lock;
}

int disruptor_registry_lock(struct disruptor *d, int64_t patience_ns)
{
	int64_t deadline = disruptor_deadline(patience_ns);
	int lock = disruptor_registry_try_lock(d);

	while (lock == -EAGAIN && disruptor_os_now() < deadline) {
		disruptor_os_nap(REGISTRY_NAP_NS);
		lock = disruptor_registry_try_lock(d);
	}
	if (lock != -EAGAIN)
		return lock;
	return disruptor_fail(ETIMEDOUT,
			      "another process has been joining the ring for "
			      "seconds; is it stopped?");
}

void disruptor_registry_unlock(struct disruptor *d, int lock)
{
	if (!d->shared)
		return;
	disruptor_os_lock_drop(lock, DISRUPTOR_LOCK_REGISTRY);
	disruptor_os_fork_release();
}

/* 56 bits, since a status carries a state beside it; never 0. */
uint64_t disruptor_incarnation(void)
{
	uint64_t value = 0;

	if (disruptor_os_random(&value, sizeof(value)) < 0)
		value = (uint64_t)disruptor_os_now();
	value = (value >> 8) | 1;
	return value;
}
