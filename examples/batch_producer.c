#include <disruptor/disruptor.h>
#include <stdio.h>
static void on_batch(void *total, const struct disruptor_batch *batch)
{
	for (int64_t i = 0; i < batch->count; i++)
		*(int64_t *)total += *(int64_t *)disruptor_batch_event(batch, i);
}
int main(void)
{
	int64_t total = 0, next = 0, run;
	struct disruptor *d = disruptor_new(DISRUPTOR_OPTIONS(.event_size = sizeof(int64_t), .capacity = 4096));
	disruptor_handle_events_with(d, on_batch, &total);
	if (disruptor_start(d) < 0)
		return perror("disruptor"), 1;
	struct disruptor_producer *producer = disruptor_producer_new(d);
	while (next < 1000000 && disruptor_claim_n(producer, 100) > 0) {
		for (int64_t done = 0; done < 100; done += run) {
			int64_t *events = disruptor_producer_span(producer, done, &run);
			for (int64_t i = 0; i < run; i++) events[i] = next++;
		}
		disruptor_publish(producer);
	}
	disruptor_free(d);
	printf("%lld\n", (long long)total); /* 499999500000 */
}
