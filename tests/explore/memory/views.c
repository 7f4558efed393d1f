/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

void view_empty(struct view *view)
{
	memset(view, 0, sizeof(view->clock) +
				location_count * sizeof(view->at[0]));
}

static void join_clock(struct clock *into, const struct clock *from)
{
	int i;

	for (i = 0; i < 8; i++)
		if (into->at[i] < from->at[i])
			into->at[i] = from->at[i];
}

void view_join_places(struct view *into, const struct view *from)
{
	uint32_t i;

	for (i = 0; i < location_count; i++)
		if (into->at[i] < from->at[i])
			into->at[i] = from->at[i];
}

void view_join(struct view *into, const struct view *from)
{
	join_clock(&into->clock, &from->clock);
	view_join_places(into, from);
}

void view_copy(struct view *into, const struct view *from)
{
	memcpy(into, from, sizeof(from->clock) +
				   location_count * sizeof(from->at[0]));
}
