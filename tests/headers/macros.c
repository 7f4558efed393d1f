/* SPDX-License-Identifier: MIT */
/* Every public macro, in code that is C11 and C++17 at once. */
#include <disruptor/disruptor.h>

struct tick {
	double price;
	int64_t volume;
};

DISRUPTOR_DEFINE(tick, struct tick);

static void sum(void *context, const struct tick *tick, int64_t sequence,
		bool end_of_batch)
{
	double *total = (double *)context;

	if (sequence >= 0 && !end_of_batch)
		*total += tick->price;
}

DISRUPTOR_DEFINE_HANDLER(sum_batch, struct tick, sum);

static void on_event(void *context, void *event, int64_t sequence,
		     bool end_of_batch)
{
	sum(context, (const struct tick *)event, sequence, end_of_batch);
}

double use(struct disruptor *d, struct disruptor_producer *producer,
	   struct disruptor_poller *poller);

double use(struct disruptor *d, struct disruptor_producer *producer,
	   struct disruptor_poller *poller)
{
	double total = 0;

#ifndef __cplusplus
	struct disruptor_processor *a, *b;

	d = disruptor_new(DISRUPTOR_OPTIONS(.event_size = sizeof(struct tick),
					    .capacity = 8));
	poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.batch_max = 1));
	poller = disruptor_poller_new_after(d, "c",
					    DISRUPTOR_AFTER_NAMES("a", "b"));
	producer = disruptor_producer_new_opts(
		d, DISRUPTOR_PRODUCER_OPTIONS(.wait_spin_ns = 1));
	a = disruptor_handle_events_with(d, sum_batch, &total);
	b = disruptor_handle_events_with(d, on_event, &total);
	disruptor_handle_events_after(d, DISRUPTOR_AFTER(a, b), sum_batch,
				      &total);
	disruptor_handle_events_after(d, DISRUPTOR_AFTER(a), on_event, &total);
#else
	disruptor_handle_events_with(d, sum_batch, &total);
	disruptor_handle_events_with(d, on_event, &total);
	disruptor_handle_events_after(d, nullptr, sum_batch, &total);
#endif
	tick_claim(producer)->price = 1;
	tick_producer_event(producer, 0)->volume = 2;
	disruptor_publish(producer);
	if (tick_try_claim(producer) || tick_claim_timeout(producer, 1))
		disruptor_abandon(producer);
	if (disruptor_poll(poller) > 0)
		total += tick_event(poller, 0)->price;
	disruptor_poller_advance(poller, 1);
	return total;
}
