/* SPDX-License-Identifier: MIT */
/* The words that an event loop sleeps on. */
#ifndef WATCHED_H
#define WATCHED_H

#include "uring.h"
#include "watch.h"

enum {
	TAG_TIME = 1,	/* other tags are addresses */
	TAG_NEW_TIME,
	TAG_CANCEL
};

struct watched {
	struct watched *next;
	const uint32_t *word;
	struct sleeper *sleepers;
	uint32_t era;
	bool armed;		/* the kernel has it, and will complete it */
	bool given_up;
};

struct watch {
	struct uring uring;
	struct uv_handle *poll;
	struct environment *environment;
	struct watched *words;
	int64_t time;		/* INT64_MAX: none is set */
	napi_async_cleanup_hook_handle hook;
};

/* The word's, with or without a wait in the kernel. NULL: no memory. */
struct watched *watched_find(struct watch *watch, const uint32_t *word);
/* The kernel waits for it, as its first sleeper asks. */
bool watched_arm(struct watch *watch, struct watched *w);
void watched_add(struct watched *w, struct sleeper *s);
void watched_forget(struct watch *watch, struct watched *w);
/* What nobody asks for, of mappings that may be gone. */
void watched_give_up_old(struct watch *watch);

#endif
