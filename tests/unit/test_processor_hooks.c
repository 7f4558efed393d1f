/* SPDX-License-Identifier: MIT */
/* event_processor.h: the hooks of a processor, in the order of its life. */
#include <ring.h>

#define LOG_SIZE 64

/* What was called on one processor, in order; who reads it looks at calls. */
struct life {
	uint32_t calls;
	char log[LOG_SIZE];	/* one letter each */
	int64_t sizes[LOG_SIZE], depths[LOG_SIZE]; /* of batches */
	uint32_t batches;
	int64_t timed_out_at;
	long thread;
	struct disruptor *d;	/* to be halted by the first event */
};

static void note(struct life *l, char what)
{
	uint32_t i = disruptor_load_relaxed_u32(&l->calls);

	if (l->thread == 0)
		l->thread = syscall(SYS_gettid);
	CHECK_EQ(l->thread, syscall(SYS_gettid));
	if (i < LOG_SIZE - 1)
		l->log[i] = what;
	disruptor_store_release_u32(&l->calls, i + 1);
}

static void wait_for_calls(const struct life *l, uint32_t n)
{
	while (disruptor_load_acquire_u32(&l->calls) < n)
		pause_ms(1);
}

/* The state holds its life: what is freed is what was made. */
static void *make(void *context)
{
	struct life **state, *l = context;

	note(l, 'n');
	state = malloc(sizeof(struct life *));
	CHECK(state != NULL);
	*state = l;
	return state;
}

static void destroy(void *state)
{
	note(*(struct life **)state, 'f');
	free(state);
}

static int start(void *state)
{
	note(*(struct life **)state, 's');
	return 0;
}

static void event_comes(void *state, void *event, int64_t sequence,
			bool end_of_batch)
{
	struct life *l = *(struct life **)state;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	note(l, 'e');
	if (l->d != NULL)
		CHECK_EQ(disruptor_halt(l->d), 0);
}

static int event_fails(void *state, void *event, int64_t sequence,
		       bool end_of_batch)
{
	event_comes(state, event, sequence, end_of_batch);
	return -EIO;
}

static void batch_starts(void *state, int64_t size, int64_t depth)
{
	struct life *l = *(struct life **)state;

	note(l, 'b');
	CHECK(size > 0);
	l->sizes[l->batches] = size;
	l->depths[l->batches++] = depth;
}

static void nothing_comes(void *state, int64_t sequence)
{
	struct life *l = *(struct life **)state;

	l->timed_out_at = sequence;
	note(l, 't');
}

static void end(void *state)
{
	note(*(struct life **)state, 'x');
}

#define HOOKS .state_new = make, .state_free = destroy, .on_start = start,     \
	      .on_shutdown = end
#define WITH_LIFE(d, l, ...)                                                   \
	CHECK(disruptor_handle_events_opts(                                    \
		      d, DISRUPTOR_PROCESSOR_OPTIONS(HOOKS, .context = (l),    \
						     __VA_ARGS__)) != NULL)

/* LMAX: shouldCallMethodsInLifecycleOrderForBatch, LifecycleAwareTest */
static void order_of_a_life(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .calls = 0 };

	WITH_LIFE(d, &l, .on_event = event_comes,
		  .on_batch_start = batch_starts);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_STR(l.log, "nsbeeexf");
	disruptor_free(d);
	CHECK_STR(l.log, "nsbeeexf");
}

/* Disruptor-net: ShouldWaitForHandlerStartBeforeCompletingStartTask */
static void start_waits_for_on_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct life l[4] = { { .calls = 0 } };
	int i;

	for (i = 0; i < 4; i++)
		WITH_LIFE(d, &l[i], .on_event = event_comes);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 4; i++)
		CHECK_STR(l[i].log, "ns");
	/* ShouldWaitForHandlerShutdownBeforeCompletingHaltTask */
	CHECK_EQ(disruptor_halt(d), 0);
	for (i = 0; i < 4; i++)
		CHECK_STR(l[i].log, "nsxf");
	disruptor_free(d);
}

enum ending { BY_HALT, BY_SHUTDOWN, BY_FREE, BY_ERROR, BY_HANDLER, ENDINGS };

static void end_by(const struct flavour *flavour, enum ending ending)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .d = ending == BY_HANDLER ? d : NULL };

	if (ending == BY_ERROR)
		WITH_LIFE(d, &l, .on_event_or_error = event_fails);
	else
		WITH_LIFE(d, &l, .on_event = event_comes);
	CHECK_EQ(disruptor_start(d), 0);
	PUT(p, 1);
	wait_for_calls(&l, 3);
	if (ending == BY_HALT)
		CHECK_EQ(disruptor_halt(d), 0);
	if (ending == BY_SHUTDOWN)
		CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	if (ending == BY_ERROR)
		CHECK_ERROR(disruptor_shutdown(d, DISRUPTOR_FOREVER), EIO);
	if (ending == BY_HANDLER)
		wait_for_calls(&l, 5);
	disruptor_free(d);
	CHECK_STR(l.log, "nsexf");
}

static void on_shutdown_whatever_ends_it(const struct flavour *flavour)
{
	int ending;

	for (ending = BY_HALT; ending < ENDINGS; ending++)
		end_by(flavour, (enum ending)ending);
}

/* Each start is a life of its own, with a state of its own. */
static void again_after_halt(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct life l = { .calls = 0 };
	uint32_t i;

	WITH_LIFE(d, &l, .on_event = event_comes);
	for (i = 0; i < 3; i++) {
		l.thread = 0;
		CHECK_EQ(disruptor_start(d), 0);
		CHECK_EQ(disruptor_halt(d), 0);
	}
	CHECK_STR(l.log, "nsxfnsxfnsxf");
	disruptor_free(d);
	CHECK_STR(l.log, "nsxfnsxfnsxf");
}

static void on_timeout_with_the_sequence(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8,
				   .first_sequence = 100);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .calls = 0 };

	WITH_LIFE(d, &l, .on_event = event_comes, .timeout_ns = MS,
		  .on_timeout = nothing_comes);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&l, 4);
	PUT(p, 1);
	wait_for_calls(&l, disruptor_load_acquire_u32(&l.calls) + 4);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(l.timed_out_at, 101);
	CHECK(strncmp(l.log, "nstt", 4) == 0);
	disruptor_free(d);
}

/* No time-out was asked for: the processor sleeps, and is never called. */
static void no_timeout(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct life l = { .calls = 0 };

	WITH_LIFE(d, &l, .on_event = event_comes, .on_timeout = nothing_comes);
	CHECK_EQ(disruptor_start(d), 0);
	pause_ms(5);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_STR(l.log, "nsxf");
	disruptor_free(d);
}

/* LMAX: reportAccurateBatchSizesAtBatchStartTime */
static void batch_sizes(const struct flavour *flavour)
{
	static const int64_t sizes[] = { 3, 3, 1 }, depths[] = { 7, 4, 1 };
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .calls = 0 };
	uint32_t i;

	WITH_LIFE(d, &l, .on_event = event_comes, .batch_max = 3,
		  .on_batch_start = batch_starts);
	put_many(p, 0, 7);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_STR(l.log, "nsbeeebeeebexf");
	for (i = 0; i < 3; i++) {
		CHECK_EQ(l.sizes[i], sizes[i]);
		CHECK_EQ(l.depths[i], depths[i]);
	}
	disruptor_free(d);
}

/* LMAX: shouldNotPassZeroSizeToBatchStartAware */
static void never_a_batch_of_none(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .calls = 0 };

	WITH_LIFE(d, &l, .on_event = event_comes, .timeout_ns = MS,
		  .on_batch_start = batch_starts);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_claim_n(p, 4), 4);
	disruptor_abandon(p);
	pause_ms(5);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_STR(l.log, "nsxf");
	disruptor_free(d);
}

/* Published, not claimed: what a producer still fills is no queue. */
static void queue_depth_is_of_published(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct life l = { .calls = 0 };

	WITH_LIFE(d, &l, .on_event = event_comes,
		  .on_batch_start = batch_starts);
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_claim_n(p, 5), 5);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_calls(&l, 5);
	CHECK_EQ(disruptor_halt(d), 0);
	disruptor_publish(p);
	CHECK_EQ(l.sizes[0], 2);
	CHECK_EQ(l.depths[0], 2);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(order_of_a_life), TEST_EACH(start_waits_for_on_start),
	  TEST_EACH(on_shutdown_whatever_ends_it), TEST_EACH(again_after_halt),
	  TEST_EACH(on_timeout_with_the_sequence), TEST_EACH(no_timeout),
	  TEST_EACH(batch_sizes), TEST_EACH(never_a_batch_of_none),
	  TEST_EACH(queue_depth_is_of_published));
