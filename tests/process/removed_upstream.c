/* SPDX-License-Identifier: MIT */
/*
 * A consumer names another one to follow that is being removed: there is none,
 * or it follows that one while it is there. It never follows itself. Neither
 * does a worker that is added to a pool.
 */
#include <child.h>

#include <internal.h>

#define CONSUMERS 4

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t there;
	uint32_t stop;
	uint64_t stay_us; /* at most */
};

/* "up" comes, holds its place and is removed, again and again. */
static void come_and_be_removed(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	uint64_t random = 3;

	while (disruptor_load_acquire_u32(&s->stop) == 0) {
		disruptor_poller_free(POLLER(d, "up"));
		disruptor_fetch_add_u32(&s->there, 1);
		if (s->stay_us != 0)
			disruptor_os_nap((int64_t)(test_random(&random) %
						   s->stay_us) * 1000);
		CHECK_EQ(disruptor_remove_consumer(d, "up"), 0);
	}
	disruptor_free(d);
}

/*
 * Who is removed was taken out of its followers before it became free, so one
 * that was seen free is in none of them afterwards.
 */
static void check_upstream(const struct disruptor *d,
			   const struct disruptor_poller *poller)
{
	struct disruptor_consumer_record *r = poller->record;
	bool was_free[CONSUMERS], bit;
	uint32_t i;

	for (i = 0; i < CONSUMERS; i++)
		was_free[i] =
			disruptor_consumer_state(disruptor_load_acquire_u64(
				&d->consumers[i].status)) ==
			DISRUPTOR_CONSUMER_FREE;
	for (i = 0; i < CONSUMERS; i++) {
		bit = (disruptor_load_acquire_u64(&r->upstream[i / 64]) >>
		       (i % 64)) &
		      1;
		CHECK(!bit || r != &d->consumers[i]);
		CHECK(!bit || !was_free[i]);
	}
}

static struct disruptor_poller *follow(struct disruptor *d)
{
	struct disruptor_poller *poller = disruptor_poller_new_after(
		d, NULL, DISRUPTOR_AFTER_NAMES("up"));

	if (poller == NULL)
		CHECK_EQ(errno, ENOENT);
	else
		check_upstream(d, poller);
	return poller;
}

static struct disruptor_poller *follow_at_last(struct disruptor *d)
{
	struct disruptor_poller *poller;

	do
		poller = follow(d);
	while (poller == NULL);
	return poller;
}

static void follow_often(struct scene *s)
{
	int64_t i;

	for (i = 0; i < scaled(3000); i++)
		disruptor_poller_free(follow(s->d));
}

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)context;
	(void)event;
	(void)sequence;
	(void)end_of_batch;
}

/* The second worker of a pool follows whom the first one does, then. */
static void follow_with_workers(struct disruptor *d)
{
	struct disruptor_worker_pool *pool;
	struct disruptor_processor *const *worker;

	do
		pool = disruptor_handle_events_with_workers(
			d,
			DISRUPTOR_PROCESSOR_OPTIONS(
				.on_event = ignore,
				.upstream = DISRUPTOR_AFTER_NAMES("up")),
			1, NULL);
	while (pool == NULL && errno == ENOENT);
	CHECK(pool != NULL);
	CHECK(disruptor_worker_pool_add(pool, DISRUPTOR_FOREVER) != NULL);
	worker = disruptor_worker_pool_workers(pool);
	check_upstream(d, worker[0]->poller);
	check_upstream(d, worker[1]->poller);
	CHECK(disruptor_processor_remove(worker[0], DISRUPTOR_FOREVER) >= 0);
	CHECK(disruptor_processor_remove(worker[0], DISRUPTOR_FOREVER) >= 0);
}

static void pools(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	int64_t i;
	pid_t pid;

	s->d = RING(flavour, .capacity = 8, .consumers_max = CONSUMERS);
	CHECK_EQ(disruptor_start(s->d), 0);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->stay_us = 400;
	pid = child_start(come_and_be_removed, s);
	wait_for_u32(&s->there, 1);
	for (i = 0; i < scaled(300); i++)
		follow_with_workers(s->d);
	disruptor_fetch_add_u32(&s->stop, 1);
	CHILD_JOIN(pid);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static void races(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor_poller *poller;
	pid_t pid;

	s->d = RING(flavour, .capacity = 8, .consumers_max = CONSUMERS);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	pid = child_start(come_and_be_removed, s);
	wait_for_u32(&s->there, 1);
	follow_often(s);
	poller = follow_at_last(s->d);
	disruptor_fetch_add_u32(&s->stop, 1);
	CHILD_JOIN(pid);
	/* Nobody is left to follow. */
	check_upstream(s->d, poller);
	PUT(PRODUCER(s->d), 1);
	CHECK_EQ(disruptor_poll_wait(poller, DISRUPTOR_FOREVER), 1);
	TAKE(poller, 1);
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

TEST_MAIN(TEST_SHARED(races), TEST_SHARED(pools));
