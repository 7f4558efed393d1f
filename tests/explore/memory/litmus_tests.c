/* SPDX-License-Identifier: MIT */
#include "litmus_parts.h"

#include "os/os.h"

/* The classic litmus tests, and each one's outcomes. */

/* --- the tests ------------------------------------------------------------ */

static void sb_0(void) { store(&words->x, 1); fence(fence_order);
			 result[0] = load(&words->y); }
static void sb_1(void) { store(&words->y, 1); fence(other_fence);
			 result[1] = load(&words->x); }
static void sb_barrier(void) { store(&words->x, 1); disruptor_os_barrier(true);
			       result[0] = load(&words->y); }

static void mp_0(void) { store_as(&words->x, 1, RLX);
			 fence(fence_order); store(&words->y, 1); }
static void mp_1(void) { result[0] = load(&words->y); fence(other_fence);
			 result[1] = load_as(&words->x, RLX); }
static void mp_again(void) { mp_0(); store_as(&words->y, 2, RLX); }
static void mp_add(void) { add(&words->y, RLX); }

void lb_0(void) { result[0] = load(&words->x); store(&words->y, 1); }
void lb_1(void) { result[1] = load(&words->y); store(&words->x, 1); }

static void lb_2(void) { result[2] = load(&words->z); store(&words->x, 1); }
static void lb_to_z(void) { result[1] = load(&words->y); fence(fence_order);
			    store(&words->z, 1); }
void lb_fence_0(void) { result[0] = load(&words->x);
			       fence(fence_order); store(&words->y, 1); }
void lb_fence_1(void) { result[1] = load(&words->y);
			       fence(other_fence); store(&words->x, 1); }
static void lb_add_0(void) { result[0] = load(&words->x);
			     add(&words->y, store_order); }
static void lb_add_1(void) { result[1] = load(&words->y);
			     add(&words->x, store_order); }
static void lb_copy_0(void) { store(&words->y, (uint64_t)(
			      result[0] = load(&words->x))); }
void lb_copy_1(void) { store(&words->x, (uint64_t)(
			      result[1] = load(&words->y))); }
static void lb_if_0(void) { if ((result[0] = load(&words->x)) != 0)
				    store(&words->y, 1); }
static void lb_if_1(void) { if ((result[1] = load(&words->y)) != 0)
				    store(&words->x, 1); }

static void write_x(void) { store(&words->x, 1); }
static void write_x_2(void) { store(&words->x, 2); }
static void write_y(void) { store(&words->y, 1); }
static void read_xy(void) { result[0] = load(&words->x); fence(fence_order);
			    result[1] = load(&words->y); }
static void read_yx(void) { result[2] = load(&words->y); fence(fence_order);
			    result[3] = load(&words->x); }
static void read_xx(void) { result[0] = load(&words->x);
			    result[1] = load(&words->x); }
static void read_xx_2(void) { result[2] = load(&words->x);
			      result[3] = load(&words->x); }
static void write_x_twice(void) { store(&words->x, 1); store(&words->x, 2); }
static void write_read(void) { store(&words->x, 1);
			       result[0] = load(&words->x); }

static void ww_0(void) { store(&words->x, 1); fence(fence_order);
			 store(&words->y, 2); }
static void ww_1(void) { store(&words->y, 1); fence(fence_order);
			 store(&words->x, 2); }
void final_xy(void) { result[0] = (int)words->x;
			     result[1] = (int)words->y; }

static void r_0(void) { store(&words->x, 1); fence(fence_order);
			store(&words->y, 1); }
static void r_1(void) { store(&words->y, 2); fence(fence_order);
			result[0] = load(&words->x); }
static void final_y(void) { result[1] = (int)words->y; }

static void s_0(void) { store(&words->x, 2); store(&words->y, 1); }
static void s_1(void) { result[0] = load(&words->y); store(&words->x, 1); }
static void final_x(void) { result[1] = (int)words->x; }

static void wrc_1(void) { result[0] = load(&words->x); store(&words->y, 1); }
static void wrc_2(void) { result[1] = load(&words->y);
			  result[2] = load(&words->x); }

static void ff_0(void) { store_as(&words->z, 1, RLX); fence(SC);
			 store(&words->y, 1); }
static void ff_1(void) { result[0] = load(&words->y);
			 store_as(&words->x, 1, RLX); }
static void ff_2(void) { result[1] = load_as(&words->x, RLX); fence(SC);
			 result[2] = load_as(&words->z, RLX); }

static void add_x(void) { result[0] = add(&words->x, RLX); }
static void add_x_2(void) { result[1] = add(&words->x, RLX); }
static void sb_add_0(void) { add(&words->x, store_order);
			     result[0] = load(&words->y); }
static void sb_add_1(void) { add(&words->y, store_order);
			     result[1] = load(&words->x); }

static void z6_0(void) { store_as(&words->x, 1, SC);
			 store_as(&words->y, 1, REL); }
static void z6_1(void) { result[0] = add(&words->y, SC);
			 result[1] = load_as(&words->y, RLX); }
static void z6_2(void) { store_as(&words->y, 3, SC);
			 result[2] = load_as(&words->x, SC); }

static void look(void) { load(&words->x); load(&words->y); }
static void barrier_between(void) { store(&words->x, 1); compiler_barrier();
				    store(&words->y, 1); }

/* --- the table ------------------------------------------------------------ */

#define SB sb_0, sb_1
#define LB lb_0, lb_1
#define MP mp_0, mp_1
#define IRIW write_x, write_y, read_xy, read_yx
#define IRIW_SC                                                                \
	"0000 0001 0010 0011 0100 0101 0110 0111 1000 1001 1011 1100 "         \
	"1101 1110 1111"
#define CO "00 01 02 11 12 22"

/* The same value twice, ahead of a load, and another store between them. */
static void lb_twice(void)
{
	result[0] = load(&words->y);
	store(&words->x, 1);
	store(&words->x, 1);
}

static void lb_tell(void)
{
	if (load(&words->x) == 1 && load(&words->x) == 2 &&
	    load(&words->x) == 1)
		store(&words->y, 1);
}

const struct litmus litmus_tests[] = {
	{ "SB", "relaxed", { SB }, NULL, 2, RLX, RLX, NONE, NONE, SB_ALL, 0 },
	{ "SB", "release, acquire", { SB }, NULL, 2, REL, ACQ, NONE, NONE,
	  SB_ALL, 0 },
	{ "SB", "seq_cst", { SB }, NULL, 2, SC, SC, NONE, NONE, SB_SC, 0 },
	{ "SB", "seq_cst store, acquire", { SB }, NULL, 2, SC, ACQ, NONE, NONE,
	  SB_ALL, 0 },
	{ "SB", "seq_cst fences", { SB }, NULL, 2, RLX, RLX, SC, SC, SB_SC,
	  0 },
	{ "SB", "acq_rel fences", { SB }, NULL, 2, RLX, RLX, AR, AR, SB_ALL,
	  0 },
	{ "SB", "one seq_cst fence", { SB }, NULL, 2, RLX, RLX, SC, NONE,
	  SB_ALL, 0 },
	{ "SB", "membarrier", { sb_barrier, sb_1 }, NULL, 2, RLX, RLX, NONE,
	  NONE, SB_SC, 0 },
	{ "SB", "acq_rel rmw", { sb_add_0, sb_add_1 }, NULL, 2, AR, ACQ, NONE,
	  NONE, SB_ALL, 0 },
	{ "SB", "seq_cst rmw, load", { sb_add_0, sb_add_1 }, NULL, 2, SC, SC,
	  NONE, NONE, SB_SC, 0 },
	{ "MP", "relaxed", { MP }, NULL, 2, RLX, RLX, NONE, NONE, SB_ALL, 0 },
	{ "MP", "release, relaxed", { MP }, NULL, 2, REL, RLX, NONE, NONE,
	  SB_ALL, 0 },
	{ "MP", "relaxed, acquire", { MP }, NULL, 2, RLX, ACQ, NONE, NONE,
	  SB_ALL, 0 },
	{ "MP", "release, acquire", { MP }, NULL, 2, REL, ACQ, NONE, NONE,
	  "00 01 11", 0 },
	{ "MP", "release, acquire fences", { MP }, NULL, 2, RLX, RLX, REL, ACQ,
	  "00 01 11", 0 },
	{ "MP", "release, no fence", { MP }, NULL, 2, RLX, RLX, REL, NONE,
	  SB_ALL, 0 },
	{ "MP", "seq_cst", { MP }, NULL, 2, SC, SC, NONE, NONE, "00 01 11",
	  0 },
	{ "MP+rmw", "release sequence", { mp_0, mp_add, mp_1 }, NULL, 2, REL,
	  ACQ, NONE, NONE, "00 01 10 11 21", 0 },
	{ "MP+store", "own relaxed store", { mp_again, mp_1 }, NULL, 2, REL,
	  ACQ, NONE, NONE, "00 01 11 20 21", 0 },
	{ "LB", "relaxed", { LB }, NULL, 2, RLX, RLX, NONE, NONE, SB_ALL, 0 },
	{ "LB", "release, relaxed", { LB }, NULL, 2, REL, RLX, NONE, NONE,
	  SB_ALL, 0 },
	{ "LB", "relaxed, acquire", { LB }, NULL, 2, RLX, ACQ, NONE, NONE,
	  SB_ALL, 0 },
	{ "LB", "release, acquire", { LB }, NULL, 2, REL, ACQ, NONE, NONE,
	  LB_NO, 0 },
	{ "LB", "seq_cst", { LB }, NULL, 2, SC, SC, NONE, NONE, LB_NO, 0 },
	{ "LB", "acq_rel fences", { lb_fence_0, lb_fence_1 }, NULL, 2, RLX,
	  RLX, AR, AR, LB_NO, 0 },
	{ "LB", "release, acquire fences", { lb_fence_0, lb_fence_1 }, NULL,
	  2, RLX, RLX, REL, ACQ, LB_NO, 0 },
	{ "LB", "release fences", { lb_fence_0, lb_fence_1 }, NULL, 2, RLX,
	  RLX, REL, REL, SB_ALL, 0 },
	{ "LB", "acquire fences", { lb_fence_0, lb_fence_1 }, NULL, 2, RLX,
	  RLX, ACQ, ACQ, SB_ALL, 0 },
	{ "LB", "one seq_cst fence", { lb_fence_0, lb_fence_1 }, NULL, 2, RLX,
	  RLX, SC, NONE, SB_ALL, 0 },
	{ "LB+rmw", "relaxed", { lb_add_0, lb_add_1 }, NULL, 2, RLX, RLX,
	  NONE, NONE, SB_ALL, 0 },
	{ "LB+rmw", "acq_rel, acquire", { lb_add_0, lb_add_1 }, NULL, 2, AR,
	  ACQ, NONE, NONE, LB_NO, 0 },
	{ "LB+data", "out of thin air", { lb_copy_0, lb_copy_1 }, NULL, 2,
	  RLX, RLX, NONE, NONE, "00", 0 },
	{ "LB+ctrl", "out of thin air", { lb_if_0, lb_if_1 }, NULL, 2, RLX,
	  RLX, NONE, NONE, "00", 0 },
	{ "LB+twice", "relaxed", { lb_twice, write_x_2, lb_tell }, NULL, 1, RLX,
	  RLX, NONE, NONE, "0 1", 0 },
	{ "LB3", "relaxed", { lb_0, lb_to_z, lb_2 }, NULL, 3, RLX, RLX, NONE,
	  NONE, "000 001 010 011 100 101 110 111", 0 },
	{ "LB3", "two release, one acq.", { lb_0, lb_to_z, lb_2 }, NULL, 3,
	  REL, RLX, ACQ, NONE, "000 001 010 011 100 101 110 111", 0 },
	{ "IRIW", "relaxed", { IRIW }, NULL, 4, RLX, RLX, NONE, NONE,
	  IRIW_SC " 1010", 0 },
	{ "IRIW", "release, acquire", { IRIW }, NULL, 4, REL, ACQ, NONE, NONE,
	  IRIW_SC " 1010", 0 },
	{ "IRIW", "seq_cst", { IRIW }, NULL, 4, SC, SC, NONE, NONE, IRIW_SC,
	  0 },
	{ "IRIW", "seq_cst fences", { IRIW }, NULL, 4, RLX, RLX, SC, NONE,
	  IRIW_SC, 0 },
	{ "IRIW", "seq_cst stores, acquire", { IRIW }, NULL, 4, SC, ACQ, NONE,
	  NONE, IRIW_SC " 1010", 0 },
	{ "CoRR", "relaxed", { write_x_twice, read_xx }, NULL, 2, RLX, RLX,
	  NONE, NONE, CO, 0 },
	{ "CoRR", "seq_cst", { write_x_twice, read_xx }, NULL, 2, SC, SC, NONE,
	  NONE, CO, 0 },
	{ "CoRR2", "relaxed", { write_x, write_x_2, read_xx, read_xx_2 }, NULL,
	  4, RLX, RLX, NONE, NONE,
	  "0000 0001 0002 0011 0012 0021 0022 0100 0101 0102 0111 0112 0121 "
	  "0122 0200 0201 0202 0211 0212 0221 0222 1100 1101 1102 1111 1112 "
	  "1121 1122 1200 1201 1202 1211 1212 1222 2100 2101 2102 2111 2121 "
	  "2122 2200 2201 2202 2211 2212 2221 2222", 0 },
	{ "CoWR", "relaxed", { write_read, write_x_2 }, final_x, 2, RLX, RLX,
	  NONE, NONE, "11 12 22", 0 },
	{ "2+2W", "relaxed", { ww_0, ww_1 }, final_xy, 2, RLX, RLX, NONE, NONE,
	  "11 12 21 22", 0 },
	{ "2+2W", "release", { ww_0, ww_1 }, final_xy, 2, REL, RLX, NONE, NONE,
	  "11 12 21 22", 0 },
	{ "2+2W", "seq_cst", { ww_0, ww_1 }, final_xy, 2, SC, RLX, NONE, NONE,
	  "12 21 22", 0 },
	{ "2+2W", "seq_cst fences", { ww_0, ww_1 }, final_xy, 2, RLX, RLX, SC,
	  NONE, "12 21 22", 0 },
	{ "R", "relaxed", { r_0, r_1 }, final_y, 2, RLX, RLX, NONE, NONE,
	  "01 02 11 12", 0 },
	{ "R", "release, acquire", { r_0, r_1 }, final_y, 2, REL, ACQ, NONE,
	  NONE, "01 02 11 12", 0 },
	{ "R", "seq_cst", { r_0, r_1 }, final_y, 2, SC, SC, NONE, NONE,
	  "01 11 12", 0 },
	{ "R", "seq_cst fences", { r_0, r_1 }, final_y, 2, RLX, RLX, SC, NONE,
	  "01 11 12", 0 },
	{ "S", "relaxed", { s_0, s_1 }, final_x, 2, RLX, RLX, NONE, NONE,
	  "01 02 11 12", 0 },
	{ "S", "release, acquire", { s_0, s_1 }, final_x, 2, REL, ACQ, NONE,
	  NONE, "01 02 11", 0 },
	{ "WRC", "relaxed", { write_x, wrc_1, wrc_2 }, NULL, 3, RLX, RLX, NONE,
	  NONE, "000 001 010 011 100 101 110 111", 0 },
	{ "WRC", "release, acquire", { write_x, wrc_1, wrc_2 }, NULL, 3, REL,
	  ACQ, NONE, NONE, "000 001 010 011 100 101 111", 0 },
	{ "FF", "a relaxed read between", { ff_0, ff_1, ff_2 }, NULL, 3, REL,
	  ACQ, NONE, NONE, "000 001 010 011 100 101 111", 0 },
	{ "RMW", "relaxed", { add_x, add_x_2 }, NULL, 2, RLX, RLX, NONE, NONE,
	  "01 10", 0 },
	{ "Z6.U", "seq_cst and others", { z6_0, z6_1, z6_2 }, NULL, 3, SC, SC,
	  NONE, NONE, "010 011 030 031 120 121 130 131 310 311 340 341", 0 },
	/* As in scenes; participant 0 may be killed, the final values are read. */
	{ "LB", "relaxed, of machines", { LB }, NULL, 2, RLX, RLX, NONE, NONE,
	  SB_ALL, true },
	{ "LB", "acquire, of machines", { LB }, NULL, 2, RLX, ACQ, NONE, NONE,
	  LB_NO, true },
	{ "LB", "release, of machines", { LB }, NULL, 2, REL, RLX, NONE, NONE,
	  LB_NO, true },
	{ "kill", "relaxed", { mp_0, look }, final_xy, 2, RLX, RLX, NONE, NONE,
	  SB_ALL, true },
	{ "kill", "release", { mp_0, look }, final_xy, 2, REL, RLX, NONE, NONE,
	  "00 10 11", true },
	{ "kill", "compiler barrier", { barrier_between, look }, final_xy, 2, RLX,
	  RLX, NONE, NONE, "00 10 11", true },
	{ .name = NULL }
};
