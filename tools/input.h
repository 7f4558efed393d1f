/* SPDX-License-Identifier: MIT */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Standard input in large blocks; data + start to data + end is unused yet. */
struct input {
	char *data;
	size_t start;
	size_t end;
	size_t size;
	bool ended;
};

/* 0, or -ENOMEM. */
int input_open(struct input *in, size_t size);
void input_close(struct input *in);

/*
 * Waits for more, and adds what is there. 0, also at the end; -EINTR after a
 * signal, or another negative errno. The buffer must not be full.
 */
int input_read(struct input *in);

static inline const char *input_data(const struct input *in)
{
	return in->data + in->start;
}

static inline size_t input_length(const struct input *in)
{
	return in->end - in->start;
}

static inline bool input_full(const struct input *in)
{
	return input_length(in) == in->size;
}

#endif
