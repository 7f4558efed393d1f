/* SPDX-License-Identifier: MIT */
#include "watched.h"

#include <stdlib.h>

/*
 * A wait for a word stays with the kernel until it is woken, also when nobody
 * is left who asked for it: the next one finds it there. It belongs to the
 * mapping that was at that address then, hence the era.
 */
static uint32_t era;

void watch_memory_is_gone(void)
{
	disruptor_fetch_add_u32(&era, 1);
}

static uint64_t tag_of(const struct watched *w)
{
	return (uintptr_t)w;
}

void watched_forget(struct watch *watch, struct watched *w)
{
	struct watched **link = &watch->words;

	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
	free(w);
}

bool watched_arm(struct watch *watch, struct watched *w)
{
	const struct disruptor_wait_point *point = &w->sleepers->point;

	w->era = disruptor_load_acquire_u32(&era);
	w->armed = uring_futex_wait(&watch->uring, point->word, point->expected,
				    point->shared != 0, tag_of(w));
	return w->armed;
}

void watched_give_up_old(struct watch *watch)
{
	uint32_t now = disruptor_load_acquire_u32(&era);
	struct watched *w;

	for (w = watch->words; w != NULL; w = w->next)
		if (w->sleepers == NULL && w->era != now && !w->given_up)
			w->given_up = uring_cancel(&watch->uring, tag_of(w),
						   TAG_CANCEL);
}

struct watched *watched_find(struct watch *watch, const uint32_t *word)
{
	uint32_t now = disruptor_load_acquire_u32(&era);
	struct watched *w;

	for (w = watch->words; w != NULL; w = w->next)
		if (w->word == word && !w->given_up &&
		    (w->sleepers != NULL || w->era == now))
			return w;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return NULL;
	w->word = word;
	w->next = watch->words;
	watch->words = w;
	return w;
}

/* Last: they are told in the order in which they came. */
void watched_add(struct watched *w, struct sleeper *s)
{
	struct sleeper **link = &w->sleepers;

	while (*link != NULL)
		link = &(*link)->next;
	*link = s;
	s->next = NULL;
	s->watched = w;
}

void watch_remove(struct sleeper *s)
{
	struct sleeper **link = &s->watched->sleepers;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
	s->watched = NULL;
}

void watch_remove_all(struct watch *watch)
{
	struct watched *w;

	for (w = watch->words; w != NULL; w = w->next)
		while (w->sleepers != NULL)
			watch_remove(w->sleepers);
}
