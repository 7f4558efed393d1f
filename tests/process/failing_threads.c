/* SPDX-License-Identifier: MIT */
/*
 * Each call to the system fails once while processors and pools are started,
 * wait, come, go and are stopped: all events are handled, or an error says why
 * not, and no thread is left behind.
 */
#include <faults.h>

#define EVENTS 4

static int count(void *context, void *event, int64_t sequence,
		 bool end_of_batch)
{
	disruptor_fetch_add_u32(context, 1);
	return 0;
}

static const struct disruptor_processor_options *
handler(uint32_t *calls, struct disruptor_processor *const *after)
{
	static struct disruptor_processor_options o;

	o = *DISRUPTOR_PROCESSOR_OPTIONS(
		.on_event_or_error = count, .context = calls, .after = after,
		.thread_name = "counts",
		.wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	return &o;
}

static bool publish(struct disruptor *d)
{
	struct disruptor_producer *p = disruptor_producer_new(d);
	int i;

	for (i = 0; p != NULL && i < EVENTS; i++) {
		CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
		disruptor_publish(p);
	}
	disruptor_producer_free(p);
	return p != NULL;
}

/* Two in a row; a third comes and goes while they run. */
static bool run_handlers(struct disruptor *d)
{
	uint32_t calls[3] = { 0, 0, 0 };
	struct disruptor_processor *first =
		disruptor_handle_events_opts(d, handler(&calls[0], NULL));
	struct disruptor_processor *second =
		first == NULL ? NULL :
				disruptor_handle_events_opts(
					d, handler(&calls[1],
						   DISRUPTOR_AFTER(first)));
	struct disruptor_processor *third = NULL;
	bool all = second != NULL && disruptor_start(d) == 0, there;

	if (all)
		third = disruptor_handle_events_opts(d, handler(&calls[2],
								NULL));
	there = third != NULL;
	all &= there && publish(d);
	if (there && disruptor_processor_remove(third, LONG_NS) < 0)
		all = false;
	/* Also of a graph with an error; nothing runs then. */
	if (disruptor_shutdown(d, LONG_NS) < 0)
		all = false;
	CHECK(calls[0] == calls[1] && calls[0] <= EVENTS);
	CHECK(!all || calls[0] == EVENTS);
	return all;
}

static bool run_pool(struct disruptor *d)
{
	uint32_t calls = 0;
	struct disruptor_worker_pool *pool =
		disruptor_handle_events_with_workers(d, handler(&calls, NULL),
						     2, NULL);
	bool all = pool != NULL && disruptor_start(d) == 0, added;

	added = all && disruptor_worker_pool_add(pool, LONG_NS) != NULL;
	all &= added && publish(d);
	if (added && disruptor_processor_remove(
			     disruptor_worker_pool_workers(pool)[2],
			     LONG_NS) < 0)
		all = false;
	if (disruptor_shutdown(d, LONG_NS) < 0)
		all = false;
	CHECK(calls <= EVENTS);
	CHECK(!all || calls == EVENTS);
	return all;
}

static const struct disruptor_options *options(void)
{
	static const struct disruptor_options o = { .size = sizeof(o),
						    .event_size = 8,
						    .capacity = EVENTS,
						    .consumers_max = 3 };

	return &o;
}

static bool in_private(bool (*run)(struct disruptor *))
{
	struct disruptor *d = disruptor_new(options());
	bool all = d != NULL && run(d);

	disruptor_free(d);
	return all;
}

/* No handler that failed to start is in the way of the next one. */
static bool in_shared(bool (*run)(struct disruptor *))
{
	const char *name = ring_new_name();
	struct disruptor *d = disruptor_create_shared(name, options());
	bool all = d != NULL && run(d);
	int64_t at;

	disruptor_free(d);
	if (d == NULL)
		return false;
	at = fault_suspend();
	d = ATTACH(name);
	CHECK(run(d));
	disruptor_free(d);
	CHECK_EQ(disruptor_unlink(name), 0);
	fault_resume(at);
	return all;
}

static bool private_handlers(void)
{
	return in_private(run_handlers);
}

static bool shared_handlers(void)
{
	return in_shared(run_handlers);
}

static bool private_workers(void)
{
	return in_private(run_pool);
}

static bool shared_workers(void)
{
	return in_shared(run_pool);
}

static void handlers_of_threads(void **state)
{
	fault_each(private_handlers, 30);
}

static void handlers_of_processes(void **state)
{
	fault_each(shared_handlers, 100);
}

static void workers_of_threads(void **state)
{
	fault_each(private_workers, 30);
}

static void workers_of_processes(void **state)
{
	fault_each(shared_workers, 100);
}

TEST_MAIN(TEST(handlers_of_threads), TEST(handlers_of_processes),
	  TEST(workers_of_threads), TEST(workers_of_processes));
