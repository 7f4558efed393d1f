/* SPDX-License-Identifier: MIT */
/*
 * Threads: 4 producers and 3 consumers, one after the other two. Every event
 * exactly once and in order per producer, checked by content.
 */
#include <load.h>

static void ring_of_2(const struct flavour *flavour)
{
	load_test(flavour, false, 2, 1, AT_ZERO);
}

static void ring_of_64(const struct flavour *flavour)
{
	load_test(flavour, false, 64, 1, AT_ZERO);
}

static void ring_of_65536(const struct flavour *flavour)
{
	load_test(flavour, false, 65536, 1, AT_ZERO);
}

static void batches(const struct flavour *flavour)
{
	load_test(flavour, false, 64, 16, AT_ZERO);
	load_test(flavour, false, 65536, 50, AT_ZERO);
}

static void from_below_2_32(const struct flavour *flavour)
{
	load_test(flavour, false, 64, 7, BELOW_2_32);
	load_test(flavour, false, 65536, 7, BELOW_2_32);
}

static void up_to_the_highest(const struct flavour *flavour)
{
	load_test(flavour, false, 64, 7, NEAR_THE_END);
	load_test(flavour, false, 65536, 7, NEAR_THE_END);
}

static bool private_multi(const struct flavour *flavour)
{
	return flavour_multi(flavour) && !flavour->shared;
}

TEST_MAIN(TEST_MULTI(ring_of_2), TEST_MULTI(ring_of_64),
	  TEST_MULTI(ring_of_65536), TEST_SOME(batches, private_multi),
	  TEST_SOME(from_below_2_32, private_multi),
	  TEST_SOME(up_to_the_highest, private_multi));
