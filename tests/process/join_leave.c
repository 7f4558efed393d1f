/* SPDX-License-Identifier: MIT */
/* Processes: consumers join and leave at random under load. */
#include <membership.h>

static void small_ring(const struct flavour *flavour)
{
	membership_test(flavour, true, 8);
}

static void larger_ring(const struct flavour *flavour)
{
	membership_test(flavour, true, 1024);
}

TEST_MAIN(TEST_SHARED(small_ring), TEST_SHARED(larger_ring));
