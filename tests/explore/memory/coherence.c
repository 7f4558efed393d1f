/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/*
 * Sequential consistency as RC11 has it: the relation psc over seq_cst accesses
 * and fences has no cycle. psc is kept as a reachability matrix, and each new
 * event adds its edges.
 *
 *	scb = po | po-other;hb;po-other | hb-same | mo | rb
 *	psc = ([access] | [fence];hb?) ; scb ; ([access] | hb?;[fence])
 *	    | [fence] ; (hb | hb;eco;hb) ; [fence]
 *
 * po-other: program order between different locations; hb-same: happens-before
 * on one location; mo: modification order; rb: a load before what overwrites
 * it; eco: any chain of mo, rb and reads-from. With stamps these are numbers:
 * what an event reads (or else stores) has a stamp (source), and it is before
 * each store of the location that has a higher one.
 */

#define NODES 192
#define WORDS (NODES / 64)

struct node {
	const struct event *event;
	struct view seen;		/* a fence's: what it must not go behind */
	uint32_t least[LOCATIONS];	/* of its successors' sources */
	uint64_t reaches[WORDS];
};

static struct node nodes[NODES];
static int node_count, fence_count;

void coherence_reset(void)
{
	node_count = fence_count = 0;
}

static bool has(const uint64_t *bits, int i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

/* False: it closes a cycle. */
static bool add_edge(int from, int to)
{
	uint64_t gained[WORDS];
	int i, w;

	if (from == to || has(nodes[to].reaches, from))
		return false;
	if (has(nodes[from].reaches, to))
		return true;
	memcpy(gained, nodes[to].reaches, sizeof(gained));
	gained[to / 64] |= UINT64_C(1) << (to % 64);
	for (i = 0; i < node_count; i++)
		if (i == from || has(nodes[i].reaches, from))
			for (w = 0; w < WORDS; w++)
				nodes[i].reaches[w] |= gained[w];
	return true;
}

bool coherence_order(int16_t before, int16_t after)
{
	return before < 0 || after < 0 || add_edge(before, after);
}

static bool precedes(const struct event *a, const struct event *b)
{
	return happened(&b->clock, a->by, a->index);
}

static bool same_place(const struct event *a, const struct event *b)
{
	return !a->is_fence && !b->is_fence && a->location == b->location;
}

/* po-other ; hb ; po-other */
static bool precedes_by_others(const struct event *a, const struct event *b)
{
	uint32_t i, j;

	for (i = a->index + 1u; i <= memory_event_count(a->by); i++)
		if (!same_place(memory_event_at(a->by, i), a))
			break;
	for (j = b->index - 1u; j > 0; j--)
		if (!same_place(memory_event_at(b->by, j), b))
			break;
	return i <= memory_event_count(a->by) && j > 0 &&
	       happened(&memory_event_at(b->by, j)->clock, a->by, i);
}

/* mo or rb: a before a store of the same place. */
static bool is_overtaken(const struct event *a, const struct event *b)
{
	return same_place(a, b) && b->written != 0 && a->source < b->written;
}

static bool fence_before_fence(const struct node *a, const struct node *b)
{
	uint32_t i;

	if (precedes(a->event, b->event))
		return true;
	for (i = 0; i < location_count; i++)
		if (a->least[i] < b->seen.at[i])
			return true;
	return false;
}

/* An edge from an old node to the one that is new. */
static bool is_before(const struct node *a, const struct node *b)
{
	const struct event *x = a->event, *y = b->event;

	if (x->is_fence && y->is_fence)
		return fence_before_fence(a, b);
	if (x->is_fence)
		return precedes(x, y) ||
		       (y->written != 0 && a->least[y->location] < y->written);
	if (y->is_fence)
		return precedes(x, y) ||
		       memory_known_store(x->location, &y->clock) > x->source;
	if (x->by == y->by || is_overtaken(x, y))
		return true;
	if (!precedes(x, y))
		return false;
	return same_place(x, y) || precedes_by_others(x, y);
}

/* An edge from the new node to an old one: only by mo or rb. */
static bool is_behind(const struct node *a, const struct event *x)
{
	const struct event *y = a->event;

	if (x->is_fence)
		return false;
	if (!y->is_fence)
		return is_overtaken(x, y);
	return memory_known_store(x->location, &y->clock) > x->source;
}

static bool add_node(struct event *e)
{
	struct node *n = &nodes[node_count];
	int i;

	if (node_count == NODES)
		engine_end(CUT);
	e->node = (int16_t)node_count;
	n->event = e;
	memset(n->reaches, 0, sizeof(n->reaches));
	if (e->is_fence) {
		n->seen = engine.participant[e->by].current;
		memset(n->least, 0xff, sizeof(n->least));
		fence_count++;
	}
	node_count++;
	for (i = 0; i < e->node; i++)
		if ((is_before(&nodes[i], n) && !add_edge(i, e->node)) ||
		    (is_behind(&nodes[i], e) && !add_edge(e->node, i)))
			return false;
	return true;
}

/* From fence f, by an access that follows it, to older nodes. */
static bool overtake(int f, const struct event *e)
{
	int i;

	for (i = 0; i < node_count; i++) {
		const struct event *y = nodes[i].event;

		if (i == f || i == e->node)
			continue;
		if (y->is_fence ? nodes[i].seen.at[e->location] > e->source :
				  is_overtaken(e, y))
			if (!add_edge(f, i))
				return false;
	}
	return true;
}

static bool follow_fences(const struct event *e)
{
	int i;

	for (i = 0; i < node_count; i++) {
		struct node *f = &nodes[i];

		if (!f->event->is_fence || !precedes(f->event, e))
			continue;
		if (e->source < f->least[e->location])
			f->least[e->location] = e->source;
		if (!overtake(i, e))
			return false;
	}
	return true;
}

bool coherence_add(struct event *e)
{
	if (e->sc && !add_node(e))
		return false;
	return fence_count == 0 || e->is_fence || follow_fences(e);
}
