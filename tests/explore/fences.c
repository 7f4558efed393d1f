/* SPDX-License-Identifier: MIT */
#include "memory.h"

/* Fences, and what the kernel orders. */

static struct event *fence(enum explore_order order)
{
	struct participant *p = self();
	struct event *e;

	if (acquires(order)) {
		view_join(&p->current, &p->acquired);
		memory_acquire_all();
	}
	e = event_new(LOCATIONS, order == EXPLORE_SEQ_CST);
	if (releases(order))
		view_copy(&p->released, &p->current);
	engine_note('F', (uint64_t)order);
	event_seal(e);
	return e;
}

void explore_fence(struct explore_site *site)
{
	enum explore_order order = sites_order(site);

	engine.step++;
	sites_reach(site);
	if (!engine.running)
		return;
	engine_point();
	if (!engine.all_promises)
		promises_barrier();
	fence(order);
	engine_trace(site, "fence");
}

/*
 * The compiler keeps a store before the load behind this. Without it the two
 * may change places, and then a membarrier between them is a membarrier outside
 * of them.
 */
void explore_compiler_barrier(struct explore_site *site)
{
	engine.step++;
	sites_reach(site);
	if (!engine.running)
		return;
	if (sites_order(site) != EXPLORE_SEQ_CST)
		self()->exposed = true;
	else
		promises_barrier();
}

/*
 * A fence here, then one in each other participant wherever it is, then one
 * here. Nothing happens before anything by this alone; only the order of the
 * fences is fixed.
 */
void memory_membarrier(void)
{
	int who, caller = engine.current;
	int16_t first, last, others[PARTICIPANTS];

	promises_barrier();
	first = fence(EXPLORE_SEQ_CST)->node;
	/*
	 * Who has ended or sleeps had its fence when it was taken off. Who has
	 * made a store ahead has it between two that changed places.
	 */
	for (who = 1; who < PARTICIPANTS; who++) {
		struct participant *p = &engine.participant[who];

		others[who] = -1;
		if (who == caller || p->exposed || promises_has(who))
			continue;
		engine.current = who;
		others[who] = fence(EXPLORE_SEQ_CST)->node;
	}
	engine.current = caller;
	last = fence(EXPLORE_SEQ_CST)->node;
	for (who = 1; who < PARTICIPANTS; who++)
		if (who != caller && others[who] >= 0 &&
		    (!coherence_order(first, others[who]) ||
		     !coherence_order(others[who], last)))
			engine_end(FORBIDDEN);
}

void memory_enter_kernel(struct kernel_object *object)
{
	struct participant *p = self();
	struct event *e;

	engine_note('K', object->last);
	view_join(&p->current, &object->view);
	view_join(&p->acquired, &object->view);
	e = event_new(LOCATIONS, false);
	event_seal(e);
	view_join(&object->view, &p->current);
	object->last = (uint64_t)engine.current << 16 | e->index;
}
