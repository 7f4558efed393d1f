/* SPDX-License-Identifier: MIT */
#include "memory.h"

/* Fences, and what a lock of the kernel orders. */

struct event *memory_fence(enum explore_order order)
{
	struct participant *p = self();
	struct event *e;

	if (acquires(order)) {
		view_join(&p->current, &p->acquired);
		memory_acquire_all();
	}
	e = event_new(LOCATIONS, order == EXPLORE_SEQ_CST);
	if (releases(order)) {
		view_copy(&p->released, &p->current);
		promises_release();
	}
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
	if (engine.promises != PROMISES_OF_C11)
		promises_barrier();
	memory_fence(order);
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
	else if (engine.promises != PROMISES_OF_C11)
		promises_pass();
}

void scene_compiler_barrier(void)
{
	engine.step++;
	if (engine.running)
		promises_pass();
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
