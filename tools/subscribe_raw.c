/* SPDX-License-Identifier: MIT */
#include "subscriber.h"

/* Events as they are. Packed slots make a run of them one array. */
int raw_take(struct subscriber *s, int64_t n)
{
	uint64_t left = s->count_max - s->statistics.records;

	if (s->count_max != 0 && (uint64_t)(n - s->seen) > left)
		n = s->seen + (int64_t)left;
	while (s->seen < n) {
		int64_t run, i;
		const char *data = disruptor_poller_span(s->poller, s->seen,
							 &run);

		if (run > n - s->seen)
			run = n - s->seen;
		for (i = 0; i < run; i++) {
			output_put(&s->output, data, s->event_size);
			subscriber_mark(s, s->seen++);
			data += s->event_size;
		}
		s->statistics.events += (uint64_t)run;
		s->statistics.records += (uint64_t)run;
	}
	return 0;
}
