/* Two handlers side by side, a third after both, inlined into its batch loop. */
#include <disruptor/disruptor.h>
#include <stdio.h>

struct order { int64_t id, journaled, replicated; };
DISRUPTOR_DEFINE(order, struct order);

static void journal(void *c, void *e, int64_t s, bool end) { ((struct order *)e)->journaled = s; }
static void replicate(void *c, void *e, int64_t s, bool end) { ((struct order *)e)->replicated = s; }
static inline void apply(int64_t *sum, const struct order *o, int64_t s, bool end) { *sum += o->journaled + o->replicated; }
DISRUPTOR_DEFINE_HANDLER(on_apply, struct order, apply);

int main(void)
{
	int64_t sum = 0;
	struct disruptor *d = disruptor_new(DISRUPTOR_OPTIONS(.event_size = sizeof(struct order), .capacity = 1024));
	struct disruptor_processor *j = disruptor_handle_events_with(d, journal, NULL);
	struct disruptor_processor *r = disruptor_handle_events_with(d, replicate, NULL);
	disruptor_handle_events_after(d, DISRUPTOR_AFTER(j, r), on_apply, &sum);
	struct disruptor_producer *producer = disruptor_start(d) < 0 ? NULL : disruptor_producer_new(d);
	for (int64_t i = 0; producer && i < 1000000; i++, disruptor_publish(producer))
		order_claim(producer)->id = i;
	disruptor_free(d);
	printf("%lld\n", (long long)sum); /* 999999000000 */
}
