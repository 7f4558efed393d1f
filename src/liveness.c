/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Who is alive: the kernel says so. Each record of a shared ring has a byte of
 * the file whose lock is held by a mapping of its owner's process (os/lock.c),
 * so "locked" means "somebody can still store into the ring". No process id,
 * no heartbeat, no time-out, and it holds across name spaces.
 */

#define REGISTRY_TRIES 5000
#define REGISTRY_NAP_NS INT64_C(1000000)

/* The descriptor may have been closed and its number reused by the program. */
static bool probe_is_ours(const struct disruptor *d)
{
	struct stat st;

	return disruptor_os_file_stat(d->probe_fd, &st) == 0 &&
	       st.st_dev == d->device && st.st_ino == d->inode;
}

int disruptor_liveness_take(struct disruptor *d, struct disruptor_os_pin *pin,
			    int64_t byte)
{
	pin->page = NULL;
	pin->fd = -1;
	if (!d->shared)
		return 0;
	if (!probe_is_ours(d))
		return -EBADF;
	return disruptor_os_pin_take(pin, d->probe_fd, byte);
}

bool disruptor_liveness_alive(struct disruptor *d, int64_t byte)
{
	if (!d->shared)
		return true;
	/* Nobody to ask: then nobody is called dead. */
	if (!probe_is_ours(d))
		return true;
	return disruptor_os_lock_held(d->probe_fd, byte) != 0;
}

/* A description of its own, so that the lock falls even if we are killed. */
int disruptor_registry_try_lock(struct disruptor *d)
{
	int fd, error;

	if (!d->shared)
		return 0;
	if (!probe_is_ours(d))
		return disruptor_fail(EBADF, "the ring's descriptor was closed "
					     "by somebody else");
	fd = disruptor_os_file_reopen(d->probe_fd);
	if (fd < 0)
		return disruptor_fail(-fd, "cannot reopen the ring's file");
	error = disruptor_os_lock_take(fd, DISRUPTOR_LOCK_REGISTRY);
	if (error == 0)
		return fd;
	disruptor_os_file_close(fd);
	return disruptor_fail(-error, "another process is joining the ring");
}

int disruptor_registry_lock(struct disruptor *d)
{
	int tries, lock = -EAGAIN;

	for (tries = 0; tries < REGISTRY_TRIES; tries++) {
		lock = disruptor_registry_try_lock(d);
		if (lock != -EAGAIN)
			return lock;
		disruptor_os_nap(REGISTRY_NAP_NS);
	}
	return disruptor_fail(ETIMEDOUT,
			      "another process has been joining the ring for "
			      "seconds; is it stopped?");
}

void disruptor_registry_unlock(struct disruptor *d, int lock)
{
	if (d->shared)
		disruptor_os_file_close(lock);
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
