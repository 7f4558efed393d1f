/* SPDX-License-Identifier: MIT */
#include "promises.h"

#include <stdio.h>

/* Stores that may be made ahead: their numbers, and their names in a schedule. */

#define OFFERS 2048

static struct offer offers[OFFERS];	/* from 1 */
static int offer_count;

void promises_forget(void)
{
	offer_count = 0;
}

const struct offer *offer_numbered(int id)
{
	return &offers[id];
}

int offer_note(const struct offer *o)
{
	int i;

	for (i = 1; i <= offer_count; i++)
		if (offers[i].address == o->address &&
		    offers[i].modifies == o->modifies &&
		    offers[i].found == o->found &&
		    offers[i].value == o->value && offers[i].late == o->late)
			return i;
	if (offer_count + 1 == OFFERS)
		engine_end(CUT);
	offers[++offer_count] = *o;
	return offer_count;
}

/*
 * "place.size=value", or "place.size:found=value" of what modifies; with a "!"
 * behind a barrier of the compiler.
 */
void promise_name(int id, char *text, size_t size)
{
	const struct offer *o = &offers[id];
	int used = snprintf(text, size, "%zx.%zu",
			    system_place((const void *)o->address), o->size);

	if (o->modifies)
		used += snprintf(text + used, size - (size_t)used, ":%llx",
				 (unsigned long long)o->found);
	snprintf(text + used, size - (size_t)used, "=%llx%s",
		 (unsigned long long)o->value, o->late ? "!" : "");
}

const char *promise_read(const char *text, int *id)
{
	unsigned long long found = 0, value;
	struct offer o = { 0 };
	size_t place;
	int read;

	if (sscanf(text, "%zx.%zu:%llx=%llx%n", &place, &o.size, &found, &value,
		   &read) == 4)
		o.modifies = true;
	else if (sscanf(text, "%zx.%zu=%llx%n", &place, &o.size, &value,
			&read) != 3)
		return NULL;
	o.address = (uintptr_t)system_at(place);
	o.found = found;
	o.value = value;
	o.late = text[read] == '!';
	*id = offer_note(&o);
	return text + read + o.late;
}
