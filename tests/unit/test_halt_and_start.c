/* SPDX-License-Identifier: MIT */
/* One thread halts while another one starts: neither waits for ever. */
#include <ring.h>

struct scene {
	struct disruptor *d;
	uint32_t count; /* events, by two handlers */
	uint32_t stop;
	int64_t starts;
};

static void count(void *context, void *event, int64_t sequence,
		  bool end_of_batch)
{
	struct scene *s = context;

	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(&s->count, 1);
}

static void *halt(void *argument)
{
	struct scene *s = argument;

	while (disruptor_load_acquire_u32(&s->stop) == 0) {
		CHECK_EQ(disruptor_halt(s->d), 0);
		/* A tight loop would leave the others no room at the mutex. */
		usleep(20);
	}
	return NULL;
}

static void *start(void *argument)
{
	struct scene *s = argument;
	int64_t started = 0;
	int result;

	while (started < s->starts) {
		result = disruptor_start(s->d);
		CHECK(result == 0 || result == -EALREADY);
		started += result == 0;
	}
	return NULL;
}

static struct scene scene_new(const struct flavour *flavour)
{
	struct scene s = { .starts = scaled(200) };

	s.d = RING(flavour, .capacity = 8);
	return s;
}

static void name_handlers(struct scene *s)
{
	CHECK(disruptor_handle_events_with(s->d, count, s) != NULL);
	CHECK(disruptor_handle_events_with(s->d, count, s) != NULL);
}

/* What was built still runs. */
static void scene_end(struct scene *s)
{
	CHECK_EQ(disruptor_halt(s->d), 0);
	CHECK_EQ(disruptor_start(s->d), 0);
	PUT(PRODUCER(s->d), 1);
	CHECK_EQ(disruptor_shutdown(s->d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_load_acquire_u32(&s->count), 2);
	disruptor_free(s->d);
}

static void one_of_each(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);
	pthread_t halter, starter;

	name_handlers(&s);
	halter = thread_start(halt, &s);
	starter = thread_start(start, &s);
	thread_join(starter);
	disruptor_fetch_add_u32(&s.stop, 1);
	thread_join(halter);
	scene_end(&s);
}

static void several(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);
	pthread_t halters[2], starters[2];
	int i;

	s.starts /= 4;
	name_handlers(&s);
	for (i = 0; i < 2; i++) {
		halters[i] = thread_start(halt, &s);
		starters[i] = thread_start(start, &s);
	}
	for (i = 0; i < 2; i++)
		thread_join(starters[i]);
	disruptor_fetch_add_u32(&s.stop, 1);
	for (i = 0; i < 2; i++)
		thread_join(halters[i]);
	scene_end(&s);
}

/* A shutdown's time-out holds whatever the others do meanwhile. */
static void *shut_down(void *argument)
{
	struct scene *s = argument;
	int result;

	while (disruptor_load_acquire_u32(&s->stop) == 0) {
		result = disruptor_shutdown(s->d, MS);
		CHECK(result == 0 || result == -ETIMEDOUT);
		usleep(20);
	}
	return NULL;
}

static void beside_a_shutdown(const struct flavour *flavour)
{
	struct scene s = scene_new(flavour);
	pthread_t halter, starter, shutter;

	s.starts /= 4;
	name_handlers(&s);
	halter = thread_start(halt, &s);
	starter = thread_start(start, &s);
	shutter = thread_start(shut_down, &s);
	thread_join(starter);
	disruptor_fetch_add_u32(&s.stop, 1);
	thread_join(halter);
	thread_join(shutter);
	scene_end(&s);
}

TEST_MAIN(TEST_EACH(one_of_each), TEST_EACH(several),
	  TEST_SHARED(beside_a_shutdown));
