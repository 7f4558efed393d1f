/* SPDX-License-Identifier: MIT */
#include "kernel.h"

/* The locks that say who is alive. */

void system_bury(int who)
{
	int i;

	for (i = 0; i < LOCKS; i++) {
		struct lock *lock = &machine.locks[i];

		if (lock->owner != who)
			continue;
		kernel_touch(kernel_object_of(LOCK_KEY(lock->byte)));
		lock->owner = 0;
		lock->pinned = false;
	}
	engine_changed();
}

static struct lock *lock_of(int64_t byte)
{
	int i;

	for (i = 0; i < LOCKS; i++) {
		if (machine.locks[i].byte == byte)
			return &machine.locks[i];
		if (machine.locks[i].byte == 0) {
			machine.locks[i].byte = byte;
			return &machine.locks[i];
		}
	}
	scene_violated("the simulated kernel has too few locks");
}

int disruptor_os_lock_take(int fd, int64_t byte)
{
	struct lock *lock;

	(void)fd;
	kernel_enter(LOCK_KEY(byte));
	lock = lock_of(byte);
	engine_trace(NULL, "takes lock %lld%s", (long long)(byte & 0xffff),
		     lock->owner != 0 ? ": it is held" : "");
	if (lock->owner != 0)
		return -EAGAIN;
	lock->owner = kernel_caller();
	return 0;
}

static void drop(int64_t byte)
{
	kernel_enter(LOCK_KEY(byte));
	lock_of(byte)->owner = 0;
	lock_of(byte)->pinned = false;
	engine_trace(NULL, "drops lock %lld", (long long)(byte & 0xffff));
	if (engine.running)
		engine_changed();
}

/* All or none. */
int disruptor_os_lock_take_range(int fd, int64_t first, int64_t count)
{
	int64_t byte;
	int error = 0;

	for (byte = first; byte < first + count && error == 0; byte++)
		error = disruptor_os_lock_take(fd, byte);
	if (error < 0)
		disruptor_os_lock_drop_range(fd, first, byte - 1 - first);
	return error;
}

void disruptor_os_lock_drop_range(int fd, int64_t first, int64_t count)
{
	int64_t byte;

	(void)fd;
	for (byte = first; byte < first + count; byte++)
		if (lock_of(byte)->owner == kernel_caller() &&
		    !lock_of(byte)->pinned)
			drop(byte);
}

void disruptor_os_lock_drop(int fd, int64_t byte)
{
	(void)fd;
	drop(byte);
}

/*
 * Who finds a lock free comes after who dropped it. Nothing else is ordered:
 * the kernel may look at its list of locks without a lock of its own.
 */
static void ask_kernel(int64_t byte)
{
	struct kernel_object object;

	kernel_enter(0);
	object = kernel_object_of(LOCK_KEY(byte))->kernel;
	if (lock_of(byte)->owner == 0)
		memory_enter_kernel(&object);
	else
		engine_note('H', object.last);
}

int disruptor_os_lock_held(int fd, int64_t byte)
{
	(void)fd;
	ask_kernel(byte);
	engine_trace(NULL, "asks for lock %lld: %s", (long long)(byte & 0xffff),
		     lock_of(byte)->owner != 0 ? "held" : "free");
	return lock_of(byte)->owner != 0;
}

int disruptor_os_pin_take(struct disruptor_os_pin *pin, int fd, int probe_fd,
			  int64_t byte)
{
	int error = disruptor_os_lock_take(fd, byte);

	(void)probe_fd;
	if (error < 0)
		return error;
	pin->page = lock_of(byte);
	lock_of(byte)->pinned = true;
	return error;
}

void disruptor_os_pin_drop(struct disruptor_os_pin *pin)
{
	if (pin->page != NULL)
		drop(((struct lock *)pin->page)->byte);
	pin->page = NULL;
}
