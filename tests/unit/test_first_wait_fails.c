/* SPDX-License-Identifier: MIT */
/*
 * A processor whose wait fails before its first event: the error is told, the
 * hooks of the end run, and no event is handled or skipped that never came.
 */
#include <ring.h>

#include <internal.h>

struct life {
	uint32_t started, ended, batches, events, errors;
};

static int on_start(void *context)
{
	((struct life *)context)->started++;
	return 0;
}

static void on_shutdown(void *context)
{
	((struct life *)context)->ended++;
}

static void on_batch_start(void *context, int64_t size, int64_t depth)
{
	(void)size;
	(void)depth;
	((struct life *)context)->batches++;
}

static int on_event(void *context, void *event, int64_t sequence,
		    bool end_of_batch)
{
	(void)event;
	(void)sequence;
	(void)end_of_batch;
	((struct life *)context)->events++;
	return 0;
}

static enum disruptor_on_error on_error(void *context, int error, void *event,
					int64_t sequence, uint32_t attempts)
{
	(void)error;
	(void)event;
	(void)sequence;
	(void)attempts;
	((struct life *)context)->errors++;
	return DISRUPTOR_ON_ERROR_SKIP;
}

static struct disruptor_processor *add(struct disruptor *d, struct life *l)
{
	struct disruptor_processor *processor = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
			   .on_event_or_error = on_event, .context = l,
			   .on_start = on_start, .on_shutdown = on_shutdown,
			   .on_batch_start = on_batch_start,
			   .on_error = DISRUPTOR_ON_ERROR_CALL,
			   .error_handler = on_error));

	CHECK(processor != NULL);
	return processor;
}

static void check_unused(const struct life *l, uint32_t lives)
{
	CHECK_EQ(l->started, lives);
	CHECK_EQ(l->ended, lives);
	CHECK_EQ(l->batches, 0);
	CHECK_EQ(l->events, 0);
	CHECK_EQ(l->errors, 0);
}

/* Its record is taken from it, as from a consumer that was taken for dead. */
static void evicted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { 0 };
	struct disruptor_processor *processor = add(d, &l);

	disruptor_store_release_u64(&processor->poller->record->status, 0);
	disruptor_fetch_add_u64(&d->words->control.epoch, 1);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), ESTALE);
	CHECK_EQ(disruptor_processor_errors(processor), 0);
	check_unused(&l, 1);
	disruptor_free(d);
}

/* The end comes before the first event; then there is no event. */
static void closed(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct life l = { 0 };

	add(d, &l);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_unused(&l, 1);
	disruptor_free(d);
}

static void halted(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { 0 };

	add(d, &l);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_halt(d), 0);
	check_unused(&l, 2);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(l.events, 1);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(evicted), TEST_EACH(closed), TEST_EACH(halted));
