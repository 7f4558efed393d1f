/* SPDX-License-Identifier: MIT */
/* C11 and C++17: what the installed library must carry. */
#include <disruptor/disruptor.h>

#include <stdio.h>
#include <string.h>

struct tick {
	int64_t price;
};

DISRUPTOR_DEFINE(tick, struct tick);

int main(void)
{
	struct disruptor_options options;
	struct disruptor_producer *producer;
	struct disruptor_poller *poller;
	struct disruptor *d;
	int64_t n, sum = 0;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.event_size = sizeof(struct tick);
	options.capacity = 8;
	d = disruptor_new(&options);
	if (d == NULL || strcmp(disruptor_version(), DISRUPTOR_VERSION) != 0)
		return 1;
	poller = disruptor_poller_new(d, NULL);
	producer = disruptor_producer_new(d);
	if (poller == NULL || producer == NULL)
		return 1;
	for (n = 1; n <= 4; n++) {
		tick_claim(producer)->price = n;
		disruptor_publish(producer);
	}
	disruptor_close(d);
	while ((n = disruptor_poll(poller)) > 0) {
		sum += tick_event(poller, 0)->price;
		disruptor_poller_advance(poller, 1);
	}
	printf("%s: sum %d\n", disruptor_version(), (int)sum);
	disruptor_free(d);
	return sum == 10 ? 0 : 1;
}
