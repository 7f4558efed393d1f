/* SPDX-License-Identifier: MIT */
#include "progress.h"
#include "units.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_NS 1000000000
#define EACH_NS 200000000

void progress_open(struct progress *p, int data_fd)
{
	p->wanted = isatty(STDERR_FILENO) && !isatty(data_fd);
	p->shown = false;
	p->began = 0;
}

void progress_update(struct progress *p, uint64_t bytes, int64_t now)
{
	char sum[UNITS_SIZE], rate[UNITS_SIZE];

	if (!p->wanted || bytes == 0)
		return;
	if (p->began == 0) {
		p->began = now;
		p->next = now + FIRST_NS;
	}
	if (now < p->next)
		return;
	units_bytes(sum, (double)bytes);
	units_bytes(rate, (double)bytes * 1e9 / (double)(now - p->began));
	fprintf(stderr, "\r\033[K%s, %s/s", sum, rate);
	fflush(stderr);
	p->shown = true;
	p->next = now + EACH_NS;
}

void progress_close(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
