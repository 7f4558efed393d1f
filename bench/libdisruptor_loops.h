/* SPDX-License-Identifier: MIT */
/*
 * The loops of a stream for events of SIZE bytes, as a user would write them
 * for a type of his own. Included once for each size.
 */
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define NAME(name) PASTE(name, SIZE)
#define DEFINE(name, type) DISRUPTOR_DEFINE(name, type)

struct NAME(event) {
	uint64_t words[SIZE / 8];
};

DEFINE(NAME(event), struct NAME(event));

static void NAME(produce_each_)(struct bench_member *m)
{
	struct disruptor_producer *producer = LIBDISRUPTOR_MEMBER(m)->producer;
	uint64_t value = m->value, end = value + m->count;

	for (; value < end; value++) {
		struct NAME(event) *event =
			PASTE(NAME(event), _claim)(producer);

		if (event == NULL)
			libdisruptor_must(false);
		bench_fill(event->words, value, SIZE);
		disruptor_publish(producer);
	}
	m->value = value;
}

static void NAME(produce_batches_)(struct bench_member *m)
{
	struct disruptor_producer *producer = LIBDISRUPTOR_MEMBER(m)->producer;
	uint64_t value = m->value, end = value + m->count;
	int64_t i, batch = m->run->shape.batch;

	while (value < end) {
		if (disruptor_claim_n(producer, batch) != batch)
			libdisruptor_must(false);
		for (i = 0; i < batch; i++)
			bench_fill(PASTE(NAME(event), _producer_event)(producer,
								       i)
					   ->words,
				   value++, SIZE);
		disruptor_publish(producer);
	}
	m->value = value;
}

static void NAME(produce_)(struct bench_member *m)
{
	if (m->run->shape.batch == 1)
		NAME(produce_each_)(m);
	else
		NAME(produce_batches_)(m);
}

BENCH_INLINE void NAME(consume_any_)(struct bench_member *m, bool many)
{
	struct disruptor_poller *poller = LIBDISRUPTOR_MEMBER(m)->poller;
	struct bench_check check = m->check;
	int64_t i, n, left = (int64_t)m->count;

	for (; left > 0; left -= n) {
		n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER);
		if (n < 0)
			libdisruptor_must(false);
		for (i = 0; i < n; i++)
			bench_check_event(
				&check,
				PASTE(NAME(event), _event)(poller, i)->words,
				SIZE, many);
		disruptor_poller_advance(poller, n);
	}
	m->check = check;
}

static void NAME(consume_)(struct bench_member *m)
{
	if (m->run->shape.producers > 1)
		NAME(consume_any_)(m, true);
	else
		NAME(consume_any_)(m, false);
}

/* A handler whose body is inlined into the batch loop. */
static inline void NAME(on_typed_)(struct bench_member *m,
				   struct NAME(event) * event, int64_t sequence,
				   bool end_of_batch)
{
	bench_check_event(&m->check, event->words, SIZE, false);
	if (end_of_batch)
		hosted_batch_end(m, sequence);
}

DISRUPTOR_DEFINE_HANDLER(NAME(handle_typed_), struct NAME(event),
			 NAME(on_typed_));

/* A handler that is called once for each batch. */
static void NAME(handle_batch_)(void *context,
				const struct disruptor_batch *batch)
{
	struct bench_member *m = context;
	struct bench_check check = m->check;
	int64_t i;

	for (i = 0; i < batch->count; i++)
		bench_check_event(
			&check,
			PASTE(NAME(event), _batch_event)(batch, i)->words, SIZE,
			false);
	m->check = check;
	hosted_batch_end(m, batch->first + batch->count - 1);
}

/* A handler that is called back for each event. */
static void NAME(handle_each_)(void *context, void *event, int64_t sequence,
			       bool end_of_batch)
{
	struct bench_member *m = context;

	bench_check_event(&m->check, ((struct NAME(event) *)event)->words, SIZE,
			  false);
	if (end_of_batch)
		hosted_batch_end(m, sequence);
}

#undef DEFINE
#undef NAME
#undef PASTE
#undef PASTE_
