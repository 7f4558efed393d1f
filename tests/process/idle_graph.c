/* SPDX-License-Identifier: MIT */
/*
 * A graph of 8 blocking processors that has nothing to do uses less than half a
 * percent of a core, all together. Behind one that is held up, where they look
 * after the dead more often, they use less than two percent.
 */
#include <idle.h>

#include <sys/resource.h>

#define PROCESSORS 8
#define CAPACITY 8
/* Of one core. */
#define IDLE_LIMIT 0.005
#define HELD_LIMIT 0.02

struct node {
	pthread_mutex_t *held;	/* NULL: goes on at once */
	uint32_t handled;
};

static void handle(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct node *n = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	if (n->held != NULL) {
		CHECK_EQ(pthread_mutex_lock(n->held), 0);
		CHECK_EQ(pthread_mutex_unlock(n->held), 0);
	}
	disruptor_fetch_add_u32(&n->handled, 1);
}

static struct disruptor_processor *
add(struct disruptor *d, struct node *n,
    struct disruptor_processor *const *after)
{
	struct disruptor_processor *p = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_event = handle, .context = n,
					       .after = after));

	CHECK(p != NULL);
	return p;
}

/* A diamond behind the first, two more stages, a branch, and one by itself. */
static void build(struct disruptor *d, struct node *n)
{
	struct disruptor_processor *p[PROCESSORS];

	p[0] = add(d, &n[0], NULL);
	p[1] = add(d, &n[1], DISRUPTOR_AFTER(p[0]));
	p[2] = add(d, &n[2], DISRUPTOR_AFTER(p[0]));
	p[3] = add(d, &n[3], DISRUPTOR_AFTER(p[1], p[2]));
	p[4] = add(d, &n[4], DISRUPTOR_AFTER(p[3]));
	p[5] = add(d, &n[5], DISRUPTOR_AFTER(p[4]));
	p[6] = add(d, &n[6], DISRUPTOR_AFTER(p[0]));
	p[7] = add(d, &n[7], NULL);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

/* Of all threads of this process. */
static double used(const void *context)
{
	struct rusage usage;

	CHECK_EQ(getrusage(RUSAGE_SELF, &usage), 0);
	return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static void measure(double share, const char *what)
{
	idle_measure(&(struct idle){ what, share, used, NULL });
}

static void wait_for_all(const struct node *n)
{
	int i;

	for (i = 0; i < PROCESSORS; i++)
		wait_for_u32(&n[i].handled, CAPACITY);
}

static void idle(const struct flavour *flavour)
{
	pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
	struct node n[PROCESSORS] = { { .held = &held } };
	struct disruptor *d = RING(flavour, .capacity = CAPACITY,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_producer *p = PRODUCER(d);

	build(d, n);
	CHECK_EQ(disruptor_start(d), 0);
	measure(IDLE_LIMIT, "no events");
	CHECK_EQ(pthread_mutex_lock(&held), 0);
	put_many(p, 0, CAPACITY);
	wait_for_u32(&n[7].handled, CAPACITY);
	measure(HELD_LIMIT, "behind one that is held");
	CHECK_EQ(disruptor_load_acquire_u32(&n[0].handled), 0);
	CHECK_EQ(pthread_mutex_unlock(&held), 0);
	wait_for_all(n);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	disruptor_free(d);
}

static bool multi_packed(const struct flavour *flavour)
{
	return flavour_multi(flavour) &&
	       flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
}

TEST_MAIN(TEST_SOME(idle, multi_packed));
