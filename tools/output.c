/* SPDX-License-Identifier: MIT */
#include "output.h"
#include "signals.h"
#include "units.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* How long a write that blocks is tried on after a signal. */
#define PATIENCE_NS 500000000

int output_open(struct output *o, size_t size)
{
	memset(o, 0, sizeof(*o));
	o->data = malloc(size);
	o->size = size;
	return o->data != NULL ? 0 : -ENOMEM;
}

void output_close(struct output *o)
{
	free(o->data);
	o->data = NULL;
}

/* Standard output may be non-blocking, by others who share it. */
static void wait_for_room(void)
{
	struct pollfd pollfd = { STDOUT_FILENO, POLLOUT, 0 };

	poll(&pollfd, 1, 100);
}

static bool is_final(int error, int64_t *deadline)
{
	if (error == EAGAIN)
		wait_for_room();
	else if (error != EINTR)
		return true;
	if (!signals_noted())
		return false;
	if (*deadline == 0)
		*deadline = clock_ns() + PATIENCE_NS;
	return clock_ns() >= *deadline;
}

static void write_all(struct output *o, const char *data, size_t length)
{
	int64_t deadline = 0;

	if (o->error == 0 && o->is_stale != NULL && o->is_stale(o->context))
		o->error = ESTALE;
	while (length > 0 && o->error == 0) {
		ssize_t n = write(STDOUT_FILENO, data, length);

		if (n < 0) {
			int error = errno;

			if (is_final(error, &deadline))
				o->error = error == EAGAIN ? EINTR : error;
			continue;
		}
		data += n;
		length -= (size_t)n;
		o->written += (uint64_t)n;
	}
}

void output_flush(struct output *o)
{
	write_all(o, o->data, o->used);
	o->used = 0;
}

void output_put_slow(struct output *o, const void *data, size_t length)
{
	output_flush(o);
	o->taken += length;
	if (length >= o->size / 2 && o->is_stale == NULL) {
		write_all(o, data, length);
		return;
	}
	while (length > o->size) {
		memcpy(o->data, data, o->size);
		o->used = o->size;
		output_flush(o);
		data = (const char *)data + o->size;
		length -= o->size;
	}
	memcpy(o->data, data, length);
	o->used = length;
}

bool output_is_lost(void)
{
	struct pollfd pollfd = { STDOUT_FILENO, 0, 0 };

	return poll(&pollfd, 1, 0) == 1 && (pollfd.revents & POLLERR) != 0;
}
