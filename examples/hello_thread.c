#include <disruptor/disruptor.h>
#include <stdio.h>

struct tick { double price; };
/* Runs on a thread of its own. */
static void on_tick(void *context, void *event, int64_t sequence, bool end_of_batch)
{
	const struct tick *tick = event;
	printf("%lld: %.1f\n", (long long)sequence, tick->price);
}
int main(void)
{
	struct disruptor *d = disruptor_new(DISRUPTOR_OPTIONS(
		.event_size = sizeof(struct tick), .capacity = 64));
	disruptor_handle_events_with(d, on_tick, NULL);
	if (disruptor_start(d) < 0)
		return perror("disruptor"), 1;
	struct disruptor_producer *producer = disruptor_producer_new(d);
	for (int i = 0; i < 10; i++) {
		struct tick *tick = disruptor_claim(producer);
		tick->price = i;
		disruptor_publish(producer);
	}
	disruptor_free(d); /* Drains the ring, then joins the thread. */
}
