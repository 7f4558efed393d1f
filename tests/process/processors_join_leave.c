/* SPDX-License-Identifier: MIT */
/* Processes: processors are added and removed at random under load. */
#include <processors.h>

/* In all flavours together 10,000 in a full test. */
static void small_ring(const struct flavour *flavour)
{
	processors_test(flavour, true, 8, test_full() ? 1500 : scaled(60));
}

static void larger_ring(const struct flavour *flavour)
{
	processors_test(flavour, true, 1024, test_full() ? 1500 : scaled(60));
}

TEST_MAIN(TEST_SHARED(small_ring), TEST_SHARED(larger_ring));
