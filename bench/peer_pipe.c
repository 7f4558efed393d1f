/* SPDX-License-Identifier: MIT */
/* pipe(2): what everybody has. A batch is one write; reads and writes block. */
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PIPE_BYTES_MAX (1 << 20) /* what a user may have */

struct pipe_ends {
	int read, write;
};

static struct pipe_ends *pipe_new(const struct bench_run *run)
{
	struct pipe_ends *p = (struct pipe_ends *)bench_map(run, sizeof(*p));
	int fds[2];

	if (pipe(fds) != 0)
		bench_fail("pipe: %m");
	p->read = fds[0];
	p->write = fds[1];
	fcntl(p->write, F_SETPIPE_SZ,
	      (int)(run->shape.capacity * run->shape.event_size));
	return p;
}

static void pipe_free(struct pipe_ends *p)
{
	close(p->read);
	close(p->write);
	bench_unmap(p, sizeof(*p));
}

BENCH_INLINE size_t pipe_put(struct pipe_ends *p, const void *events,
			     size_t size, size_t n, uint32_t producer)
{
	ssize_t done = write(p->write, events, n * size);

	(void)producer;
	if (done < 0)
		bench_fail("write: %m");
	return (size_t)done / size;
}

BENCH_INLINE size_t pipe_get(struct pipe_ends *p, void *events, size_t size,
			     size_t max)
{
	ssize_t done = read(p->read, events, max * size);

	if (done < 0 || (size_t)done % size != 0)
		bench_fail("read: %m");
	return (size_t)done / size;
}

static bool pipe_fits(const struct bench_system *system,
		      const struct bench_shape *shape)
{
	(void)system;
	return shape->consumers == 1 &&
	       shape->capacity * shape->event_size <= PIPE_BYTES_MAX &&
	       shape->rate <= 1;
}

#define QUEUE_NAME "pipe"
#define QUEUE_TYPE struct pipe_ends
#define QUEUE_NEW pipe_new
#define QUEUE_FREE pipe_free
#define QUEUE_PUT pipe_put
#define QUEUE_GET pipe_get
#define QUEUE_GET_MAX BENCH_BATCH_MAX
#define QUEUE_FITS pipe_fits
#define QUEUE_DETAIL false
#include "queue.h"
