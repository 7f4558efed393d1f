/* SPDX-License-Identifier: MIT */
/*
 * Processes: 4 producers and 3 consumers, one after the other two. Every event
 * exactly once and in order per producer, checked by content.
 */
#include <load.h>

static void ring_of_2(const struct flavour *flavour)
{
	load_test(flavour, true, 2, 1, AT_ZERO);
}

static void ring_of_64(const struct flavour *flavour)
{
	load_test(flavour, true, 64, 1, AT_ZERO);
}

static void ring_of_65536(const struct flavour *flavour)
{
	load_test(flavour, true, 65536, 1, AT_ZERO);
}

static void batches(const struct flavour *flavour)
{
	load_test(flavour, true, 64, 16, AT_ZERO);
	load_test(flavour, true, 65536, 50, AT_ZERO);
}

static void from_below_2_32(const struct flavour *flavour)
{
	load_test(flavour, true, 64, 7, BELOW_2_32);
	load_test(flavour, true, 65536, 7, BELOW_2_32);
}

static void up_to_the_highest(const struct flavour *flavour)
{
	load_test(flavour, true, 64, 7, NEAR_THE_END);
	load_test(flavour, true, 65536, 7, NEAR_THE_END);
}

static bool wanted(const struct flavour *flavour)
{
	return flavour_multi(flavour) && flavour->shared;
}

TEST_MAIN(TEST_SOME(ring_of_2, wanted), TEST_SOME(ring_of_64, wanted),
	  TEST_SOME(ring_of_65536, wanted), TEST_SOME(batches, wanted),
	  TEST_SOME(from_below_2_32, wanted),
	  TEST_SOME(up_to_the_highest, wanted));
