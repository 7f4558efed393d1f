/* SPDX-License-Identifier: MIT */
/* Threads: processors are added and removed at random under load. */
#include <processors.h>

/* In all flavours together 10,000 in a full test. */
static void small_ring(const struct flavour *flavour)
{
	processors_test(flavour, false, 8, test_full() ? 1000 : scaled(60));
}

static void larger_ring(const struct flavour *flavour)
{
	processors_test(flavour, false, 1024, test_full() ? 1000 : scaled(60));
}

TEST_MAIN(TEST_EACH(small_ring), TEST_EACH(larger_ring));
