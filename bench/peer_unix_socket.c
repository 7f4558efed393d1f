/* SPDX-License-Identifier: MIT */
/* socketpair(2), AF_UNIX. A batch is one write; reads and writes block. */
#include "bench.h"

#include <sys/socket.h>
#include <unistd.h>

struct sockets {
	int read, write;
};

static struct sockets *sockets_new(const struct bench_run *run)
{
	struct sockets *s = (struct sockets *)bench_map(run, sizeof(*s));
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		bench_fail("socketpair: %m");
	s->read = fds[0];
	s->write = fds[1];
	return s;
}

static void sockets_free(struct sockets *s)
{
	close(s->read);
	close(s->write);
	bench_unmap(s, sizeof(*s));
}

BENCH_INLINE size_t sockets_put(struct sockets *s, const void *events,
				size_t size, size_t n, uint32_t producer)
{
	ssize_t done = write(s->write, events, n * size);

	(void)producer;
	if (done < 0 || (size_t)done % size != 0)
		bench_fail("write: %m");
	return (size_t)done / size;
}

BENCH_INLINE size_t sockets_get(struct sockets *s, void *events, size_t size,
				size_t max)
{
	ssize_t done = read(s->read, events, max * size);

	if (done < 0 || (size_t)done % size != 0)
		bench_fail("read: %m");
	return (size_t)done / size;
}

/* Its buffer is the kernel's choice; it stands in for each capacity. */
static bool sockets_fit(const struct bench_system *system,
			const struct bench_shape *shape)
{
	(void)system;
	return shape->producers == 1 && shape->consumers == 1 &&
	       shape->rate <= 1;
}

#define QUEUE_NAME "unix socket"
#define QUEUE_TYPE struct sockets
#define QUEUE_NEW sockets_new
#define QUEUE_FREE sockets_free
#define QUEUE_PUT sockets_put
#define QUEUE_GET sockets_get
#define QUEUE_GET_MAX BENCH_BATCH_MAX
#define QUEUE_FITS sockets_fit
#define QUEUE_DETAIL true
#include "queue.h"
