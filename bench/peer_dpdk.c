/* SPDX-License-Identifier: MIT */
/*
 * DPDK's rte_ring, without the rest of DPDK. Its default way with several
 * producers has each wait, without yielding, for those that claimed before it:
 * measured with as many as there are CPUs. With more, its way for that case
 * (head and tail in step) is measured.
 */
#include "bench.h"

#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <rte_ring.h>
#pragma GCC diagnostic pop

#define PRODUCERS_IN_A_LINE 2

struct rte_ring_and_size {
	size_t size;
	bool many;
	struct rte_ring ring BENCH_ALIGNED;
};

static unsigned int flags_for(const struct bench_run *run)
{
	if (run->shape.producers == 1)
		return RING_F_SP_ENQ | RING_F_SC_DEQ;
	if (run->shape.producers <= PRODUCERS_IN_A_LINE)
		return RING_F_SC_DEQ;
	return RING_F_MP_HTS_ENQ | RING_F_SC_DEQ;
}

/* One slot of its capacity is never used; so it gets the next power of two. */
static struct rte_ring_and_size *dpdk_new(const struct bench_run *run)
{
	unsigned int slots = run->shape.capacity * 2;
	ssize_t ring_size =
		rte_ring_get_memsize_elem(run->shape.event_size, slots);
	size_t size = sizeof(struct rte_ring_and_size) + (size_t)ring_size;
	struct rte_ring_and_size *q = bench_map(run, size);

	q->size = size;
	q->many = run->shape.producers > 1;
	if (rte_ring_init(&q->ring, "bench", run->shape.capacity,
			  flags_for(run) | RING_F_EXACT_SZ) != 0)
		bench_fail("rte_ring_init");
	return q;
}

static void dpdk_free(struct rte_ring_and_size *q)
{
	bench_unmap(q, q->size);
}

BENCH_INLINE size_t dpdk_put(struct rte_ring_and_size *q, const void *events,
			     size_t size, size_t n, uint32_t producer)
{
	(void)producer;
	if (!q->many)
		return rte_ring_sp_enqueue_burst_elem(&q->ring, events,
						      (unsigned int)size,
						      (unsigned int)n, NULL);
	return rte_ring_enqueue_burst_elem(&q->ring, events, (unsigned int)size,
					   (unsigned int)n, NULL);
}

BENCH_INLINE size_t dpdk_get(struct rte_ring_and_size *q, void *events,
			     size_t size, size_t max)
{
	return rte_ring_sc_dequeue_burst_elem(&q->ring, events,
					      (unsigned int)size,
					      (unsigned int)max, NULL);
}

static bool dpdk_fits(const struct bench_system *system,
		      const struct bench_shape *shape)
{
	(void)system;
	return shape->consumers == 1;
}

#define QUEUE_NAME "rte_ring"
#define QUEUE_TYPE struct rte_ring_and_size
#define QUEUE_NEW dpdk_new
#define QUEUE_FREE dpdk_free
#define QUEUE_PUT dpdk_put
#define QUEUE_GET dpdk_get
#define QUEUE_GET_MAX 32
#define QUEUE_FITS dpdk_fits
#define QUEUE_DETAIL false
#include "queue.h"
