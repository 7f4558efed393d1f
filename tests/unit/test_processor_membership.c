/* SPDX-License-Identifier: MIT */
/* Processors come and go while events flow; the last one too. */
#include <ring.h>

struct seen {
	int64_t first; /* sequences, one after the other */
	int64_t next;
	int64_t ended;
	uint32_t hold; /* the handler waits while this is set */
	uint32_t inside;
	struct disruptor *d;
	struct disruptor_processor *other;
	int64_t refused;
};

static void see(void *context, void *event, int64_t sequence, bool end_of_batch)
{
	struct seen *s = context;

	(void)event;
	(void)end_of_batch;
	disruptor_store_release_u32(&s->inside, 1);
	while (disruptor_load_acquire_u32(&s->hold))
		pause_ms(1);
	if (s->next == 0)
		s->first = sequence;
	else
		CHECK_EQ(sequence, s->next);
	disruptor_store_release_i64(&s->next, sequence + 1);
}

static void count_end(void *context)
{
	((struct seen *)context)->ended++;
}

#define SEEING(d, s, ...)                                                      \
	disruptor_handle_events_opts(                                          \
		d, DISRUPTOR_PROCESSOR_OPTIONS(.on_event = see, .context = s,  \
					       .on_shutdown = count_end,       \
					       __VA_ARGS__))

static void publish_some(struct disruptor_producer *p, int64_t n)
{
	while (n-- > 0) {
		CHECK(disruptor_claim_timeout(p, LONG_NS) != NULL);
		disruptor_publish(p);
	}
}

static void wait_for_next(const struct seen *s, int64_t next)
{
	while (disruptor_load_acquire_i64(&s->next) < next)
		pause_ms(1);
}

static void join_and_leave_while_it_runs(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen stays = { 0 }, comes = { 0 };
	struct disruptor_processor *processor;

	SEEING(d, &stays);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 20);
	processor = SEEING(d, &comes);
	CHECK(processor != NULL);
	publish_some(p, 20);
	wait_for_next(&comes, 40);
	CHECK_EQ(disruptor_processor_remove(processor, LONG_NS), 40);
	CHECK_EQ(comes.first, 20);
	CHECK_EQ(comes.ended, 1);
	publish_some(p, 20);
	wait_for_next(&stays, 60);
	CHECK_EQ(comes.next, 40);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(stays.ended, 1);
	disruptor_free(d);
}

/* Then nobody holds the producers up, and the next one begins where it joins. */
static void the_last_one_leaves(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen last = { 0 }, following = { 0 };
	struct disruptor_processor *processor = SEEING(d, &last);

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 5);
	wait_for_next(&last, 5);
	CHECK_EQ(disruptor_processor_remove(processor, LONG_NS), 5);
	publish_some(p, 100);
	CHECK(SEEING(d, &following) != NULL);
	publish_some(p, 5);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(following.first, 105);
	CHECK_EQ(following.next, 110);
	CHECK_EQ(last.next, 5);
	disruptor_free(d);
}

/* Who came after it comes after those that it came after. */
static void one_in_the_middle_leaves(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen a = { .hold = 1 }, b = { 0 }, c = { 0 };
	struct disruptor_processor *first = SEEING(d, &a);
	struct disruptor_processor *middle =
		SEEING(d, &b, .after = DISRUPTOR_AFTER(first));

	SEEING(d, &c, .after = DISRUPTOR_AFTER(middle));
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	while (!disruptor_load_acquire_u32(&a.inside))
		pause_ms(1);
	CHECK_EQ(disruptor_processor_remove(middle, LONG_NS), 0);
	pause_ms(5);
	CHECK_EQ(disruptor_load_acquire_u32(&c.inside), 0);
	disruptor_store_release_u32(&a.hold, 0);
	wait_for_next(&c, 1);
	CHECK_EQ(b.next, 0);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	disruptor_free(d);
}

static void a_handler_that_does_not_return(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { .hold = 1 };
	struct disruptor_processor *processor = SEEING(d, &s);

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	while (!disruptor_load_acquire_u32(&s.inside))
		pause_ms(1);
	CHECK_ERROR(disruptor_processor_remove(processor, 1000000), ETIMEDOUT);
	CHECK_EQ(s.ended, 0);
	disruptor_store_release_u32(&s.hold, 0);
	CHECK_EQ(disruptor_processor_remove(processor, LONG_NS), 1);
	CHECK_EQ(s.ended, 1);
	disruptor_free(d);
}

/* Asked to go, it goes as soon as it can, whether or not it is asked again. */
static void one_that_goes_later(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { .hold = 1 }, follower = { 0 };
	struct disruptor_processor *processor = SEEING(d, &s);

	SEEING(d, &follower, .after = DISRUPTOR_AFTER(processor));
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	while (!disruptor_load_acquire_u32(&s.inside))
		pause_ms(1);
	CHECK_ERROR(disruptor_processor_remove(processor, 1000000), ETIMEDOUT);
	disruptor_store_release_u32(&s.hold, 0);
	publish_some(p, 50);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(s.next, 1);
	CHECK_EQ(follower.next, 51);
	disruptor_free(d);
}

static int refuse(void *context)
{
	(void)context;
	return -ENODEV;
}

/* It leaves nothing behind: no gate, no error of the graph. */
static void one_that_does_not_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8, .consumers_max = 2);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { 0 }, no = { 0 };
	int i;

	SEEING(d, &s);
	CHECK_EQ(disruptor_start(d), 0);
	for (i = 0; i < 5; i++) {
		CHECK(SEEING(d, &no, .on_start = refuse) == NULL);
		CHECK_EQ(errno, ENODEV);
	}
	CHECK(SEEING(d, &no, .batch_max = -1) == NULL);
	CHECK_EQ(errno, EINVAL);
	publish_some(p, 40);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(s.next, 40);
	CHECK_EQ(no.next, 0);
	CHECK_EQ(no.ended, 0);
	disruptor_free(d);
}

static void change_from_inside(void *context, void *event, int64_t sequence,
			       bool end_of_batch)
{
	struct seen *s = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	s->refused -= disruptor_processor_remove(s->other, LONG_NS) == -EDEADLK;
	errno = 0;
	s->refused -= SEEING(s->d, s) == NULL && errno == EDEADLK;
}

static void not_from_a_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { .d = d }, other = { 0 };

	s.other = SEEING(d, &other);
	disruptor_handle_events_with(d, change_from_inside, &s);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 1);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(s.refused, -2);
	CHECK_EQ(other.next, 1);
	CHECK_ERROR(disruptor_processor_remove(NULL, 0), EINVAL);
	disruptor_free(d);
}

/* It holds its place: whoever comes by that name goes on there. */
static void held_place(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { 0 }, again = { 0 };
	struct disruptor_processor *processor = SEEING(d, &s, .name = "it");

	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 4);
	wait_for_next(&s, 4);
	CHECK_EQ(disruptor_processor_remove(processor, LONG_NS), 4);
	publish_some(p, 8);
	CHECK(disruptor_try_claim(p) == NULL);
	CHECK(SEEING(d, &again, .name = "it") != NULL);
	wait_for_next(&again, 12);
	CHECK_EQ(again.first, 4);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	disruptor_free(d);
}

/* Before the start, after a halt: then the graph starts without it. */
static void while_it_does_not_run(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct seen s = { 0 }, before = { 0 }, after = { 0 };
	struct disruptor_processor *processor;

	processor = SEEING(d, &before);
	SEEING(d, &s);
	CHECK_EQ(disruptor_processor_remove(processor, 0), 0);
	processor = SEEING(d, &after);
	publish_some(p, 3);
	CHECK_EQ(disruptor_start(d), 0);
	wait_for_next(&after, 3);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(disruptor_processor_remove(processor, 0), 3);
	CHECK(SEEING(d, &before) != NULL);
	CHECK_EQ(before.next, 0);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(p, 3);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(s.next, 6);
	CHECK_EQ(after.next, 3);
	CHECK_EQ(before.first, 3);
	CHECK_EQ(before.next, 6);
	CHECK_EQ(before.ended, 1);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(join_and_leave_while_it_runs),
	  TEST_EACH(the_last_one_leaves), TEST_EACH(one_in_the_middle_leaves),
	  TEST_EACH(a_handler_that_does_not_return),
	  TEST_EACH(one_that_goes_later),
	  TEST_EACH(one_that_does_not_start), TEST_EACH(not_from_a_handler),
	  TEST_EACH(held_place), TEST_EACH(while_it_does_not_run));
