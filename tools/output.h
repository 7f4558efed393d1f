/* SPDX-License-Identifier: MIT */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Standard output with a buffer, and with a count of what really went out. The
 * first error sticks.
 */
struct output {
	char *data;
	size_t used;
	size_t size;
	uint64_t taken;		/* bytes that were ever put */
	uint64_t written;	/* of those, bytes that are out */
	int error;		/* an errno; EINTR: a signal, and no progress;
				 * ESTALE: by is_stale */
	/*
	 * NULL, or asked before each write: whether what was put may have
	 * changed while it was copied. Then it does not go out.
	 */
	bool (*is_stale)(void *context);
	void *context;
};

/* 0, or -ENOMEM. */
int output_open(struct output *o, size_t size);
void output_close(struct output *o);

/* When the data do not fit into the buffer. */
void output_put_slow(struct output *o, const void *data, size_t length);

static inline void output_put(struct output *o, const void *data, size_t length)
{
	if (length >= o->size - o->used) {
		output_put_slow(o, data, length);
		return;
	}
	memcpy(o->data + o->used, data, length);
	o->used += length;
	o->taken += length;
}

/* Writes what the buffer holds. */
void output_flush(struct output *o);

/* Whether nobody will ever read what is written: a pipe without a reader. */
bool output_is_lost(void);

#endif
