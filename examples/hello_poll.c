/* No thread but your own: poll, read, advance. */
#include <disruptor/disruptor.h>
#include <stdio.h>

struct tick { double price; };
DISRUPTOR_DEFINE(tick, struct tick);

int main(void)
{
	struct disruptor *d = disruptor_new(DISRUPTOR_OPTIONS(
		.event_size = sizeof(struct tick), .capacity = 64));
	struct disruptor_poller *poller = disruptor_poller_new(d, NULL);
	struct disruptor_producer *producer = disruptor_producer_new(d);

	for (int i = 0; i < 10; i++) {
		tick_claim(producer)->price = i;
		disruptor_publish(producer);
	}
	int64_t n = disruptor_poll(poller); /* 0: nothing yet. */
	for (int64_t i = 0; i < n; i++)
		printf("%.1f\n", tick_event(poller, i)->price);
	disruptor_poller_advance(poller, n); /* Once for the batch. */
	disruptor_free(d);
}
