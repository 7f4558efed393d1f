/* SPDX-License-Identifier: MIT */
/* Threads: consumers join and leave at random under load. */
#include <membership.h>

static void small_ring(const struct flavour *flavour)
{
	membership_test(flavour, false, 8);
}

static void larger_ring(const struct flavour *flavour)
{
	membership_test(flavour, false, 1024);
}

TEST_MAIN(TEST_EACH(small_ring), TEST_EACH(larger_ring));
