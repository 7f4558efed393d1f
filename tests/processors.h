/* SPDX-License-Identifier: MIT */
/*
 * Processors that are added to and removed from a graph under load. Within one
 * membership each event comes exactly once, from what was published when the
 * call returned to what removal says; a name goes on exactly where it left; and
 * the producers always get through.
 */
#ifndef TEST_PROCESSORS_H
#define TEST_PROCESSORS_H

#include <load.h>

#define PROCESSOR_PARTIES 3
#define STAY_MAX 100

/* What one processor has seen; written by its thread. */
struct processor_stay {
	int64_t sequence; /* that must come next; -1: any */
	int64_t seen;
	uint64_t next[LOAD_PRODUCERS];
	bool known[LOAD_PRODUCERS]; /* next holds a number */
};

static inline void stay_handle(void *context, void *event, int64_t sequence,
			       bool end_of_batch)
{
	struct processor_stay *s = context;
	const struct load_event *e = event;
	uint64_t p = e->producer;

	(void)end_of_batch;
	CHECK(p < LOAD_PRODUCERS);
	if (s->sequence >= 0)
		CHECK_EQ(sequence, s->sequence);
	s->sequence = sequence + 1;
	if (!s->known[p]) {
		s->known[p] = true;
		s->next[p] = e->number;
	}
	load_verify(e, s->next);
	disruptor_store_release_i64(&s->seen, s->seen + 1);
}

/* Joined and left; how long it stays is a number of events. */
static inline void processor_stay(struct disruptor *d, const char *name,
				  bool after, struct processor_stay *s,
				  int64_t stay)
{
	int64_t seen = s->seen, before = disruptor_published(d), now, next;
	struct disruptor_processor *p = disruptor_handle_events_opts(
		d, DISRUPTOR_PROCESSOR_OPTIONS(
				   .on_event = stay_handle, .context = s,
				   .name = name,
				   .upstream = after && name == NULL ?
						       DISRUPTOR_AFTER_NAMES(
							       "all") :
						       NULL));

	CHECK(p != NULL);
	now = disruptor_published(d);
	while (disruptor_load_acquire_i64(&s->seen) - seen < stay)
		pause_ms(0);
	next = disruptor_processor_remove(p, LONG_NS);
	CHECK(next >= 0);
	if (s->seen > seen) {
		CHECK_EQ(next, s->sequence);
		if (name == NULL)
			CHECK(next - (s->seen - seen) <= now &&
			      next - (s->seen - seen) >= before);
	}
}

/* Even ones are anonymous and forget; odd ones have a name and resume. */
static inline void processors_run(struct load *load, struct disruptor *d,
				  uint32_t id)
{
	char name[16];
	struct processor_stay s = { .sequence = -1 };
	uint64_t random = id + 99;
	bool named = id % 2 == 1;
	int64_t joins;

	snprintf(name, sizeof(name), "processor %u", id);
	if (load->processes)
		CHECK_EQ(disruptor_start(d), 0);
	for (joins = 0; joins < load->each; joins++) {
		if (!named)
			s = (struct processor_stay){ .sequence = -1 };
		processor_stay(d, named ? name : NULL, test_random(&random) & 1,
			       &s, (int64_t)(test_random(&random) % STAY_MAX));
	}
	if (named)
		CHECK_EQ(disruptor_remove_consumer(d, name), 0);
	disruptor_fetch_add_u32(&load->ready, 1);
}

/* Until the members are through. */
static inline void produce_for_processors(struct load *load,
					  struct disruptor *d, uint32_t id)
{
	struct disruptor_producer *p = PRODUCER(d);
	uint64_t number = 0;

	while (disruptor_load_acquire_u32(&load->ready) < PROCESSOR_PARTIES) {
		void *event = disruptor_claim(p);

		CHECK(event != NULL);
		load_fill(event, id, number++);
		disruptor_publish(p);
	}
	disruptor_fetch_add_i64(&load->received, (int64_t)number);
	disruptor_producer_free(p);
}

/* One processor that stays, parties that add and remove, and producers. */
static inline void processors_test(const struct flavour *flavour,
				   bool processes, size_t capacity,
				   int64_t joins)
{
	struct load *load = load_new(
		flavour, *DISRUPTOR_OPTIONS(.capacity = capacity), processes);
	struct party parties[PROCESSOR_PARTIES], producers[LOAD_PRODUCERS];
	struct processor_stay all = { 0 };
	uint32_t i;

	load->producers = flavour_multi(flavour) ? 2 : 1;
	load->each = joins / PROCESSOR_PARTIES + 1;
	CHECK(disruptor_handle_events_opts(
		      load->d,
		      DISRUPTOR_PROCESSOR_OPTIONS(.on_event = stay_handle,
						  .name = "all",
						  .context = &all)) != NULL);
	/* The thread sanitizer wants processes first, then threads. */
	if (!processes)
		CHECK_EQ(disruptor_start(load->d), 0);
	for (i = 0; i < load->producers; i++) {
		producers[i] =
			(struct party){ load, i, produce_for_processors, 0, 0 };
		party_start(&producers[i]);
	}
	for (i = 0; i < PROCESSOR_PARTIES; i++) {
		parties[i] = (struct party){ load, i, processors_run, 0, 0 };
		party_start(&parties[i]);
	}
	if (processes)
		CHECK_EQ(disruptor_start(load->d), 0);
	for (i = 0; i < PROCESSOR_PARTIES; i++)
		party_join(&parties[i]);
	for (i = 0; i < load->producers; i++)
		party_join(&producers[i]);
	CHECK_EQ(disruptor_shutdown(load->d, LONG_NS), 0);
	CHECK_EQ(all.seen, load->received);
	load_free(load);
}

#endif
