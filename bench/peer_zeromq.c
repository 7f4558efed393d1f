/* SPDX-License-Identifier: MIT */
/*
 * ZeroMQ, PUSH to PULL: inproc between threads, ipc between processes. A
 * message for each event; sends and receives block.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

struct zeromq {
	char address[64];
	int high_water;
	bool processes;
	void *context; /* of threads */
	void *push, *pull; /* each made by who uses it, in its own process */
};

static void zeromq_must(bool done)
{
	if (!done)
		bench_fail("zeromq: %s", zmq_strerror(zmq_errno()));
}

static struct zeromq *zeromq_new(const struct bench_run *run)
{
	struct zeromq *z = (struct zeromq *)bench_map(run, sizeof(*z));
	static int number;

	z->processes = run->shape.processes;
	z->high_water = (int)run->shape.capacity;
	snprintf(z->address, sizeof(z->address), "%s-%ld-%d",
		 z->processes ? "ipc:///tmp/disruptor-bench" : "inproc://bench",
		 (long)getpid(), number++);
	if (!z->processes)
		zeromq_must((z->context = zmq_ctx_new()) != NULL);
	return z;
}

static void close_socket(void *socket)
{
	int linger = 0;

	if (socket == NULL)
		return;
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
	zmq_close(socket);
}

static void zeromq_free(struct zeromq *z)
{
	if (z->processes) {
		unlink(z->address + strlen("ipc://"));
	} else {
		close_socket(z->push);
		close_socket(z->pull);
		zmq_ctx_term(z->context);
	}
	bench_unmap(z, sizeof(*z));
}

static void *open_socket(struct zeromq *z, int type)
{
	static void *of_process;
	void *context = z->context, *socket;

	if (z->processes) {
		if (of_process == NULL)
			of_process = zmq_ctx_new();
		context = of_process;
	}
	socket = zmq_socket(context, type);
	zeromq_must(socket != NULL);
	zmq_setsockopt(socket, type == ZMQ_PUSH ? ZMQ_SNDHWM : ZMQ_RCVHWM,
		       &z->high_water, sizeof(z->high_water));
	zeromq_must((type == ZMQ_PUSH ? zmq_connect(socket, z->address) :
					zmq_bind(socket, z->address)) == 0);
	return socket;
}

BENCH_INLINE size_t zeromq_put(struct zeromq *z, const void *events,
			       size_t size, size_t n, uint32_t producer)
{
	const char *bytes = events;
	size_t i;

	(void)producer;
	if (z->push == NULL)
		z->push = open_socket(z, ZMQ_PUSH);
	for (i = 0; i < n; i++)
		zeromq_must(zmq_send(z->push, bytes + i * size, size, 0) ==
			    (int)size);
	return n;
}

BENCH_INLINE size_t zeromq_get(struct zeromq *z, void *events, size_t size,
			       size_t max)
{
	(void)max;
	if (z->pull == NULL)
		z->pull = open_socket(z, ZMQ_PULL);
	zeromq_must(zmq_recv(z->pull, events, size, 0) == (int)size);
	return 1;
}

static bool zeromq_fits(const struct bench_system *system,
			const struct bench_shape *shape)
{
	(void)system;
	return shape->producers == 1 && shape->consumers == 1 &&
	       shape->rate <= 1;
}

#define QUEUE_NAME "zeromq"
#define QUEUE_TYPE struct zeromq
#define QUEUE_NEW zeromq_new
#define QUEUE_FREE zeromq_free
#define QUEUE_PUT zeromq_put
#define QUEUE_GET zeromq_get
#define QUEUE_GET_MAX 1
#define QUEUE_FITS zeromq_fits
#define QUEUE_DETAIL true
#include "queue.h"
