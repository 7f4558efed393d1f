/* SPDX-License-Identifier: MIT */
/*
 * Scenes: processors with their threads, which the explorer makes participants;
 * and what they are made of, driven by participants, so that less is in the way.
 */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <disruptor/worker_pool.h>

#define EVENTS 8
#define VALUE(sequence) ((uint64_t)(sequence) * 16)

/* What is known from above: who handled what. */
static struct {
	bool handled[SCENE_PARTICIPANTS][EVENTS];
	struct disruptor_processor *processor[SCENE_PARTICIPANTS];
	struct disruptor_worker_pool *pool;
	uint64_t *of_key;	/* what handlers keep for each key; why */
} *seen;
static int number[SCENE_PARTICIPANTS] = { 0, 1, 2, 3, 4 };

static void setup_ring(size_t capacity)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 16, .capacity = capacity,
				    .consumers_max = 4,
				    .wait_strategy = DISRUPTOR_WAIT_BLOCKING));
	play_producer(0);
	seen = scene_memory(sizeof(*seen));
}

static void note(int who, int64_t sequence, const uint64_t *event)
{
	scene_require(sequence >= 0 && sequence < EVENTS &&
			      play->publishing[sequence],
		      "event %lld is handled before it is published",
		      (long long)sequence);
	scene_require(event[0] == VALUE(sequence),
		      "event %lld holds another's value", (long long)sequence);
	scene_require(!seen->handled[who][sequence],
		      "event %lld is handled twice", (long long)sequence);
	seen->handled[who][sequence] = true;
}

static void handle(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)end_of_batch;
	note(*(int *)context, sequence, event);
}

static void expect(int who, int64_t from, int64_t to)
{
	int64_t s;

	for (s = 0; s < EVENTS; s++)
		scene_require(seen->handled[who][s] == (s >= from && s < to),
			      "event %lld: processor %d handled it %s",
			      (long long)s, who,
			      seen->handled[who][s] ? "and should not" :
						      "not");
}

/* --- threads -------------------------------------------------------------- */

static void one_processor(size_t capacity, disruptor_event_handler handler)
{
	setup_ring(capacity);
	seen->processor[0] = disruptor_handle_events_with(
		play->ring[0], handler, &number[0]);
}

static void plain_setup(void)
{
	one_processor(2, handle);
}

static void start_and_produce(int events)
{
	scene_require(disruptor_start(play->ring[0]) == 0, "cannot start: %s",
		      disruptor_error());
	play_produce_blocking(events, 1);
}

static void shut_down(void)
{
	scene_require(disruptor_shutdown(play->ring[0], DISRUPTOR_FOREVER) == 0,
		      "cannot shut down: %s", disruptor_error());
}

static void run_two(void)
{
	start_and_produce(2);
	shut_down();
	expect(0, 0, 2);
}

const struct scene scene_processor = {
	.name = "processor",
	.what = "a processor starts, handles 2 events, is shut down",
	.setup = plain_setup,
	.participant = { run_two },
	.deviations = 1, .deep_deviations = 3,
};

static void halt(void)
{
	disruptor_halt(play->ring[scene_self()]);
}

static void run_until_halted(void)
{
	start_and_produce(2);
	shut_down();
}

const struct scene scene_processor_halt = {
	.name = "processor-halt",
	.what = "a processor runs, and is halted at any instant",
	.setup = plain_setup,
	.participant = { run_until_halted, halt },
	.deviations = 1, .deep_deviations = 2,
};

/* The first one goes, and its place with it; the second sees all from then on. */
static void change_processors(void)
{
	struct disruptor *d = play->ring[0];
	int64_t next;

	start_and_produce(1);
	scene_require(disruptor_handle_events_with(d, handle, &number[1]) !=
			      NULL,
		      "cannot add: %s", disruptor_error());
	play_produce_blocking(1, 1);
	next = disruptor_processor_remove(seen->processor[0],
					  DISRUPTOR_FOREVER);
	scene_require(next >= 0, "cannot remove: %s", disruptor_error());
	play_produce_blocking(1, 1);
	shut_down();
	expect(0, 0, next);
	expect(1, 1, 3);
}

const struct scene scene_processor_change = {
	.name = "processor-change",
	.what = "a processor is added and another removed between 3 events",
	.setup = plain_setup,
	.participant = { change_processors },
	.deviations = 0, .deep_deviations = 1,
};

/* Its last words may need what was done before it was told to go. */
static void read_reason(void *context)
{
	(void)context;
	scene_require(*seen->of_key == 1, "it is told to go, but not why");
}

static void told_setup(void)
{
	setup_ring(2);
	seen->of_key = scene_memory(sizeof(*seen->of_key));
	scene_share(seen->of_key, sizeof(*seen->of_key));
	seen->processor[0] = disruptor_handle_events_opts(
		play->ring[0],
		DISRUPTOR_PROCESSOR_OPTIONS(.on_event = handle,
					    .context = &number[0],
					    .on_shutdown = read_reason));
}

static void remove_with_reason(void)
{
	start_and_produce(1);
	while (!seen->handled[0][0])
		scene_wait();
	*seen->of_key = 1;
	scene_require(disruptor_processor_remove(seen->processor[0],
						 DISRUPTOR_FOREVER) >= 0,
		      "cannot remove: %s", disruptor_error());
}

const struct scene scene_processor_told = {
	.name = "processor-told",
	.what = "a processor is told to go, and ends knowing why",
	.setup = told_setup,
	.participant = { remove_with_reason },
	.deviations = 1, .deep_deviations = 2,
};

/* --- driven by participants ----------------------------------------------- */

/* As its thread would, up to a sequence. */
static void drive(struct disruptor_processor *p, int64_t end)
{
	int64_t n;

	disruptor_processor_enter(p);
	p->state = p->options.context;
	while (disruptor_poller_sequence(p->poller, 0) < end) {
		n = disruptor_poll(p->poller);
		scene_require(n >= 0, "poll returned %lld", (long long)n);
		if (n == 0)
			scene_wait();
		else
			scene_require(disruptor_handle_batch(p, n) == 0,
				      "a batch failed: %s", disruptor_error());
	}
}

static void three_events(void)
{
	play_produce(3, 1);
}

/* Done with an event before its batch is. */
static void handle_and_release(void *context, void *event, int64_t sequence,
			       bool end_of_batch)
{
	handle(context, event, sequence, end_of_batch);
	scene_require(disruptor_release(sequence) == 0, "cannot release: %s",
		      disruptor_error());
}

static void release_setup(void)
{
	one_processor(2, handle_and_release);
}

static void drive_first(void)
{
	drive(seen->processor[0], 3);
	expect(0, 0, 3);
}

const struct scene scene_release = {
	.name = "release",
	.what = "a handler releases events of its batch; 3 events, capacity 2",
	.setup = release_setup,
	.participant = { three_events, drive_first },
	.deviations = 4, .deep_deviations = 7,
};

/* --- worker pools --------------------------------------------------------- */

/* Leaves a mark for those who come after the pool. */
static void handle_and_mark(void *context, void *event, int64_t sequence,
			    bool end_of_batch)
{
	uint64_t *words = event;

	handle(context, event, sequence, end_of_batch);
	words[1] = VALUE(sequence);
}

static void find_mark(void *context, void *event, int64_t sequence,
		      bool end_of_batch)
{
	const uint64_t *words = event;

	scene_require(words[1] == VALUE(sequence),
		      "event %lld passed its pool before its worker was done",
		      (long long)sequence);
	handle(context, event, sequence, end_of_batch);
}

static void make_pool(uint32_t workers, disruptor_event_handler handler,
		      disruptor_event_key key)
{
	struct disruptor_processor *const *list;
	uint32_t i;

	seen->pool = disruptor_handle_events_with_workers(
		play->ring[0],
		DISRUPTOR_PROCESSOR_OPTIONS(.on_event = handler,
					    .context = &number[0]),
		workers, key);
	list = disruptor_worker_pool_workers(seen->pool);
	for (i = 0; i < workers; i++)
		seen->processor[i] = list[i];
}

static void pool_setup(void)
{
	setup_ring(2);
	make_pool(2, handle, NULL);
}

static void drive_second(void)
{
	drive(seen->processor[1], 3);
}

static void drive_first_of_two(void)
{
	drive(seen->processor[0], 3);
}

static void expect_three(void)
{
	expect(0, 0, 3);
}

const struct scene scene_pool = {
	.name = "pool",
	.what = "two workers share 3 events, capacity 2",
	.setup = pool_setup,
	.participant = { three_events, drive_first_of_two, drive_second },
	.check = expect_three,
	.deviations = 1, .deep_deviations = 4,
};

/* Two events are there; a second worker comes as the first one works. */
static void pool_follow_setup(void)
{
	setup_ring(2);
	make_pool(1, handle_and_mark, NULL);
	seen->processor[2] = disruptor_handle_events_after(
		play->ring[0], disruptor_worker_pool_workers(seen->pool),
		find_mark, &number[2]);
	scene_act_as(0);
	play_publish_in_setup(2);
}

static void drive_worker(void)
{
	drive(seen->processor[0], 2);
}

static void drive_follower(void)
{
	drive(seen->processor[2], 2);
}

static void join_and_drive(void)
{
	struct disruptor_processor *p =
		disruptor_worker_pool_add(seen->pool, DISRUPTOR_FOREVER);

	scene_require(p != NULL, "cannot add a worker: %s", disruptor_error());
	drive(p, 2);
}

static void expect_two_and_two(void)
{
	expect(0, 0, 2);
	expect(2, 0, 2);
}

const struct scene scene_pool_follow = {
	.name = "pool-follow",
	.what = "a worker joins a pool that another processor comes after",
	.setup = pool_follow_setup,
	.participant = { NULL, drive_worker, drive_follower, join_and_drive },
	.check = expect_two_and_two,
	.deviations = 1, .deep_deviations = 4,
};

/* The first worker has its event in hand, and the follower has looked. */
static void pool_pass_setup(void)
{
	struct disruptor_processor *p;

	pool_follow_setup();
	p = seen->processor[0];
	p->first = 0;
	p->end = disruptor_poll(p->poller);
	disruptor_worker_take(p);
	p->options.on_event(&number[0], disruptor_poller_event(p->poller, 0), 0,
			    true);
	disruptor_poll(seen->processor[2]->poller);
}

static void pass(void)
{
	struct disruptor_processor *p = seen->processor[0];

	disruptor_poller_advance(p->poller, disruptor_worker_done(p, 2, 1));
}

static void follow_twice(void)
{
	struct disruptor_processor *p = seen->processor[2];
	int64_t n;
	int i;

	p->state = p->options.context;
	for (i = 0; i < 2; i++) {
		n = disruptor_poll(p->poller);
		if (n > 0)
			disruptor_handle_batch(p, n);
	}
}

const struct scene scene_pool_pass = {
	.name = "pool-pass",
	.what = "a worker passes what another one took that has just joined",
	.setup = pool_pass_setup,
	.participant = { NULL, pass, follow_twice, join_and_drive },
	.deviations = 3, .deep_deviations = 6,
	.mutant_runs = 30000,
};

/* --- by key --------------------------------------------------------------- */

/* All of one key; its state is nobody's but the worker's that has the key. */
static uint64_t key_of(void *context, const void *event)
{
	(void)context;
	(void)event;
	return 1;
}

static void handle_key(void *context, void *event, int64_t sequence,
		       bool end_of_batch)
{
	handle(context, event, sequence, end_of_batch);
	scene_require(*seen->of_key == (uint64_t)sequence,
		      "event %lld is handled out of order",
		      (long long)sequence);
	*seen->of_key = (uint64_t)sequence + 1;
}

/* As if its threads ran: those who change the pool wait for its workers. */
static void pool_keys_setup(void)
{
	setup_ring(4);
	make_pool(2, handle_key, key_of);
	seen->of_key = scene_memory(sizeof(*seen->of_key));
	scene_share(seen->of_key, sizeof(*seen->of_key));
	scene_act_as(0);
	play_publish_in_setup(2);
	play->ring[0]->started = true;
}

/* The key falls to the other worker, between two events. */
static void give_up_keys(void)
{
	int error = disruptor_worker_leave(seen->processor[0], INT64_MAX);

	scene_require(error == 0, "cannot leave: %s", disruptor_error());
	play_produce(1, 1);
}

const struct scene scene_pool_keys = {
	.name = "pool-keys",
	.what = "a key goes from one worker to another between 3 events",
	.setup = pool_keys_setup,
	.participant = { give_up_keys, drive_first_of_two, drive_second },
	.check = expect_three,
	.deviations = 1, .deep_deviations = 3,
};

/* --- slip ----------------------------------------------------------------- */

/* The smallest ring that slips; the next poll that finds several tries. */
static void slip_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 4096, .capacity = 16,
				    .consumers_max = 1));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = NULL));
	play->poller[1]->slip_in = 1;
}

static void three_batches(void)
{
	play_produce(3, 5);
}

const struct scene scene_slip = {
	.name = "slip",
	.what = "a consumer lets events come; three batches of 5, capacity 16",
	.setup = slip_setup,
	.participant = { three_batches, play_consume },
	.check = play_check,
	.deviations = 3, .deep_deviations = 6,
};
