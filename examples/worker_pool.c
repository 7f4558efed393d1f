/* Four workers share the trades; those of one account stay in order. */
#include <disruptor/disruptor.h>
#include <stdio.h>

#define ACCOUNTS 100

struct trade { uint64_t account; int64_t amount; };
DISRUPTOR_DEFINE(trade, struct trade);

static uint64_t account_of(void *context, const void *event)
{
	return ((const struct trade *)event)->account;
}

/* No lock: an account has one worker at a time. */
static void book(void *balances, void *event, int64_t sequence, bool end_of_batch)
{
	const struct trade *t = event;
	((int64_t *)balances)[t->account] += t->amount;
}

int main(void)
{
	int64_t balances[ACCOUNTS] = { 0 }, sum = 0;
	struct disruptor *d = disruptor_new(DISRUPTOR_OPTIONS(.event_size = sizeof(struct trade), .capacity = 1024));
	struct disruptor_worker_pool *pool = disruptor_handle_events_with_workers(
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_event = book, .context = balances), 4, account_of);
	if (disruptor_start(d) < 0)
		return fprintf(stderr, "%s\n", disruptor_error()), 1;
	struct disruptor_producer *producer = disruptor_producer_new(d);
	for (int64_t i = 0; i < 1000000; i++, disruptor_publish(producer)) {
		if (i == 500000) /* While trades flow: one more, which takes a fifth of the accounts. */
			disruptor_worker_pool_add(pool, DISRUPTOR_FOREVER);
		*trade_claim(producer) = (struct trade){ .account = (uint64_t)i % ACCOUNTS, .amount = 1 };
	}
	disruptor_free(d);
	for (int i = 0; i < ACCOUNTS; i++)
		sum += balances[i];
	printf("%lld\n", (long long)sum); /* 1000000 */
}
