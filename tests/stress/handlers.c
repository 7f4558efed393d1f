/* SPDX-License-Identifier: MIT */
/*
 * Threads: a diamond of handlers under load, also halted and started again at
 * random. Every event once at each handler, and the join after both sides.
 */
#include <load.h>

#define HALTS 300

DISRUPTOR_DEFINE(event, struct load_event);

struct side {
	uint64_t next[LOAD_PRODUCERS];
	uint32_t id;
	int64_t count;
};

static inline void on_side(void *context, struct load_event *event,
			   int64_t sequence, bool end_of_batch)
{
	struct side *side = context;

	(void)sequence;
	(void)end_of_batch;
	load_verify(event, side->next);
	load_mark(event, side->id);
	side->count++;
}

DISRUPTOR_DEFINE_HANDLER(on_side_batch, struct load_event, on_side);

static void on_join(void *context, void *event, int64_t sequence,
		    bool end_of_batch)
{
	struct side *side = context;

	(void)sequence;
	(void)end_of_batch;
	load_verify(event, side->next);
	load_see_marks(event, 0);
	disruptor_fetch_add_i64(&side->count, 1);
}

struct sender {
	struct disruptor *d;
	uint32_t id;
	int64_t each;
};

/* A halt ends the wait, not the stream: try again. */
static void *send_all(void *argument)
{
	struct sender *s = argument;
	struct disruptor_producer *p = PRODUCER(s->d);
	struct load_event *event;
	int64_t i = 0;

	while (i < s->each) {
		event = event_claim(p);
		if (event == NULL) {
			CHECK_EQ(errno, ECANCELED);
			sched_yield();
			continue;
		}
		load_fill(event, s->id, (uint64_t)i++);
		disruptor_publish(p);
	}
	disruptor_producer_free(p);
	return NULL;
}

static void build(struct disruptor *d, struct side sides[3])
{
	struct disruptor_processor *a, *b;

	sides[0] = (struct side){ .id = 0 };
	sides[1] = (struct side){ .id = 1 };
	sides[2] = (struct side){ .id = 2 };
	a = disruptor_handle_events_with(d, on_side_batch, &sides[0]);
	b = disruptor_handle_events_with(d, on_side_batch, &sides[1]);
	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(a, b), on_join,
					    &sides[2]) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
}

/* So many halts, and no more: they may come faster than the events. */
static void halt_and_start(struct disruptor *d, const int64_t *count,
			   int64_t total)
{
	uint64_t random = 5;
	int halts;

	for (halts = 0; halts < HALTS; halts++) {
		if (disruptor_load_acquire_i64(count) == total)
			return;
		pause_ms((long)(test_random(&random) % 3));
		CHECK_EQ(disruptor_halt(d), 0);
		if (test_random(&random) & 1)
			pause_ms(1);
		CHECK_EQ(disruptor_start(d), 0);
	}
}

static void run(const struct flavour *flavour, size_t capacity, bool halts)
{
	struct disruptor *d = RING(flavour, .capacity = capacity,
				   .event_size = sizeof(struct load_event));
	uint32_t producers = flavour_multi(flavour) ? 2 : 1, i;
	int64_t each = scaled(40000);
	struct sender senders[2];
	pthread_t threads[2];
	struct side sides[3];

	build(d, sides);
	for (i = 0; i < producers; i++) {
		senders[i] = (struct sender){ d, i, each };
		threads[i] = thread_start(send_all, &senders[i]);
	}
	if (halts)
		halt_and_start(d, &sides[2].count, each * producers);
	for (i = 0; i < producers; i++)
		thread_join(threads[i]);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(sides[i].count, each * producers);
	disruptor_free(d);
}

static void diamond(const struct flavour *flavour)
{
	run(flavour, 16, false);
	run(flavour, 4096, false);
}

static void diamond_with_halts(const struct flavour *flavour)
{
	run(flavour, 16, true);
	run(flavour, 4096, true);
}

TEST_MAIN(TEST_EACH(diamond), TEST_EACH(diamond_with_halts));
