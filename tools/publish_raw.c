/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "message.h"
#include "publisher.h"

#include <string.h>

/* Copies n records into the claimed events, which lie in one or two runs. */
static void fill(struct publisher *p, int64_t n)
{
	const char *data = input_data(&p->input);
	int64_t i = 0, run;

	while (i < n) {
		void *events = disruptor_producer_span(p->producer, i, &run);

		memcpy(events, data, (size_t)run * p->event_size);
		data += (size_t)run * p->event_size;
		i += run;
	}
}

static int publish_ready(struct publisher *p)
{
	int64_t n;

	while ((n = (int64_t)(input_length(&p->input) / p->event_size)) > 0) {
		if (n > p->batch_max)
			n = p->batch_max;
		n = publisher_claim(p, n, false);
		if (n < 0)
			return (int)-n;
		fill(p, n);
		p->statistics.records += (uint64_t)n;
		publisher_publish(p, n, (size_t)n * p->event_size);
	}
	return 0;
}

int publish_raw(struct publisher *p)
{
	int code = publisher_prepare(p, p->event_size);

	while (code == 0 && !p->input.ended) {
		code = publisher_read(p);
		if (code == 0)
			code = publish_ready(p);
	}
	if (code != 0 || input_length(&p->input) == 0)
		return code;
	complain(p->ring, "the last %zu bytes of the input are less than an "
			  "event of %zu and were not published; give whole "
			  "events",
		 input_length(&p->input), p->event_size);
	return EXIT_FAILED;
}
