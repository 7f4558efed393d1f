/* SPDX-License-Identifier: MIT */
/*
 * Calls from each callback of a processor: what would wait for that very
 * thread is refused, what ends it ends it, and nobody hangs or loses an event.
 */
#include <ring.h>

#define EVENTS 3

enum hook {
	STATE_NEW, ON_START, ON_TIMEOUT, ON_BATCH_START, ON_EVENT,
	ERROR_HANDLER, ON_SHUTDOWN, STATE_FREE, HOOKS
};

enum deed { HALT, CLOSE, WAIT_FOR_ITSELF, DEEDS };

struct actor {
	struct disruptor *d;
	struct disruptor_producer *producer;
	enum hook hook;		/* where it acts */
	enum deed deed;
	uint32_t acted;
	uint32_t handled;	/* events */
	uint32_t lives;		/* of states */
	bool failed;		/* the first event, once */
};

static void refuse_to_wait(struct actor *a)
{
	CHECK_ERROR(disruptor_shutdown(a->d, DISRUPTOR_FOREVER), EDEADLK);
	CHECK_ERROR(disruptor_shutdown(a->d, 0), EDEADLK);
	CHECK_ERROR(disruptor_start(a->d), EDEADLK);
}

static void reach(struct actor *a, enum hook hook)
{
	if (a->hook != hook || disruptor_fetch_add_u32(&a->acted, 1) != 0)
		return;
	if (a->deed == HALT)
		CHECK_EQ(disruptor_halt(a->d), 0);
	else if (a->deed == CLOSE)
		CHECK_EQ(disruptor_close(a->d), 0);
	else
		refuse_to_wait(a);
}

static void *make(void *context)
{
	struct actor *a = context;

	a->lives++;
	reach(a, STATE_NEW);
	return a;
}

static void destroy(void *state)
{
	struct actor *a = state;

	reach(a, STATE_FREE);
	a->lives--;
}

static int on_start(void *state)
{
	reach(state, ON_START);
	return 0;
}

static void on_shutdown(void *state)
{
	reach(state, ON_SHUTDOWN);
}

static void on_timeout(void *state, int64_t sequence)
{
	(void)sequence;
	reach(state, ON_TIMEOUT);
}

static void on_batch_start(void *state, int64_t size, int64_t depth)
{
	(void)size;
	(void)depth;
	reach(state, ON_BATCH_START);
}

static int on_event(void *state, void *event, int64_t sequence,
		    bool end_of_batch)
{
	struct actor *a = state;

	(void)event;
	(void)end_of_batch;
	reach(a, ON_EVENT);
	CHECK_EQ(sequence, disruptor_load_relaxed_u32(&a->handled));
	if (a->hook == ERROR_HANDLER && !a->failed) {
		a->failed = true;
		return -EIO;
	}
	disruptor_fetch_add_u32(&a->handled, 1);
	return 0;
}

static enum disruptor_on_error on_error(void *state, int error, void *event,
					int64_t sequence, uint32_t attempts)
{
	(void)error;
	(void)event;
	(void)sequence;
	(void)attempts;
	reach(state, ERROR_HANDLER);
	return DISRUPTOR_ON_ERROR_RETRY;
}

static void add(struct actor *a)
{
	CHECK(disruptor_handle_events_opts(
		      a->d, DISRUPTOR_PROCESSOR_OPTIONS(
				    .on_event_or_error = on_event,
				    .context = a, .state_new = make,
				    .state_free = destroy, .on_start = on_start,
				    .on_shutdown = on_shutdown,
				    .on_timeout = on_timeout, .timeout_ns = MS,
				    .on_batch_start = on_batch_start,
				    .on_error = DISRUPTOR_ON_ERROR_CALL,
				    .error_handler = on_error)) != NULL);
}

static void wait_until_acted(const struct actor *a)
{
	while (disruptor_load_acquire_u32(&a->acted) == 0)
		pause_ms(1);
}

/* The hooks of the end are reached only when something ends it. */
static void reach_the_hook(struct actor *a)
{
	if (a->hook == ON_SHUTDOWN || a->hook == STATE_FREE)
		CHECK_EQ(disruptor_halt(a->d), 0);
	wait_until_acted(a);
}

static void act(const struct flavour *flavour, enum hook hook, enum deed deed)
{
	struct actor a = { .d = RING(flavour, .capacity = 8),
			   .hook = hook,
			   .deed = deed };

	a.producer = PRODUCER(a.d);
	add(&a);
	put_many(a.producer, 0, EVENTS);
	CHECK_EQ(disruptor_start(a.d), 0);
	reach_the_hook(&a);
	/* From outside, with whatever is left: an end, a start, a drain. */
	CHECK_EQ(disruptor_halt(a.d), 0);
	CHECK_EQ(a.lives, 0);
	CHECK_EQ(disruptor_start(a.d), 0);
	CHECK_EQ(disruptor_shutdown(a.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(a.handled, EVENTS);
	CHECK_EQ(a.lives, 0);
	disruptor_free(a.d);
}

static void in_every_hook(const struct flavour *flavour, enum deed deed)
{
	int hook;

	for (hook = STATE_NEW; hook < HOOKS; hook++)
		act(flavour, (enum hook)hook, deed);
}

static void halt_in_every_hook(const struct flavour *flavour)
{
	in_every_hook(flavour, HALT);
}

static void close_in_every_hook(const struct flavour *flavour)
{
	in_every_hook(flavour, CLOSE);
}

/* A shutdown or a start from a callback: refused at once, and it goes on. */
static void no_hook_waits_for_itself(const struct flavour *flavour)
{
	in_every_hook(flavour, WAIT_FOR_ITSELF);
}

TEST_MAIN(TEST_EACH(halt_in_every_hook), TEST_EACH(close_in_every_hook),
	  TEST_EACH(no_hook_waits_for_itself));
