/* SPDX-License-Identifier: MIT */
#include "litmus_parts.h"

/*
 * Load buffering that needs a store of one's own, so that what goes ahead is
 * promised behind that; see places.c. Who reads what is promised takes no step
 * between the two: else it would be promised where he stops.
 */

/* --- the tests ------------------------------------------------------------ */

/* The addition goes ahead, but not of the store that it modifies. */
static void change_0(void) { result[0] = load_as(&words->x, ACQ);
			     store(&words->y, 1); }
static void change_1(void) { swap_if(&words->x, 0, 2, fence_order);
			     result[1] = load(&words->y);
			     add(&words->x, fence_order); }

/* It goes ahead of the compiler's barrier too. */
static void compiled_1(void) { swap_if(&words->x, 0, 2, fence_order);
			       result[1] = load(&words->y); compiler_barrier();
			       add(&words->x, fence_order); }

/* Another one goes ahead of all of this. */
static void further_0(void) { if (load_as(&words->z, ACQ) != 1)
				      return;
			      store_as(&words->y, 1, REL);
			      if (load_as(&words->x, ACQ) == 3)
				      store(&words->y, 2); }
static void further_1(void) { int first = load(&words->y);

			      swap_if(&words->x, 0, 2, REL);
			      result[0] = load(&words->y) == 2 && first == 1;
			      add(&words->x, RLX);
			      store(&words->z, 1); }

/* Likewise what is behind an acquire of a store of its own. */
static void forward_0(void) { result[0] = load_as(&words->y, ACQ);
			      store(&words->z, 1); load(&words->x); }
static void forward_1(void) { add(&words->x, fence_order);
			      result[1] = load(&words->z);
			      result[2] = load_as(&words->x, ACQ);
			      store(&words->y, 1); }
static void forward_add_1(void) { add(&words->x, fence_order);
				  result[1] = load(&words->z);
				  result[2] = load_as(&words->x, ACQ);
				  add(&words->y, fence_order); }

/* All behind the compiler's barrier, so it may be killed there. */
static void killed_chain_0(void) { if (load(&words->z) != 1)
					   return;
				   compiler_barrier();
				   swap_if(&words->x, 0, 2, fence_order);
				   store(&words->y, 1);
				   add(&words->x, fence_order); }
static void chain_1(void) { store(&words->z, 1); result[0] = load(&words->x);
			    load(&words->y); }
static void read_3_without_y(void) { result[0] = result[0] == 3 &&
						 words->y == 0; }

/* --- the table ------------------------------------------------------------ */

const struct litmus litmus_places[] = {
	{ "LB+chain", "relaxed", { change_0, change_1 }, NULL, 2, RLX, RLX, RLX,
	  NONE, "00 01 20 21 30 31", false },

	/* As in scenes. */
	{ "LB+chain", "relaxed, of machines", { change_0, change_1 }, NULL, 2,
	  RLX, RLX, RLX, NONE, "00 01 20 21 30 31", true },
	{ "LB+chain", "release, of machines", { change_0, change_1 }, NULL, 2,
	  RLX, RLX, REL, NONE, "00 01 20 21 30", true },
	{ "LB+chain", "compiled, of machines", { change_0, compiled_1 }, NULL,
	  2, RLX, RLX, RLX, NONE, "00 01 20 21 30 31", true },
	{ "LB+chain", "ahead of it another", { further_0, further_1 }, NULL, 1,
	  RLX, RLX, NONE, NONE, "0 1", true },
	{ "LB+own", "an acquire, of machines", { forward_0, forward_1 }, NULL,
	  3, RLX, RLX, RLX, NONE, "001 011 101 111", true },
	{ "LB+own", "acquire, modification", { forward_0, forward_add_1 }, NULL,
	  3, RLX, RLX, RLX, NONE, "001 011 101 111", true },
	{ "kill", "behind its own store", { killed_chain_0, chain_1 },
	  read_3_without_y, 1, RLX, RLX, RLX, NONE, "0 1", true },
	{ .name = NULL }
};
