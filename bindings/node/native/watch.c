/* SPDX-License-Identifier: MIT */
#include "watched.h"
#include "libuv.h"

#include <stdlib.h>

/*
 * An event loop that sleeps on futexes: an io_uring waits for the words, and
 * the loop for the ring's descriptor. So a wake goes straight to the loop's
 * thread; no other has a part in it.
 */

/* --- time ----------------------------------------------------------------- */

/* An earlier one only: what comes too early finds nothing and sets it anew. */
static void set_time(struct watch *watch, int64_t at)
{
	if (at >= watch->time)
		return;
	if (watch->time == INT64_MAX ?
		    uring_time(&watch->uring, at, TAG_TIME) :
		    uring_change_time(&watch->uring, at, TAG_TIME,
				      TAG_NEW_TIME))
		watch->time = at;
}

/* --- the loop's turn ------------------------------------------------------ */

static void take_completions(struct watch *watch)
{
	struct watched *w;
	uint64_t tag;

	while (uring_take(&watch->uring, &tag)) {
		if (tag == TAG_TIME)
			watch->time = INT64_MAX;
		if (tag <= TAG_CANCEL)
			continue;
		w = (void *)(uintptr_t)tag;
		w->armed = false;
		if (w->sleepers == NULL)
			watched_forget(watch, w);
	}
}

static void attend_to(struct watched *w, int64_t now, int64_t *due)
{
	struct sleeper *s, *next;

	for (s = w->sleepers; s != NULL; s = next) {
		next = s->next;
		if (sleeper_attend(s, now))
			watch_remove(s);
		else if (s->due < *due)
			*due = s->due;
	}
}

/* The kernel refuses: the crew sleeps for them. */
static void hand_over(struct watched *w)
{
	struct sleeper *s;

	while ((s = w->sleepers) != NULL) {
		watch_remove(s);
		crew_add(s);
	}
}

static int64_t attend_all(struct watch *watch)
{
	int64_t now = now_ns(), due = INT64_MAX;
	struct watched *w, *next;

	for (w = watch->words; w != NULL; w = next) {
		next = w->next;
		attend_to(w, now, &due);
		if (!w->armed && w->sleepers != NULL && !watched_arm(watch, w))
			hand_over(w);
		if (!w->armed && w->sleepers == NULL)
			watched_forget(watch, w);
	}
	return due;
}

static void ready(struct uv_handle *poll, int status, int events)
{
	struct watch *watch = uv_handle_get_data(poll);

	(void)status;
	(void)events;
	take_completions(watch);
	sleepers_lock();
	set_time(watch, attend_all(watch));
	sleepers_unlock();
	environment_tell(watch->environment);
}

enum registration watch_add(struct watch *watch, struct sleeper *s)
{
	struct watched *w;

	watched_give_up_old(watch);
	w = watched_find(watch, s->point.word);
	if (w == NULL)
		return SLEEPER_FAILED;
	watched_add(w, s);
	if (!w->armed && !watched_arm(watch, w)) {
		watch_remove(s);
		if (w->sleepers == NULL)
			watched_forget(watch, w);
		return SLEEPER_FAILED;
	}
	/* After it was armed: whatever moves later wakes. */
	if (sleeper_has_moved(s)) {
		watch_remove(s);
		return SLEEPER_MOVED;
	}
	set_time(watch, s->due);
	return SLEEPER_ASLEEP;
}

/* --- coming and going ----------------------------------------------------- */

static bool poll_begin(struct watch *watch, struct uv_loop_s *loop)
{
	watch->poll = malloc(uv_handle_size(UV_POLL));
	if (watch->poll == NULL)
		return false;
	if (uv_poll_init(loop, watch->poll, watch->uring.descriptor) != 0) {
		free(watch->poll);
		return false;
	}
	uv_handle_set_data(watch->poll, watch);
	uv_unref(watch->poll);
	uv_poll_start(watch->poll, UV_READABLE, ready);
	return true;
}

struct watch *watch_open(struct environment *environment,
			 struct uv_loop_s *loop)
{
	struct watch *watch;

	if (uv_handle_size == NULL || getenv("DISRUPTOR_NO_IO_URING") != NULL)
		return NULL;
	watch = calloc(1, sizeof(*watch));
	if (watch == NULL || !uring_open(&watch->uring)) {
		free(watch);
		return NULL;
	}
	watch->environment = environment;
	watch->time = INT64_MAX;
	if (poll_begin(watch, loop))
		return watch;
	uring_close(&watch->uring);
	free(watch);
	return NULL;
}

void watch_keep_alive(struct watch *watch, bool alive)
{
	if (alive)
		uv_ref(watch->poll);
	else
		uv_unref(watch->poll);
}

static void closed(struct uv_handle *poll)
{
	struct watch *watch = uv_handle_get_data(poll);

	uring_close(&watch->uring);
	while (watch->words != NULL)
		watched_forget(watch, watch->words);
	free(poll);
	napi_remove_async_cleanup_hook(watch->hook);
	free(watch);
}

void watch_close(struct watch *watch, napi_async_cleanup_hook_handle hook)
{
	watch->hook = hook;
	uv_close(watch->poll, closed);
}
