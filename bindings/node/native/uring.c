/* SPDX-License-Identifier: MIT */
#include "uring.h"

#include <disruptor/atomic.h>

#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NS_PER_S INT64_C(1000000000)
#define ENTRIES 8
#define COMPLETIONS 512

/* By their numbers: the headers of old kernels have not all of them. */
#ifndef SYS_io_uring_setup
#define SYS_io_uring_setup 425
#define SYS_io_uring_enter 426
#define SYS_io_uring_register 427
#endif
#define SETUP_COMPLETIONS (1u << 3)
#define SETUP_DO_NOT_INTERRUPT (1u << 8) /* COOP_TASKRUN */
#define ENTER_GET_EVENTS 1u
#define REGISTER_PROBE 8
#define FLAG_OVERFLOW 2u
#define OPERATION_TIMEOUT 11
#define OPERATION_TIMEOUT_REMOVE 12
#define OPERATION_CANCEL 14
#define OPERATION_FUTEX_WAIT 51
#define OPERATIONS (OPERATION_FUTEX_WAIT + 1)
#define SKIP_SUCCESS (1u << 6)
#define TIMEOUT_ABSOLUTE 1u
#define TIMEOUT_UPDATE 2u
#define FUTEX_OF_32_BITS 2
#define FUTEX_PRIVATE 128

/* struct io_uring_sqe of 6.7 */
struct entry {
	uint8_t operation;
	uint8_t flags;
	uint16_t priority;
	int32_t descriptor;
	uint64_t second_address;
	uint64_t address;
	uint32_t length;
	uint32_t operation_flags;
	uint64_t tag;
	uint64_t unused;
	uint64_t third_address;
	uint64_t unused_too;
};

struct probe {
	uint8_t last;
	uint8_t unused[15];
	struct {
		uint16_t operation;
		uint16_t flags;		/* 1: supported */
		uint32_t unused;
	} operations[OPERATIONS];
};

struct completion {
	uint64_t tag;
	int32_t result;
	uint32_t flags;
};

struct time {
	int64_t seconds;
	int64_t nanoseconds;
};

/* --- making one ----------------------------------------------------------- */

static bool supports_futexes(int descriptor)
{
	struct probe answer;

	memset(&answer, 0, sizeof(answer));
	return syscall(SYS_io_uring_register, descriptor, REGISTER_PROBE,
		       &answer, OPERATIONS) == 0 &&
	       answer.last >= OPERATION_FUTEX_WAIT &&
	       (answer.operations[OPERATION_FUTEX_WAIT].flags & 1) != 0;
}

static void *map(int descriptor, size_t length, off_t offset)
{
	void *base = mmap(NULL, length, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, descriptor, offset);

	return base == MAP_FAILED ? NULL : base;
}

/* Entry i of the ring is always entry i of the array behind it. */
static void place(struct uring *u, const struct io_uring_params *p)
{
	unsigned char *rings = u->rings;
	uint32_t *indexes = (void *)(rings + p->sq_off.array), i;

	u->submit_tail = (void *)(rings + p->sq_off.tail);
	u->submit_mask = (void *)(rings + p->sq_off.ring_mask);
	u->flags = (void *)(rings + p->sq_off.flags);
	u->complete_head = (void *)(rings + p->cq_off.head);
	u->complete_tail = (void *)(rings + p->cq_off.tail);
	u->complete_mask = (void *)(rings + p->cq_off.ring_mask);
	u->completions = rings + p->cq_off.cqes;
	for (i = 0; i < p->sq_entries; i++)
		indexes[i] = i;
}

static size_t length_of_rings(const struct io_uring_params *p)
{
	size_t submit = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	size_t complete = p->cq_off.cqes +
			  p->cq_entries * sizeof(struct completion);

	return submit > complete ? submit : complete;
}

static bool map_all(struct uring *u, const struct io_uring_params *p)
{
	u->rings_length = length_of_rings(p);
	u->entries_length = p->sq_entries * sizeof(struct entry);
	u->rings = map(u->descriptor, u->rings_length, IORING_OFF_SQ_RING);
	u->entries = map(u->descriptor, u->entries_length, IORING_OFF_SQES);
	return u->rings != NULL && u->entries != NULL;
}

bool uring_open(struct uring *u)
{
	struct io_uring_params p;

	memset(u, 0, sizeof(*u));
	memset(&p, 0, sizeof(p));
	p.flags = SETUP_COMPLETIONS | SETUP_DO_NOT_INTERRUPT;
	p.cq_entries = COMPLETIONS;
	u->descriptor = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (u->descriptor < 0)
		return false;
	if (!supports_futexes(u->descriptor) || !map_all(u, &p)) {
		uring_close(u);
		return false;
	}
	place(u, &p);
	return true;
}

void uring_close(struct uring *u)
{
	if (u->rings != NULL)
		munmap(u->rings, u->rings_length);
	if (u->entries != NULL)
		munmap(u->entries, u->entries_length);
	close(u->descriptor);
}

/* --- asking it ------------------------------------------------------------ */

/* Each entry is submitted at once, so there is always a free one. */
static bool submit(struct uring *u, const struct entry *entry)
{
	struct entry *entries = u->entries;
	uint32_t tail = disruptor_load_relaxed_u32(u->submit_tail);

	entries[tail & *u->submit_mask] = *entry;
	disruptor_store_release_u32(u->submit_tail, tail + 1);
	if (syscall(SYS_io_uring_enter, u->descriptor, 1, 0, 0, NULL, 0) == 1)
		return true;
	disruptor_store_release_u32(u->submit_tail, tail);
	return false;
}

bool uring_futex_wait(struct uring *u, const uint32_t *word, uint32_t expected,
		      bool shared, uint64_t tag)
{
	struct entry entry = {
		.operation = OPERATION_FUTEX_WAIT,
		.descriptor = FUTEX_OF_32_BITS | (shared ? 0 : FUTEX_PRIVATE),
		.address = (uintptr_t)word,
		.second_address = expected,
		.third_address = UINT32_MAX,
		.tag = tag,
	};

	return submit(u, &entry);
}

static struct time time_of(int64_t ns)
{
	return (struct time){ ns / NS_PER_S, ns % NS_PER_S };
}

bool uring_time(struct uring *u, int64_t at_ns, uint64_t tag)
{
	struct time at = time_of(at_ns);
	struct entry entry = {
		.operation = OPERATION_TIMEOUT,
		.descriptor = -1,
		.address = (uintptr_t)&at,
		.length = 1,
		.operation_flags = TIMEOUT_ABSOLUTE,
		.tag = tag,
	};

	return submit(u, &entry);
}

bool uring_change_time(struct uring *u, int64_t at_ns, uint64_t time_tag,
		       uint64_t tag)
{
	struct time at = time_of(at_ns);
	struct entry entry = {
		.operation = OPERATION_TIMEOUT_REMOVE,
		.flags = SKIP_SUCCESS,
		.descriptor = -1,
		.address = time_tag,
		.second_address = (uintptr_t)&at,
		.operation_flags = TIMEOUT_ABSOLUTE | TIMEOUT_UPDATE,
		.tag = tag,
	};

	return submit(u, &entry);
}

bool uring_cancel(struct uring *u, uint64_t cancelled_tag, uint64_t tag)
{
	struct entry entry = {
		.operation = OPERATION_CANCEL,
		.descriptor = -1,
		.address = cancelled_tag,
		.tag = tag,
	};

	return submit(u, &entry);
}

/* Completions that found no place wait in the kernel. */
static void fetch_overflow(struct uring *u)
{
	if (disruptor_load_acquire_u32(u->flags) & FLAG_OVERFLOW)
		syscall(SYS_io_uring_enter, u->descriptor, 0, 0,
			ENTER_GET_EVENTS, NULL, 0);
}

bool uring_take(struct uring *u, uint64_t *tag)
{
	const struct completion *completions = u->completions;
	uint32_t head = disruptor_load_relaxed_u32(u->complete_head);

	if (head == disruptor_load_acquire_u32(u->complete_tail)) {
		fetch_overflow(u);
		if (head == disruptor_load_acquire_u32(u->complete_tail))
			return false;
	}
	*tag = completions[head & *u->complete_mask].tag;
	disruptor_store_release_u32(u->complete_head, head + 1);
	return true;
}
