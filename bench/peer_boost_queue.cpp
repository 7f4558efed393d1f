/* SPDX-License-Identifier: MIT */
/* boost::lockfree::queue, for several producers. */
#include "bench.h"

#include <boost/lockfree/queue.hpp>

using mpmc = boost::lockfree::queue<uint64_t>;

static mpmc *mpmc_new(const bench_run *run)
{
	return new mpmc(run->shape.capacity);
}

static void mpmc_free(mpmc *q)
{
	delete q;
}

BENCH_INLINE size_t mpmc_put(mpmc *q, const void *events, size_t, size_t n,
			     uint32_t)
{
	const uint64_t *values = static_cast<const uint64_t *>(events);
	size_t done = 0;

	while (done < n && q->bounded_push(values[done]))
		done++;
	return done;
}

BENCH_INLINE size_t mpmc_get(mpmc *q, void *events, size_t, size_t max)
{
	uint64_t *values = static_cast<uint64_t *>(events);
	size_t done = 0;

	while (done < max && q->pop(values[done]))
		done++;
	return done;
}

static bool mpmc_fits(const bench_system *, const bench_shape *shape)
{
	return !shape->processes && shape->producers > 1 &&
	       shape->consumers == 1 && shape->event_size == sizeof(uint64_t);
}

#define QUEUE_NAME "boost queue"
#define QUEUE_TYPE mpmc
#define QUEUE_NEW mpmc_new
#define QUEUE_FREE mpmc_free
#define QUEUE_PUT mpmc_put
#define QUEUE_GET mpmc_get
#define QUEUE_GET_MAX 32
#define QUEUE_FITS mpmc_fits
#define QUEUE_DETAIL true
#include "queue.h"
