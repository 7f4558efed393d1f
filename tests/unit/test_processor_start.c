/* SPDX-License-Identifier: MIT */
/* event_processor.h: starts that fail, or meet a halt; nothing is left over. */
#include <ring.h>

#define NODES 3

struct node {
	uint32_t made, freed;	/* states */
	uint32_t started, ended, handled;
	bool no_state;
	int error;		/* of on_start */
	uint32_t held;		/* on_start waits until it is 0 */
	struct disruptor *d;	/* on_start halts it */
	int result;
};

static void *make(void *context)
{
	struct node *n = context;

	if (n->no_state)
		return NULL;
	n->made++;
	return n;
}

static void destroy(void *state)
{
	((struct node *)state)->freed++;
}

static int start(void *state)
{
	struct node *n = state;

	disruptor_fetch_add_u32(&n->started, 1);
	while (disruptor_load_acquire_u32(&n->held) != 0)
		pause_ms(1);
	if (n->d != NULL)
		n->result = disruptor_halt(n->d);
	return -n->error;
}

static void end(void *state)
{
	((struct node *)state)->ended++;
}

static void handle(void *state, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct node *n = state;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(&n->handled, 1);
}

static void add(struct disruptor *d, struct node *n, int count)
{
	int i;

	for (i = 0; i < count; i++)
		CHECK(disruptor_handle_events_opts(
			      d, DISRUPTOR_PROCESSOR_OPTIONS(
					 .on_event = handle, .context = &n[i],
					 .state_new = make, .on_start = start,
					 .state_free = destroy,
					 .on_shutdown = end)) != NULL);
}

/* Each was cleaned up as far as it came, and none handled an event. */
static void check_over(const struct node *n, int failed)
{
	int i;

	for (i = 0; i < NODES; i++) {
		CHECK_EQ(n[i].handled, 0);
		CHECK_EQ(n[i].made, n[i].no_state ? 0 : 1);
		CHECK_EQ(n[i].freed, n[i].made);
		CHECK_EQ(n[i].started, n[i].made);
		CHECK_EQ(n[i].ended, i == failed ? 0 : 1);
	}
}

static void restart_and_check(struct disruptor *d, struct node *n)
{
	int i;

	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	for (i = 0; i < NODES; i++) {
		CHECK_EQ(n[i].handled, 3);
		CHECK_EQ(n[i].freed, n[i].made);
	}
}

static void fail_start(const struct flavour *flavour, int failed, int error)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .made = 0 } };

	add(d, n, NODES);
	n[failed].error = error;
	put_many(p, 0, 3);
	CHECK_ERROR(disruptor_start(d), error);
	CHECK(strstr(disruptor_error(), "on_start") != NULL);
	check_over(n, failed);
	n[failed].error = 0;
	restart_and_check(d, n);
	disruptor_free(d);
}

static void on_start_fails(const struct flavour *flavour)
{
	int i;

	for (i = 0; i < NODES; i++)
		fail_start(flavour, i, EIO);
	fail_start(flavour, 1, ECANCELED);
	fail_start(flavour, 1, ESHUTDOWN);
}

static void state_new_fails(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .made = 0 } };

	add(d, n, NODES);
	n[1].no_state = true;
	put_many(p, 0, 3);
	CHECK_ERROR(disruptor_start(d), ENOMEM);
	check_over(n, 1);
	n[1].no_state = false;
	restart_and_check(d, n);
	disruptor_free(d);
}

/* Producers do not learn of it: their claims go on. */
static void failed_start_halts_nobody(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct node n[NODES] = { { .made = 0 } };

	add(d, n, NODES);
	n[2].error = EIO;
	CHECK_ERROR(disruptor_start(d), EIO);
	put_many(p, 0, 3);
	take_many(poller, 0, 3);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

static void *start_it(void *argument)
{
	CHECK_EQ(disruptor_start(argument), 0);
	return NULL;
}

static void *halt_it(void *argument)
{
	CHECK_EQ(disruptor_halt(argument), 0);
	return NULL;
}

/* LMAX: shouldAlwaysHalt; 2.6: halt during start is not lost. */
static void halt_during_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .held = 1 } };
	pthread_t starter, halter;

	add(d, n, NODES);
	starter = thread_start(start_it, d);
	while (disruptor_load_acquire_u32(&n[0].started) == 0)
		pause_ms(1);
	halter = thread_start(halt_it, d);
	while (disruptor_try_claim(p) != NULL || errno != ECANCELED) {
		disruptor_abandon(p);
		pause_ms(1);
	}
	disruptor_store_release_u32(&n[0].held, 0);
	thread_join(starter);
	thread_join(halter);
	check_over(n, -1);
	disruptor_free(d);
}

/* LMAX: shouldAlwaysHalt; #308: halt before run leaves nothing behind. */
static void halt_before_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .made = 0 } };

	add(d, n, NODES);
	put_many(p, 0, 3);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_NULL(disruptor_try_claim(p), ECANCELED);
	restart_and_check(d, n);
	disruptor_free(d);
}

static void halt_from_on_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .result = 7 } };

	add(d, n, NODES);
	put_many(p, 0, 3);
	n[0].d = d;
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(n[0].result, 0);
	check_over(n, -1);
	n[0].d = NULL;
	restart_and_check(d, n);
	disruptor_free(d);
}

/* A thread that waits for room while the start fails, waits for the next. */
static void *claim_one(void *argument)
{
	CHECK(disruptor_claim(argument) != NULL);
	disruptor_publish(argument);
	return NULL;
}

static void producer_outlives_failed_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 2);
	struct disruptor_producer *p = PRODUCER(d);
	struct node n[NODES] = { { .error = EIO } };
	pthread_t thread;

	add(d, n, NODES);
	put_many(p, 0, 2);
	thread = thread_start(claim_one, p);
	CHECK_ERROR(disruptor_start(d), EIO);
	n[0].error = 0;
	CHECK_EQ(disruptor_start(d), 0);
	thread_join(thread);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(n[0].handled, 3);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(on_start_fails), TEST_EACH(state_new_fails),
	  TEST_EACH(failed_start_halts_nobody), TEST_EACH(halt_during_start),
	  TEST_EACH(halt_before_start), TEST_EACH(halt_from_on_start),
	  TEST_EACH(producer_outlives_failed_start));
