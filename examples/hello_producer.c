/* One process of two: seq 10 | ./hello_producer, beside ./hello_consumer. */
#include <disruptor/disruptor.h>
#include <stdio.h>

struct tick { double price; };
DISRUPTOR_DEFINE(tick, struct tick);

int main(void)
{
	struct disruptor *d = disruptor_create_shared("ticks", DISRUPTOR_OPTIONS(
		.event_size = sizeof(struct tick), .capacity = 1 << 16));
	struct disruptor_producer *producer = disruptor_producer_new(d);
	double price;

	if (producer == NULL)
		return fprintf(stderr, "ticks: %s\n", disruptor_error()), 1;
	disruptor_wait_for_consumers(d, 1, DISRUPTOR_FOREVER);
	for (; scanf("%lf", &price) == 1; disruptor_publish(producer))
		tick_claim(producer)->price = price;
	disruptor_close(d); /* End of stream: the consumer drains it. */
	disruptor_free(d);
	disruptor_unlink("ticks");
}
