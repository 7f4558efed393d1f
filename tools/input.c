/* SPDX-License-Identifier: MIT */
#include "input.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int input_open(struct input *in, size_t size)
{
	memset(in, 0, sizeof(*in));
	in->data = malloc(size);
	in->size = size;
	return in->data != NULL ? 0 : -ENOMEM;
}

void input_close(struct input *in)
{
	free(in->data);
	in->data = NULL;
}

static void move_to_front(struct input *in)
{
	if (in->start == 0)
		return;
	memmove(in->data, in->data + in->start, in->end - in->start);
	in->end -= in->start;
	in->start = 0;
}

/* Standard input may be non-blocking, by others who share it. */
static void wait_for_data(void)
{
	struct pollfd pollfd = { STDIN_FILENO, POLLIN, 0 };

	poll(&pollfd, 1, -1);
}

int input_read(struct input *in)
{
	move_to_front(in);
	for (;;) {
		ssize_t n;

		if (signals_noted())
			return -EINTR;
		n = read(STDIN_FILENO, in->data + in->end, in->size - in->end);
		if (n >= 0) {
			in->end += (size_t)n;
			in->ended = n == 0;
			return 0;
		}
		if (errno == EAGAIN)
			wait_for_data();
		else if (errno != EINTR)
			return -errno;
	}
}
