/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/* What a promised store releases reaches those who have read it. */

static bool is_same(const struct view *a, const struct view *b)
{
	return memcmp(a, b, sizeof(a->clock) +
				    location_count * sizeof(a->at[0])) == 0;
}

static void pass_on(struct store *s, const struct view *message)
{
	int who;

	if (s->taken)
		engine_end(FORBIDDEN);
	view_join(&s->message, message);
	for (who = 0; who < PARTICIPANTS; who++)
		if ((s->readers >> who) & 1)
			view_join(&engine.participant[who].acquired, message);
}

/*
 * What a store releases is known when it is come to. Who read it before, or a
 * modification of it, learns it now, for a fence to acquire; who has acquired it
 * already cannot have: this store would happen before what it is a cause of.
 */
void promises_settle(struct location *l, const struct store *s,
		     const struct view *before)
{
	struct view message;
	int i = 0;

	if (is_same(&s->message, before))
		return;
	view_copy(&message, &s->message);
	while (location_store_at(l, i) != s)
		i++;
	do
		pass_on(location_store_at(l, i), &message);
	while (location_store_at(l, i++)->modified);
}
