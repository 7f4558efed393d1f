/* SPDX-License-Identifier: MIT */
#include "litmus_parts.h"

#include "os/os.h"

/*
 * Modifications in load buffering. Of a test the fences are the orders of its
 * modifications. What C11 allows, and which of it processors do: in the model of
 * the ARMv8 architecture, bob has po;[L], [A];po and aob has rmw; nothing else
 * stands between a load and a modification of another place behind it, neither
 * LDADD nor an exclusive pair. RISC-V's lr, sc and amo have no more, without
 * .aq and .rl.
 */

/* --- the tests ------------------------------------------------------------ */

static void behind_0(void) { result[0] = load(&words->x);
			     add(&words->y, fence_order); }
static void behind_1(void) { result[1] = load(&words->y);
			     add(&words->x, other_fence); }
static void swap_behind_0(void) { result[0] = load(&words->x);
				  swap_if(&words->y, 0, 1, fence_order); }
static void swap_behind_1(void) { result[1] = load(&words->y);
				  swap_if(&words->x, 0, 1, other_fence); }

static void first_0(void) { result[0] = add(&words->x, fence_order);
			    store(&words->y, 1); }
static void first_1(void) { result[1] = add(&words->y, other_fence);
			    store(&words->x, 1); }

static void if_first_0(void)
{
	result[0] = swap_if(&words->x, 1, 2, fence_order) == 1;
	if (result[0] == 1)
		store(&words->y, 1);
}

/* It modifies a store that goes ahead too. */
static void own_0(void) { result[0] = load(&words->x); store(&words->y, 1);
			  add(&words->y, fence_order); }
static void own_1(void) { result[1] = load(&words->y);
			  store_as(&words->x, result[1] == 2, RLX); }

static void both_0(void) { result[0] = add(&words->x, fence_order);
			   result[1] = add(&words->y, fence_order); }
static void both_1(void) { result[2] = add(&words->y, other_fence);
			   result[3] = add(&words->x, other_fence); }

/* Another one of the same place. */
static void found_0(void) { result[0] = load(&words->x);
			    result[2] = add(&words->y, fence_order); }
static void found_2(void) { result[3] = add(&words->y, other_fence); }

/* Both stores go ahead, and in their order. */
static void lb_both_0(void) { result[0] = load(&words->y); store(&words->x, 1);
			      store(&words->x, 2); }
static void lb_both_1(void) { if (load(&words->x) == 1 && load(&words->x) == 2)
				      store(&words->y, 1); }

/* An acquire between what goes ahead and what it goes ahead of. */
static void between_0(void) { result[0] = load(&words->x);
			      result[2] = load_as(&words->z, ACQ);
			      store(&words->y, 1); }
static void between_add_0(void) { result[0] = load(&words->x);
				  result[2] = add(&words->z, fence_order);
				  store(&words->y, 1); }
static void between_swap_0(void) { result[0] = load(&words->x);
				   result[2] = swap_if(&words->z, 1, 1,
						       fence_order);
				   store(&words->y, 1); }
static void write_z(void) { store(&words->z, 1); }
static void tell_1(void) { store(&words->z, (uint64_t)(
			   result[1] = load(&words->y)));
			   store(&words->x, 1); }

/* The compiler's barrier, of which processors do not know. */
static void compiled_0(void) { result[0] = load(&words->x); compiler_barrier();
			       store(&words->y, 1); }
static void told_0(void) { store(&words->x, 1); compiler_barrier();
			   result[0] = load(&words->y); add(&words->z, RLX); }
static void ahead_0(void) { load(&words->y); store(&words->z, 1);
			    store(&words->x, 1); compiler_barrier();
			    result[0] = load(&words->y); }
static void sleep_1(void) { store(&words->y, 1); disruptor_os_barrier(true);
			    result[1] = load(&words->x); load(&words->z); }
static void barrier_1(void) { result[1] = load(&words->y);
			      disruptor_os_barrier(true);
			      store(&words->x, 1); }

static void killed_0(void) { store(&words->x, 1); add(&words->y, fence_order); }
static void killed_between_0(void) { store(&words->x, 1);
				     load_as(&words->z, ACQ);
				     store(&words->y, 1); }
static void killed_own_0(void) { store(&words->x, 1); store(&words->y, 1);
				 add(&words->y, fence_order); }
static void look(void) { load(&words->x); load(&words->y); }
static void look_and_write_z(void) { look(); store(&words->z, 1); }
static void killed_told_0(void) { result[2] = load(&words->x);
				  add(&words->y, RLX); }
static void tell_y(void) { store_as(&words->z, 1, RLX);
			   store_as(&words->y, 2, REL); }
static void read_yz(void) { result[0] = load_as(&words->y, ACQ);
			    result[1] = load(&words->z);
			    store(&words->x, 1); }
static void nothing(void) { }
static void look_and_add(void) { load(&words->x); add(&words->y, RLX); }

/* --- the table ------------------------------------------------------------ */

#define BEHIND behind_0, behind_1
#define SWAP swap_behind_0, swap_behind_1
#define FIRST first_0, first_1
#define ALL_8 "000 001 010 011 100 101 110 111"
/* Two additions to one place find 0 and 1, in either order. */
#define FOUND                                                                  \
	"0001 0010 0101 0110 0201 0210 1001 1010 1101 1110 1201 1210"
#define BOTH "0011 0101 1010 1100"
#define BOTH_NO "0011 0101 1100"

const struct litmus litmus_modifications[] = {
	{ "LB+M", "relaxed", { behind_0, lb_1 }, NULL, 2, RLX, RLX, RLX, NONE,
	  SB_ALL, false },
	{ "LB+M", "release", { BEHIND }, NULL, 2, RLX, RLX, REL, REL, SB_ALL,
	  false },
	{ "LB+M", "acquire", { BEHIND }, NULL, 2, RLX, RLX, ACQ, ACQ, SB_ALL,
	  false },
	{ "LB+M", "acq_rel", { BEHIND }, NULL, 2, RLX, RLX, AR, AR, SB_ALL,
	  false },
	{ "LB+M", "seq_cst", { BEHIND }, NULL, 2, RLX, RLX, SC, SC, SB_ALL,
	  false },
	{ "LB+M", "relaxed, acquire loads", { BEHIND }, NULL, 2, RLX, ACQ, RLX,
	  RLX, SB_ALL, false },
	{ "LB+M", "release, acquire loads", { BEHIND }, NULL, 2, RLX, ACQ, REL,
	  REL, LB_NO, false },
	{ "LB+M", "seq_cst, acquire loads", { BEHIND }, NULL, 2, RLX, ACQ, SC,
	  SC, LB_NO, false },
	{ "LB+CAS", "relaxed", { SWAP }, NULL, 2, RLX, RLX, RLX, RLX, SB_ALL,
	  false },
	{ "LB+CAS", "release, acquire loads", { SWAP }, NULL, 2, RLX, ACQ, REL,
	  REL, LB_NO, false },
	{ "M+LB", "relaxed", { FIRST }, NULL, 2, RLX, RLX, RLX, RLX, SB_ALL,
	  false },
	{ "M+LB", "acquire", { FIRST }, NULL, 2, RLX, RLX, ACQ, ACQ, SB_ALL,
	  false },
	{ "M+LB", "acq_rel, release stores", { FIRST }, NULL, 2, REL, RLX, AR,
	  AR, LB_NO, false },
	{ "CAS+LB", "if it found 1", { if_first_0, lb_1 }, NULL, 2, RLX, RLX,
	  RLX, NONE, "00 10 11", false },
	{ "M+LB+M", "relaxed", { both_0, both_1 }, NULL, 4, RLX, RLX, RLX, RLX,
	  BOTH, false },
	{ "M+LB+M", "acq_rel", { both_0, both_1 }, NULL, 4, RLX, RLX, AR, AR,
	  BOTH_NO, false },
	{ "LB+MM", "two at one place", { found_0, lb_1, found_2 }, NULL, 4,
	  RLX, RLX, RLX, RLX, FOUND, false },
	{ "LB+own", "relaxed", { own_0, own_1 }, NULL, 2, RLX, RLX, RLX, NONE,
	  "00 01 02 12", false },
	{ "LB+acq", "it goes along", { between_0, lb_1, write_z }, NULL, 3,
	  RLX, RLX, NONE, NONE, ALL_8, false },
	{ "LB+acq", "it is told", { between_0, tell_1 }, NULL, 3, RLX, RLX,
	  NONE, NONE, "000 010 011 100 110 111", false },
	{ "LB+both", "relaxed", { lb_both_0, lb_both_1 }, NULL, 1, RLX, RLX,
	  NONE, NONE, "0 1", false },
	{ "LB+data", "one acquire", { lb_0, lb_copy_1 }, NULL, 2, RLX, ACQ,
	  NONE, NONE, "00 01 11", false },

	/* As in scenes. */
	{ "LB+M", "relaxed, of machines", { behind_0, lb_copy_1 }, NULL, 2,
	  RLX, RLX, RLX, NONE, "00 01 11", true },
	{ "LB+M", "two, of machines", { BEHIND }, NULL, 2, RLX, RLX, RLX, RLX,
	  SB_ALL, true },
	{ "LB+M", "acquire, of machines", { BEHIND }, NULL, 2, RLX, RLX, ACQ,
	  ACQ, SB_ALL, true },
	{ "LB+M", "one rel., of machines", { BEHIND }, NULL, 2, RLX, RLX, REL,
	  RLX, SB_ALL, true },
	{ "LB+M", "release, of machines", { BEHIND }, NULL, 2, RLX, RLX, REL,
	  REL, LB_NO, true },
	{ "LB+M", "acq_rel, of machines", { BEHIND }, NULL, 2, RLX, RLX, AR,
	  AR, LB_NO, true },
	{ "LB+M", "seq_cst, of machines", { BEHIND }, NULL, 2, RLX, RLX, SC,
	  SC, LB_NO, true },
	{ "LB+M", "acq. loads, of machines", { BEHIND }, NULL, 2, RLX, ACQ,
	  RLX, RLX, LB_NO, true },
	{ "LB+CAS", "relaxed, of machines", { SWAP }, NULL, 2, RLX, RLX, RLX,
	  RLX, SB_ALL, true },
	{ "LB+CAS", "release, of machines", { SWAP }, NULL, 2, RLX, RLX, REL,
	  REL, LB_NO, true },
	{ "M+LB", "relaxed, of machines", { FIRST }, NULL, 2, RLX, RLX, RLX,
	  RLX, SB_ALL, true },
	{ "M+LB", "acquire, of machines", { FIRST }, NULL, 2, RLX, RLX, ACQ,
	  ACQ, LB_NO, true },
	{ "CAS+LB", "found 1, of machines", { if_first_0, lb_1 }, NULL, 2, RLX,
	  RLX, RLX, NONE, "00 10 11", true },
	{ "M+LB+M", "relaxed, of machines", { both_0, both_1 }, NULL, 4, RLX,
	  RLX, RLX, RLX, BOTH, true },
	{ "M+LB+M", "acquire, of machines", { both_0, both_1 }, NULL, 4, RLX,
	  RLX, ACQ, ACQ, BOTH_NO, true },
	{ "LB+MM", "of machines", { found_0, lb_1, found_2 }, NULL, 4, RLX,
	  RLX, RLX, RLX, FOUND, true },
	{ "LB+own", "relaxed, of machines", { own_0, own_1 }, NULL, 2, RLX,
	  RLX, RLX, NONE, "00 01 02 12", true },
	{ "LB+own", "release, of machines", { own_0, own_1 }, NULL, 2, REL,
	  RLX, RLX, NONE, "00 01 02", true },
	{ "LB+acq", "along, of machines", { between_0, lb_1, write_z }, NULL,
	  3, RLX, RLX, NONE, NONE, ALL_8, true },
	{ "LB+acq", "not far, of machines", { between_0, lb_copy_1, write_z },
	  NULL, 3, RLX, RLX, NONE, NONE, "000 001 010 011 110 111", true },
	{ "LB+acq", "told, of machines", { between_0, tell_1 }, NULL, 3, RLX,
	  RLX, NONE, NONE, "000 010 100 110", true },
	{ "LB+acqM", "along, of machines", { between_add_0, lb_1, write_z },
	  NULL, 3, RLX, RLX, ACQ, NONE, ALL_8, true },
	{ "LB+acqM", "told, of machines", { between_add_0, tell_1 }, NULL, 3,
	  RLX, RLX, ACQ, NONE, "000 010 100 110", true },
	{ "LB+CAS", "fails, of machines", { between_swap_0, tell_1 }, NULL, 3,
	  RLX, RLX, ACQ, NONE, "000 010 100 110", true },
	{ "LB+data", "acquire, of machines", { lb_0, lb_copy_1 }, NULL, 2, RLX,
	  ACQ, NONE, NONE, "00 01", true },
	{ "LB", "acq. fences, of machines", { lb_fence_0, lb_fence_1 }, NULL,
	  2, RLX, RLX, ACQ, ACQ, LB_NO, true },
	{ "LB", "rel. fences, of machines", { lb_fence_0, lb_fence_1 }, NULL,
	  2, RLX, RLX, REL, REL, LB_NO, true },
	{ "LB", "one fence, of machines", { lb_fence_0, lb_1 }, NULL, 2, RLX,
	  RLX, SC, NONE, SB_ALL, true },
	{ "LB", "compiled, of machines", { compiled_0, lb_copy_1 }, NULL, 2,
	  RLX, RLX, NONE, NONE, "00 01 11", true },
	{ "LB", "membarrier, of machines", { compiled_0, barrier_1 }, NULL, 2,
	  RLX, RLX, NONE, NONE, LB_NO, true },
	{ "SB+M", "membarrier, of machines", { told_0, sleep_1 }, NULL, 2, RLX,
	  RLX, NONE, NONE, SB_SC, true },
	{ "SB", "store ahead, of machines", { ahead_0, sleep_1 }, NULL, 2, RLX,
	  RLX, NONE, NONE, SB_SC, true },
	{ "LB+both", "of machines", { lb_both_0, lb_both_1 }, NULL, 1, RLX, RLX,
	  NONE, NONE, "0 1", true },
	{ "kill", "relaxed modification", { killed_0, look }, final_xy, 2, RLX,
	  RLX, RLX, NONE, SB_ALL, true },
	{ "kill", "release modification", { killed_0, look }, final_xy, 2, RLX,
	  RLX, REL, NONE, "00 10 11", true },
	{ "kill", "of its own store", { killed_own_0, look }, final_xy, 2, RLX,
	  RLX, RLX, NONE, "00 01 02 10 11 12", true },
	{ "kill", "a release sequence", { killed_told_0, tell_y, read_yz },
	  nothing, 2, RLX, RLX, NONE, NONE, "00 01 10 11 21 31", true },
	{ "kill", "two modifications", { killed_0, look_and_add }, final_xy, 2,
	  RLX, RLX, RLX, NONE, "01 02 11 12", true },
	{ "kill", "an acquire between", { killed_between_0, look_and_write_z },
	  final_xy, 2, RLX, RLX, NONE, NONE, SB_ALL, true },
	{ .name = NULL }
};
