/* SPDX-License-Identifier: MIT */
#include "publisher.h"
#include "command.h"
#include "message.h"
#include "signals.h"
#include "units.h"

#include <errno.h>
#include <string.h>

#define SLICE_NS 250000000	/* between two looks at signals */
#define SOON_NS 2000000
#define BATCH_BYTES (128 * 1024)

/* A record that fits into one claim is never mixed with those of others. */
int publisher_prepare(struct publisher *p, size_t payload)
{
	int64_t n = disruptor_capacity(p->disruptor) / 2;
	size_t size = 2 * BATCH_BYTES;

	if (n > PUBLISH_BATCH_MAX)
		n = PUBLISH_BATCH_MAX;
	if (n > (int64_t)(BATCH_BYTES / payload))
		n = (int64_t)(BATCH_BYTES / payload);
	p->batch_max = n > 0 ? n : 1;
	if (size < 2 * payload)
		size = 2 * payload;
	if (input_open(&p->input, size) == 0)
		return 0;
	complain(p->ring, "no memory for %zu bytes of input; free some", size);
	return EXIT_FAILED;
}

static int64_t fail_claim(struct publisher *p, int64_t result)
{
	progress_close(&p->progress);
	errno = (int)-result;
	return -fail(p->ring, NULL);
}

int64_t publisher_try_claim(struct publisher *p, int64_t n)
{
	int64_t result = disruptor_claim_n_timeout(p->producer, n, SOON_NS);

	if (result == -ETIMEDOUT)
		return 0;
	return result < 0 ? fail_claim(p, result) : result;
}

int64_t publisher_claim(struct publisher *p, int64_t n, bool whole)
{
	bool interrupted = signals_noted() != 0;
	int64_t result;

	/* In slices, to look at signals. */
	do {
		result = whole ? disruptor_claim_n_timeout(p->producer, n,
							   SLICE_NS) :
				 disruptor_claim_up_to_timeout(p->producer, n,
							       SLICE_NS);
		whole = false;
	} while (result == -ETIMEDOUT && !signals_noted());
	if (result > 0)
		return result;
	if (result != -ETIMEDOUT)
		return fail_claim(p, result);
	if (interrupted)
		complain(p->ring, "the ring stayed full: the last record was "
				  "not finished");
	return -(128 + signals_noted());
}

void publisher_publish(struct publisher *p, int64_t events, size_t bytes)
{
	disruptor_publish(p->producer);
	p->input.start += bytes;
	p->statistics.events += (uint64_t)events;
	p->statistics.bytes += bytes;
}

int publisher_read(struct publisher *p)
{
	int error;

	if (p->statistics.bytes != 0) {
		statistics_batch(&p->statistics, clock_ns());
		progress_update(&p->progress, p->statistics.bytes,
				p->statistics.ended);
	}
	error = input_read(&p->input);
	if (p->statistics.began == 0)
		p->statistics.began = clock_ns();
	if (error == 0)
		return 0;
	if (error == -EINTR)
		return 128 + signals_noted();
	progress_close(&p->progress);
	complain(p->ring, "cannot read standard input: %s", strerror(-error));
	return EXIT_FAILED;
}
