/* SPDX-License-Identifier: MIT */
/*
 * Consumers that join and leave at random while producers are at it. Within one
 * membership no event is lost and none comes twice; a name goes on exactly
 * where it left; and the producers always get through.
 */
#ifndef TEST_MEMBERSHIP_H
#define TEST_MEMBERSHIP_H

#include <load.h>

#define MEMBERS 4
#define STAY_MAX 300

struct membership {
	struct disruptor_poller *poller;
	int64_t sequence; /* that must come next */
	uint64_t next[LOAD_PRODUCERS];
	bool known[LOAD_PRODUCERS]; /* next holds a number */
	int64_t seen;
};

static inline void member_verify(struct membership *m,
				 const struct load_event *event)
{
	uint64_t p = event->producer;

	CHECK(p < LOAD_PRODUCERS);
	if (!m->known[p]) {
		m->known[p] = true;
		m->next[p] = event->number;
	}
	load_verify(event, m->next);
}

/* Until the stay is over (true) or the stream ends (false). */
static inline bool member_stay(struct membership *m, int64_t stay)
{
	int64_t n, i;

	while (stay > 0) {
		n = disruptor_poll_wait(m->poller, DISRUPTOR_FOREVER);
		if (n < 0) {
			CHECK_EQ(n, -ESHUTDOWN);
			return false;
		}
		if (n > stay)
			n = stay;
		CHECK_EQ(disruptor_poller_sequence(m->poller, 0), m->sequence);
		for (i = 0; i < n; i++)
			member_verify(m, disruptor_poller_event(m->poller, i));
		disruptor_poller_advance(m->poller, n);
		m->sequence += n;
		m->seen += n;
		stay -= n;
	}
	return true;
}

static inline struct disruptor_poller *member_join(struct disruptor *d,
						   const char *name, bool after)
{
	return name == NULL && after ? FOLLOWER(d, NULL, "all") :
				       POLLER(d, name);
}

/* Even ones are anonymous and forget; odd ones have a name and resume. */
static inline void member_run(struct load *load, struct disruptor *d,
			      uint32_t id)
{
	char name[16];
	struct membership m = { 0 };
	uint64_t random = id + 77;
	bool named = id % 2 == 1, goes_on = true;
	int64_t joins;

	snprintf(name, sizeof(name), "member %u", id);
	for (joins = 0; goes_on; joins++) {
		if (!named || joins == 0)
			m = (struct membership){ .sequence = -1 };
		m.poller = member_join(d, named ? name : NULL,
				       test_random(&random) & 1);
		if (m.sequence < 0)
			m.sequence = disruptor_poller_sequence(m.poller, 0);
		if (joins == 0)
			disruptor_fetch_add_u32(&load->ready, 1);
		goes_on = member_stay(
			&m, (int64_t)(test_random(&random) % STAY_MAX));
		disruptor_poller_free(m.poller);
	}
	/* A named one was there from the first event to the last. */
	if (named)
		CHECK_EQ(m.seen, load->producers * load->each);
	disruptor_fetch_add_i64(&load->received, joins);
}

static inline void member_all(struct load *load, struct disruptor *d,
			      uint32_t id)
{
	struct disruptor_poller *poller = POLLER(d, "all");

	(void)id;
	load_consume_all(load, poller, load_mark, 0);
}

/* One that stays, MEMBERS that come and go, and the producers. */
static inline void membership_test(const struct flavour *flavour,
				   bool processes, size_t capacity)
{
	struct load *load = load_new(
		flavour, *DISRUPTOR_OPTIONS(.capacity = capacity), processes);
	struct party all = { .load = load, .run = member_all };
	struct party members[MEMBERS], producers[LOAD_PRODUCERS];
	uint32_t i;

	load->producers = flavour_multi(flavour) ? 3 : 1;
	load->each = scaled(20000);
	load->batch = 4;
	party_start(&all);
	wait_for_u32(&load->ready, 1);
	for (i = 0; i < MEMBERS; i++) {
		members[i] = (struct party){ load, i, member_run, 0, 0 };
		party_start(&members[i]);
	}
	wait_for_u32(&load->ready, 1 + MEMBERS);
	for (i = 0; i < load->producers; i++) {
		producers[i] = (struct party){ load, i, load_produce, 0, 0 };
		party_start(&producers[i]);
	}
	for (i = 0; i < load->producers; i++)
		party_join(&producers[i]);
	CHECK_EQ(disruptor_close(load->d), 0);
	party_join(&all);
	for (i = 0; i < MEMBERS; i++)
		party_join(&members[i]);
	load_free(load);
}

#endif
