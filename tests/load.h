/* SPDX-License-Identifier: MIT */
/*
 * A load that checks itself: producers number their events, consumers hold each
 * event against the numbers that must come next. The parties are threads of
 * one disruptor or processes that attach a ring by name; the code is the same.
 */
#ifndef TEST_LOAD_H
#define TEST_LOAD_H

#include <child.h>

#define LOAD_PRODUCERS 8
#define LOAD_PARTIES 24

struct load_event {
	uint64_t producer;
	uint64_t number;
	uint64_t check;	   /* of both, so that a torn event shows */
	uint64_t marks[2]; /* left by the consumers of the first stage */
};

/* What all parties know; lies in memory that processes share. */
struct load {
	char name[RING_NAME_SIZE]; /* of the ring; processes attach it */
	struct disruptor *d;	   /* the threads' and the parent's */
	bool processes;
	uint32_t producers;
	int64_t each;	  /* events per producer */
	int64_t batch;	  /* events per claim, at most */
	uint32_t ready;	  /* consumers that have joined */
	int64_t received; /* by all consumers */
};

struct party {
	struct load *load;
	uint32_t id;
	void (*run)(struct load *load, struct disruptor *d, uint32_t id);
	pthread_t thread;
	pid_t pid;
};

static inline uint64_t load_check(uint64_t producer, uint64_t number)
{
	uint64_t x = (producer + 1) * UINT64_C(0x9e3779b97f4a7c15) + number;

	x = (x ^ (x >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
	return x ^ (x >> 32);
}

static inline void load_fill(struct load_event *event, uint64_t producer,
			     uint64_t number)
{
	event->producer = producer;
	event->number = number;
	event->check = load_check(producer, number);
}

/* Each event of each producer once and in order: next counts them. */
static inline void load_verify(const struct load_event *event, uint64_t *next)
{
	CHECK(event->producer < LOAD_PRODUCERS);
	CHECK_EQ(event->check, load_check(event->producer, event->number));
	CHECK_EQ(event->number, next[event->producer]);
	next[event->producer]++;
}

/* --- parties -------------------------------------------------------------- */

static inline void *party_thread(void *argument)
{
	struct party *party = argument;

	party->run(party->load, party->load->d, party->id);
	return NULL;
}

static inline void party_process(void *argument)
{
	struct party *party = argument;
	struct disruptor *d = ATTACH(party->load->name);

	party->run(party->load, d, party->id);
	disruptor_free(d);
}

static inline void party_start(struct party *party)
{
	if (party->load->processes)
		party->pid = child_start(party_process, party);
	else
		party->thread = thread_start(party_thread, party);
}

static inline void party_join(struct party *party)
{
	if (party->load->processes)
		CHILD_JOIN(party->pid);
	else
		thread_join(party->thread);
}

/* --- producers ------------------------------------------------------------ */

static inline int64_t load_claim(struct disruptor_producer *p, int64_t n,
				 uint64_t random)
{
	if (n == 1)
		return disruptor_claim(p) != NULL ? 1 : -errno;
	return random & 1 ? disruptor_claim_n(p, n) :
			    disruptor_claim_up_to(p, n);
}

static inline void load_produce(struct load *load, struct disruptor *d,
				uint32_t id)
{
	struct disruptor_producer *p = PRODUCER(d);
	uint64_t random = id + 1;
	int64_t sent = 0, n, i;

	while (sent < load->each) {
		n = 1 + (int64_t)(test_random(&random) % (uint64_t)load->batch);
		if (n > load->each - sent)
			n = load->each - sent;
		n = load_claim(p, n, random >> 40);
		CHECK(n > 0);
		for (i = 0; i < n; i++)
			load_fill(disruptor_producer_event(p, i), id,
				  (uint64_t)(sent + i));
		disruptor_publish(p);
		sent += n;
	}
	disruptor_producer_free(p);
}

/* --- consumers ------------------------------------------------------------ */

static inline void
load_consume_all(struct load *load, struct disruptor_poller *poller,
		 void (*look)(struct load_event *event, uint32_t id),
		 uint32_t id)
{
	uint64_t next[LOAD_PRODUCERS] = { 0 }, random = id + 100;
	int64_t n, i, sequence = disruptor_poller_sequence(poller, 0);
	uint32_t p;

	disruptor_fetch_add_u32(&load->ready, 1);
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		if (load->batch > 1 && n > 1)
			n = 1 + (int64_t)(test_random(&random) % (uint64_t)n);
		CHECK_EQ(disruptor_poller_sequence(poller, 0), sequence);
		for (i = 0; i < n; i++) {
			struct load_event *event =
				disruptor_poller_event(poller, i);

			load_verify(event, next);
			look(event, id);
		}
		disruptor_poller_advance(poller, n);
		sequence += n;
		disruptor_fetch_add_i64(&load->received, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	for (p = 0; p < load->producers; p++)
		CHECK_EQ(next[p], load->each);
	disruptor_poller_free(poller);
}

static inline void load_mark(struct load_event *event, uint32_t id)
{
	event->marks[id] = event->check ^ (id + 1);
}

static inline void load_see_marks(struct load_event *event, uint32_t id)
{
	(void)id;
	CHECK_EQ(event->marks[0], event->check ^ 1);
	CHECK_EQ(event->marks[1], event->check ^ 2);
}

/* 0 and 1 stand side by side and mark each event; 2 and above follow them. */
static inline void load_consume(struct load *load, struct disruptor *d,
				uint32_t id)
{
	if (id == 0)
		load_consume_all(load, POLLER(d, "a"), load_mark, id);
	else if (id == 1)
		load_consume_all(load, POLLER(d, "b"), load_mark, id);
	else
		load_consume_all(load, FOLLOWER(d, NULL, "a", "b"),
				 load_see_marks, id);
}

/* --- all together --------------------------------------------------------- */

static inline struct load *load_new(const struct flavour *flavour,
				    struct disruptor_options options,
				    bool processes)
{
	struct load *load = shared_alloc(sizeof(*load));

	options.event_size = sizeof(struct load_event);
	load->d = ring_try_new(flavour, &options);
	CHECK(load->d != NULL);
	if (flavour->shared)
		snprintf(load->name, sizeof(load->name), "%s", ring_name());
	load->processes = processes;
	load->producers = 1;
	load->batch = 1;
	return load;
}

static inline void load_free(struct load *load)
{
	disruptor_free(load->d);
	if (load->name[0] != '\0')
		CHECK_EQ(disruptor_unlink(load->name), 0);
	shared_free(load, sizeof(*load));
}

/* producers × each events, and three consumers: one after the other two. */
static inline void load_run(struct load *load)
{
	struct party consumers[3], producers[LOAD_PRODUCERS];
	uint32_t i;

	for (i = 0; i < 3; i++) {
		consumers[i] = (struct party){ .load = load,
					       .id = i,
					       .run = load_consume };
		if (i == 2)
			wait_for_u32(&load->ready, 2);
		party_start(&consumers[i]);
	}
	wait_for_u32(&load->ready, 3);
	for (i = 0; i < load->producers; i++) {
		producers[i] = (struct party){ .load = load,
					       .id = i,
					       .run = load_produce };
		party_start(&producers[i]);
	}
	for (i = 0; i < load->producers; i++)
		party_join(&producers[i]);
	CHECK_EQ(disruptor_close(load->d), 0);
	for (i = 0; i < 3; i++)
		party_join(&consumers[i]);
	CHECK_EQ(load->received, 3 * load->producers * load->each);
}

enum load_start { AT_ZERO, BELOW_2_32, NEAR_THE_END };

static inline int64_t load_first(enum load_start start, int64_t total)
{
	if (start == BELOW_2_32)
		return (INT64_C(1) << 32) - total / 2;
	/* The last event has the last sequence that there is. */
	return start == NEAR_THE_END ? DISRUPTOR_SEQUENCE_MAX - total : 0;
}

/* How many events a ring of that size carries in a test. */
static inline int64_t load_total(int64_t capacity)
{
	int64_t full = capacity <= 2 ? 1000000 : 100000000;

	if (capacity <= 2 && !test_full())
		return scaled(full / 100);
	return test_full() ? full : scaled(full / 250);
}

/* One whole load: as many events as that ring is due. */
static inline void load_test(const struct flavour *flavour, bool processes,
			     size_t capacity, int64_t batch,
			     enum load_start start)
{
	uint32_t producers = flavour_multi(flavour) ? 4 : 1;
	int64_t each = load_total((int64_t)capacity) / producers + 1;
	int64_t total = each * producers;
	struct disruptor_options o =
		*DISRUPTOR_OPTIONS(.capacity = capacity,
				   .first_sequence = load_first(start, total));
	struct load *load = load_new(flavour, o, processes);

	load->producers = producers;
	load->each = each;
	load->batch = batch;
	load_run(load);
	CHECK_EQ(disruptor_published(load->d), o.first_sequence + total);
	if (test_full())
		print_message("  %lld events through %zu, %s\n",
			      (long long)total, capacity, flavour->name);
	load_free(load);
}

#endif
