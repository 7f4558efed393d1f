/* SPDX-License-Identifier: MIT */
#include "memory.h"

/* Events: what participants did, and what each knew then. */

static struct event events[PARTICIPANTS][EVENTS_EACH];

struct event *event_new(uint32_t location, bool sc)
{
	struct participant *p = self();
	struct event *e = &events[engine.current][p->events + 1];

	if (p->events + 2 >= EVENTS_EACH)
		engine_end(CUT);
	p->events++;
	p->current.clock.at[engine.current] = (uint16_t)p->events;
	e->by = (uint8_t)engine.current;
	e->index = (uint16_t)p->events;
	e->location = (uint16_t)location;
	e->sc = sc;
	e->is_fence = location == LOCATIONS;
	e->read = e->written = 0;
	e->node = -1;
	return e;
}

const struct event *memory_event_at(int who, uint32_t index)
{
	return &events[who][index];
}

uint32_t memory_event_count(int who)
{
	return engine.participant[who].events;
}

uint32_t memory_known_store(uint32_t location, const struct clock *clock)
{
	const struct location *l = location_numbered(location);
	int i;

	for (i = l->count - 1; i >= 0; i--) {
		const struct store *s = location_store_at(l, i);

		if (happened(clock, s->by, s->index))
			return s->stamp;
	}
	return 0;
}

void event_seal(struct event *e)
{
	e->clock = self()->current.clock;
	/* Whoever saw what e wrote is behind it, as whoever saw more. */
	e->source = e->read != 0 ? e->read : e->written - 1;
	if (!coherence_add(e))
		engine_end(FORBIDDEN);
}

bool memory_is_ordered(uintptr_t address, const struct clock *clock)
{
	const struct location *l = location_at(address);
	int i;

	if (l == NULL)
		return true;
	for (i = 1; i < l->count; i++) {
		const struct store *s = location_store_at(l, i);

		if (!happened(clock, s->by, s->index))
			return false;
	}
	return true;
}
