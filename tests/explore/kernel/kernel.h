/* SPDX-License-Identifier: MIT */
/* What system.c, locks.c, sleep.c, files.c and host.c share: a machine. */
#ifndef EXPLORE_KERNEL_H
#define EXPLORE_KERNEL_H

#include "engine.h"
#include "library.h"
#undef memcpy
#undef memset
#undef free

#include "os/os.h"

#include <errno.h>
#include <string.h>

#define LOCKS 16
#define FILES 4
#define OBJECTS 24
#define WORDS 4			/* that one sleeps on at once */
/* No addresses. */
#define LOCK_KEY(byte) ((uint64_t)(byte) << 1 | 1)
#define NAMES_KEY UINT64_C(1)

struct lock {
	int64_t byte;
	int owner;		/* participant, from 1; 0: free */
	bool pinned;		/* by a mapping: only that lets it go */
};

struct file {
	unsigned char *memory;
	uint64_t length;
	bool used;
	char name[32];		/* "": none yet */
};

/* What a call has to do with: a lock, or by its address a mutex, a thread. */
struct object {
	uint64_t key;
	struct kernel_object kernel;
};

struct machine {
	size_t used[PARTICIPANTS];
	struct lock locks[LOCKS];
	struct file files[FILES];
	struct object objects[OBJECTS];
	uint64_t hash;		/* who touched what last */
	const uint32_t *words[PARTICIPANTS][WORDS];
	uint64_t random[PARTICIPANTS];
};

extern struct machine machine;

/* Whose call it is: its participant, from 1. */
int kernel_caller(void);
/*
 * A call that others can see, one after the other. It comes after the last one
 * that had to do with the same thing (0: nothing), and is ordered with no other.
 */
void kernel_enter(uint64_t key);
struct object *kernel_object_of(uint64_t key);
void kernel_touch(struct object *o);

#endif
