/* SPDX-License-Identifier: MIT */
/* event_handler.h: several handlers on one thread. */
#include <ring.h>

#define PARTS 3
#define CALLS_MAX 64

struct calls {
	int count;
	struct {
		int part;
		int64_t value;
		int64_t sequence;
		bool end_of_batch;
		long thread;
	} log[CALLS_MAX];
};

struct part {
	int number;
	struct calls *calls;
};

/* Adds 100 to what the next part sees. */
static void handle(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	const struct part *p = context;
	struct calls *c = p->calls;
	int64_t value;

	CHECK(c->count < CALLS_MAX);
	memcpy(&value, event, sizeof(value));
	c->log[c->count].part = p->number;
	c->log[c->count].value = value;
	c->log[c->count].sequence = sequence;
	c->log[c->count].thread = syscall(SYS_gettid);
	c->log[c->count++].end_of_batch = end_of_batch;
	value += 100;
	memcpy(event, &value, sizeof(value));
}

static void make_parts(struct part *parts,
		       struct disruptor_aggregate_part *handlers,
		       struct calls *calls)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		parts[i].number = i;
		parts[i].calls = calls;
		handlers[i].on_event = handle;
		handlers[i].context = &parts[i];
	}
}

static void check_calls(const struct calls *c, int events)
{
	int i;

	CHECK_EQ(c->count, events * PARTS);
	for (i = 0; i < c->count; i++) {
		CHECK_EQ(c->log[i].part, i % PARTS);
		CHECK_EQ(c->log[i].sequence, i / PARTS);
		CHECK_EQ(c->log[i].value, i / PARTS + i % PARTS * 100);
		CHECK_EQ(c->log[i].end_of_batch, i / PARTS == events - 1);
		CHECK_EQ(c->log[i].thread, c->log[0].thread);
	}
}

/* LMAX: AggregateEventHandlerTest.shouldCallOnEventInSequence */
static void parts_in_their_order(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct calls calls = { 0 };
	struct part parts[PARTS];
	struct disruptor_aggregate_part handlers[PARTS];
	struct disruptor_aggregate_handlers all = { handlers, PARTS };

	make_parts(parts, handlers, &calls);
	CHECK(disruptor_handle_events_with(d, disruptor_aggregate, &all) !=
	      NULL);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_calls(&calls, 5);
	disruptor_free(d);
}

/* LMAX: shouldHandleEmptyListOfEventHandlers */
static void no_parts(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_aggregate_handlers none = { NULL, 0 };
	struct disruptor_processor *processor =
		disruptor_handle_events_with(d, disruptor_aggregate, &none);

	CHECK(processor != NULL);
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_processor_lag(processor), 0);
	disruptor_free(d);
}

/* An aggregate in an aggregate, with the options of a processor. */
static void nested(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct calls calls = { 0 };
	struct part parts[PARTS];
	struct disruptor_aggregate_part handlers[PARTS], outer[2];
	struct disruptor_aggregate_handlers inner = { &handlers[1], PARTS - 1 };
	struct disruptor_aggregate_handlers all = { outer, 2 };

	make_parts(parts, handlers, &calls);
	outer[0] = handlers[0];
	outer[1].on_event = disruptor_aggregate;
	outer[1].context = &inner;
	CHECK(disruptor_handle_events_opts(
		      d, DISRUPTOR_PROCESSOR_OPTIONS(
				 .on_event = disruptor_aggregate,
				 .context = &all)) != NULL);
	put_many(p, 0, 4);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_calls(&calls, 4);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(parts_in_their_order), TEST_EACH(no_parts),
	  TEST_EACH(nested));
