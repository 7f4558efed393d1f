/* SPDX-License-Identifier: MIT */
#include "bench_sample.h"
#include "command.h"
#include "message.h"
#include "units.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PRODUCER_SHIFT 56

struct sample {
	const struct bench_shape *shape;
	struct disruptor *rings[2];
	pthread_barrier_t start;
	uint64_t count;		/* of one producer */
	int64_t limit_ns;	/* for round trips */
	struct histogram *times;
};

struct member {
	struct sample *sample;
	void *(*work)(struct member *m);
	struct disruptor_producer *producer;
	struct disruptor_poller *poller;
	uint32_t index;		/* among all: which CPU */
	uint32_t producer_index;
	int64_t began, ended;
};

bool bench_is_pinned(const struct bench_shape *shape)
{
	return shape->producers + shape->consumers <=
	       (uint32_t)shape->cpu_count;
}

static _Noreturn void give_up(const char *what)
{
	complain(NULL, "bench: %s", what);
	exit(EXIT_FAILED);
}

static void must(bool done)
{
	if (!done)
		give_up(disruptor_error());
}

/* --- a ring --------------------------------------------------------------- */

static struct disruptor *new_ring(const struct bench_shape *shape)
{
	struct disruptor_options options = shape->options;
	struct disruptor *d;
	static int number;
	char name[64];

	options.size = sizeof(options);
	if (!shape->shared) {
		d = disruptor_new(&options);
	} else {
		snprintf(name, sizeof(name), "disruptor-bench-%ld-%d",
			 (long)getpid(), number++);
		d = disruptor_create_shared(name, &options);
		/* Nobody else is to have it, whatever becomes of us. */
		if (d != NULL)
			disruptor_unlink(name);
	}
	must(d != NULL);
	return d;
}

/* --- events --------------------------------------------------------------- */

static void fill(uint64_t *event, uint64_t value, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*event); i++)
		event[i] = value + i;
}

static uint64_t differences(const uint64_t *event, uint64_t value, size_t size)
{
	uint64_t wrong = 0;
	size_t i;

	for (i = 0; i < size / sizeof(*event); i++)
		wrong |= event[i] ^ (value + i);
	return wrong;
}

static void verify(uint64_t wrong)
{
	if (wrong != 0)
		give_up("events were lost, repeated, out of order or changed");
}

static void put(struct disruptor_producer *producer, uint64_t value, int64_t n,
		size_t size)
{
	int64_t i;

	must(disruptor_claim_n(producer, n) == n);
	for (i = 0; i < n; i++)
		fill(disruptor_producer_event(producer, i),
		     value + (uint64_t)i, size);
	disruptor_publish(producer);
}

static void *produce(struct member *m)
{
	const struct bench_shape *shape = m->sample->shape;
	uint64_t value = (uint64_t)m->producer_index << PRODUCER_SHIFT;
	uint64_t end = value + m->sample->count;
	size_t size = shape->options.event_size;

	for (; value < end; value += (uint64_t)shape->batch)
		put(m->producer, value, shape->batch, size);
	return NULL;
}

static void *consume(struct member *m)
{
	const struct bench_shape *shape = m->sample->shape;
	uint64_t next[BENCH_MEMBERS_MAX], wrong = 0;
	uint64_t left = m->sample->count * shape->producers;
	size_t size = shape->options.event_size;
	int64_t i, n;
	uint32_t k;

	for (k = 0; k < BENCH_MEMBERS_MAX; k++)
		next[k] = (uint64_t)k << PRODUCER_SHIFT;
	for (; left > 0; left -= (uint64_t)n) {
		n = disruptor_poll_wait(m->poller, DISRUPTOR_FOREVER);
		must(n > 0);
		for (i = 0; i < n; i++) {
			const uint64_t *event =
				disruptor_poller_event(m->poller, i);

			k = (uint32_t)(event[0] >> PRODUCER_SHIFT) %
			    BENCH_MEMBERS_MAX;
			wrong |= differences(event, next[k]++, size);
		}
		disruptor_poller_advance(m->poller, n);
	}
	verify(wrong);
	return NULL;
}

/* --- round trips ---------------------------------------------------------- */

/* False when the other one has closed its ring. */
static bool get(struct member *m, uint64_t value)
{
	size_t size = m->sample->shape->options.event_size;
	int64_t n = disruptor_poll_wait(m->poller, DISRUPTOR_FOREVER);

	if (n == -ESHUTDOWN)
		return false;
	must(n == 1);
	verify(differences(disruptor_poller_event(m->poller, 0), value, size));
	disruptor_poller_advance(m->poller, 1);
	return true;
}

/* Not for longer than the limit: beside others a wake-up may take a while. */
static void *ping(struct member *m)
{
	size_t size = m->sample->shape->options.event_size;
	int64_t began = clock_ns(), now = began;
	int64_t end = began + m->sample->limit_ns;
	uint64_t value;

	for (value = 0; value < m->sample->count && now < end; value++) {
		put(m->producer, value, 1, size);
		get(m, value);
		now = clock_ns();
		histogram_record(m->sample->times, now - began, 1);
		began = now;
	}
	must(disruptor_close(m->sample->rings[0]) == 0);
	return NULL;
}

static void *pong(struct member *m)
{
	size_t size = m->sample->shape->options.event_size;
	uint64_t value;

	for (value = 0; get(m, value); value++)
		put(m->producer, value, 1, size);
	return NULL;
}

/* --- members -------------------------------------------------------------- */

static void *run_member(void *argument)
{
	struct member *m = argument;
	const struct bench_shape *shape = m->sample->shape;

	if (bench_is_pinned(shape))
		bench_pin(shape->cpus[m->index]);
	pthread_barrier_wait(&m->sample->start);
	m->began = clock_ns();
	m->work(m);
	m->ended = clock_ns();
	return NULL;
}

static int64_t elapsed(const struct member *members, uint32_t n)
{
	int64_t began = INT64_MAX, ended = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (members[i].producer != NULL && members[i].began < began)
			began = members[i].began;
		if (members[i].ended > ended)
			ended = members[i].ended;
	}
	return ended - began;
}

static int64_t run(struct sample *s, struct member *members, uint32_t n)
{
	pthread_t threads[BENCH_MEMBERS_MAX];
	uint32_t i;

	pthread_barrier_init(&s->start, NULL, n);
	for (i = 0; i < n; i++) {
		members[i].sample = s;
		members[i].index = i;
		if (pthread_create(&threads[i], NULL, run_member,
				   &members[i]) != 0)
			give_up("cannot start a thread");
	}
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&s->start);
	disruptor_free(s->rings[0]);
	disruptor_free(s->rings[1]);
	return elapsed(members, n);
}

static struct disruptor_producer *new_producer(struct disruptor *d)
{
	struct disruptor_producer *producer = disruptor_producer_new(d);

	must(producer != NULL);
	return producer;
}

static struct disruptor_poller *new_poller(struct disruptor *d)
{
	struct disruptor_poller *poller = disruptor_poller_new(d, NULL);

	must(poller != NULL);
	return poller;
}

int64_t bench_stream(const struct bench_shape *shape, double wanted,
		     uint64_t *events)
{
	struct member members[BENCH_MEMBERS_MAX] = { 0 };
	struct sample s = { .shape = shape };
	double batches = wanted / shape->producers / (double)shape->batch;
	uint32_t i;

	s.count = ((uint64_t)batches + 1) * (uint64_t)shape->batch;
	*events = s.count * shape->producers;
	s.rings[0] = new_ring(shape);
	for (i = 0; i < shape->producers; i++) {
		members[i].work = produce;
		members[i].producer = new_producer(s.rings[0]);
		members[i].producer_index = i;
	}
	for (; i < shape->producers + shape->consumers; i++) {
		members[i].work = consume;
		members[i].poller = new_poller(s.rings[0]);
	}
	return run(&s, members, i);
}

int64_t bench_round_trips(const struct bench_shape *shape, uint64_t count,
			  int64_t limit_ns, struct histogram *ns)
{
	struct member members[2] = { { .work = ping }, { .work = pong } };
	struct bench_shape one = *shape;
	struct sample s = { .shape = &one, .count = count, .times = ns,
			    .limit_ns = limit_ns };
	int i;

	one.producers = one.consumers = 1;
	for (i = 0; i < 2; i++)
		s.rings[i] = new_ring(&one);
	for (i = 0; i < 2; i++) {
		members[i].producer = new_producer(s.rings[i]);
		members[i].poller = new_poller(s.rings[1 - i]);
	}
	return run(&s, members, 2);
}
