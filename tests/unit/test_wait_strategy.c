/* SPDX-License-Identifier: MIT */
/* wait_strategy.h: every strategy, in every place, is woken by everything. */
#include <ring.h>

#define TELL_MS 3 /* enough that the other has begun to wait, mostly */

struct way {
	const char *name;
	enum disruptor_wait_strategy strategy;
	enum disruptor_wait_strategy fallback;
	int64_t spin_ns;
	int64_t yield_ns;
};

static const struct way ways[] = {
	{ "default", DISRUPTOR_WAIT_DEFAULT, 0, 0, 0 },
	{ "busy spin", DISRUPTOR_WAIT_BUSY_SPIN, 0, 0, 0 },
	{ "busy spin, hint", DISRUPTOR_WAIT_BUSY_SPIN_HINT, 0, 0, 0 },
	{ "yielding", DISRUPTOR_WAIT_YIELDING, 0, 1000, 0 },
	{ "sleeping", DISRUPTOR_WAIT_SLEEPING, 0, 1000, 1000 },
	{ "phased, blocking", DISRUPTOR_WAIT_PHASED, DISRUPTOR_WAIT_BLOCKING,
	  1000, 1000 },
	{ "phased, sleeping", DISRUPTOR_WAIT_PHASED, DISRUPTOR_WAIT_SLEEPING,
	  1000, 1000 },
	{ "phased, yielding", DISRUPTOR_WAIT_PHASED, DISRUPTOR_WAIT_YIELDING,
	  1000, 1000 },
	{ "blocking", DISRUPTOR_WAIT_BLOCKING, 0, 0, 0 },
	{ "blocking, after a spin", DISRUPTOR_WAIT_BLOCKING, 0, 50000, 0 },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* A ring of one event; a waiter in a thread of its own. */
struct place {
	struct disruptor *d;
	struct disruptor_producer *producer;
	struct disruptor_poller *root;
	struct disruptor_poller *follower;
	int64_t result;
};

static struct place new_place(const struct flavour *flavour,
			      const struct way *way)
{
	struct place w = { 0 };
	struct disruptor_poller_options o =
		*DISRUPTOR_POLLER_OPTIONS(.name = "root",
					  .wait_strategy = way->strategy,
					  .wait_fallback = way->fallback,
					  .wait_spin_ns = way->spin_ns,
					  .wait_yield_ns = way->yield_ns);

	w.d = RING(flavour, .capacity = 1);
	w.root = disruptor_poller_new_opts(w.d, &o);
	o.name = NULL;
	o.upstream = DISRUPTOR_AFTER_NAMES("root");
	w.follower = disruptor_poller_new_opts(w.d, &o);
	w.producer = disruptor_producer_new_opts(
		w.d,
		DISRUPTOR_PRODUCER_OPTIONS(.wait_strategy = way->strategy,
					   .wait_fallback = way->fallback,
					   .wait_spin_ns = way->spin_ns,
					   .wait_yield_ns = way->yield_ns));
	CHECK(w.root != NULL);
	CHECK(w.follower != NULL);
	CHECK(w.producer != NULL);
	return w;
}

static void *wait_for_event(void *argument)
{
	struct place *w = argument;

	w->result = disruptor_poll_wait(w->root, LONG_NS);
	return NULL;
}

static void *wait_for_upstream(void *argument)
{
	struct place *w = argument;

	w->result = disruptor_poll_wait(w->follower, LONG_NS);
	return NULL;
}

static void *wait_for_room(void *argument)
{
	struct place *w = argument;

	w->result = disruptor_claim_n_timeout(w->producer, 1, LONG_NS);
	return NULL;
}

typedef void *(*waiter)(void *);

static const waiter waiters[] = { wait_for_event, wait_for_upstream,
				  wait_for_room };

#define WAITERS (sizeof(waiters) / sizeof(waiters[0]))

static void wake_by_work(struct place *w, waiter wait)
{
	if (wait == wait_for_event) {
		PUT(w->producer, 1);
	} else if (wait == wait_for_upstream) {
		TAKE(w->root, 1);
	} else {
		TAKE(w->root, 1);
		TAKE(w->follower, 1);
	}
}

static int64_t run(const struct flavour *flavour, const struct way *way,
		   waiter wait, void (*wake)(struct place *, waiter))
{
	struct place w = new_place(flavour, way);
	pthread_t thread;

	if (wait != wait_for_event &&
	    (wake == wake_by_work || wait == wait_for_room))
		PUT(w.producer, 1);
	thread = thread_start(wait, &w);
	pause_ms(TELL_MS);
	wake(&w, wait);
	thread_join(thread);
	disruptor_free(w.d);
	return w.result;
}

static void close_it(struct place *w, waiter wait)
{
	(void)wait;
	CHECK_EQ(disruptor_close(w->d), 0);
}

static void halt_it(struct place *w, waiter wait)
{
	(void)wait;
	CHECK_EQ(disruptor_halt(w->d), 0);
}

static void each_way(const struct flavour *flavour,
		     void (*wake)(struct place *, waiter), int64_t result)
{
	const char *where = test_where;
	size_t i, j;

	for (i = 0; i < WAYS; i++) {
		test_where = ways[i].name;
		for (j = 0; j < WAITERS; j++)
			CHECK_EQ(run(flavour, &ways[i], waiters[j], wake),
				 result);
	}
	test_where = where;
}

static void work_wakes(const struct flavour *flavour)
{
	each_way(flavour, wake_by_work, 1);
}

static void close_wakes(const struct flavour *flavour)
{
	each_way(flavour, close_it, -ESHUTDOWN);
}

static void halt_wakes(const struct flavour *flavour)
{
	each_way(flavour, halt_it, -ECANCELED);
}

static void time_outs(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < WAYS; i++) {
		struct place w = new_place(flavour, &ways[i]);

		CHECK_EQ(disruptor_poll_wait(w.root, 2 * MS), 0);
		PUT(w.producer, 1);
		CHECK_EQ(disruptor_poll_wait(w.follower, 2 * MS), 0);
		CHECK_ERROR(disruptor_claim_n_timeout(w.producer, 1, 2 * MS),
			    ETIMEDOUT);
		TAKE(w.root, 1);
		TAKE(w.follower, 1);
		CHECK_EQ(disruptor_claim_n_timeout(w.producer, 1, MS), 1);
		disruptor_free(w.d);
	}
}

static void leave_it(struct place *w, waiter wait)
{
	(void)wait;
	disruptor_poller_free(w->follower);
	TAKE(w->root, 1);
}

/* Room comes also because the slowest consumer leaves. */
static void leaving_wakes_producers(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < WAYS; i++)
		CHECK_EQ(run(flavour, &ways[i], wait_for_room, leave_it), 1);
}

static void *remove_root(void *argument)
{
	struct place *w = argument;

	pause_ms(TELL_MS);
	disruptor_poller_free(w->root);
	CHECK_EQ(disruptor_remove_consumer(w->d, "root"), 0);
	return NULL;
}

/* An upstream that goes away no longer holds its follower up. */
static void leaving_wakes_followers(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < WAYS; i++) {
		struct place w = new_place(flavour, &ways[i]);
		pthread_t thread;

		PUT(w.producer, 7);
		thread = thread_start(remove_root, &w);
		CHECK_EQ(disruptor_poll_wait(w.follower, LONG_NS), 1);
		TAKE(w.follower, 7);
		thread_join(thread);
		disruptor_free(w.d);
	}
}

static bool one_of_each(const struct flavour *flavour)
{
	return flavour->producer_type == DISRUPTOR_MULTI_PRODUCER ?
		       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED :
		       flavour->slot_layout == DISRUPTOR_SLOTS_STAMPED ||
			       !flavour->shared;
}

TEST_MAIN(TEST_EACH(work_wakes), TEST_SOME(close_wakes, one_of_each),
	  TEST_SOME(halt_wakes, one_of_each), TEST_EACH(time_outs),
	  TEST_SOME(leaving_wakes_producers, one_of_each),
	  TEST_SOME(leaving_wakes_followers, one_of_each));
