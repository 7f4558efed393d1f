/* SPDX-License-Identifier: MIT */
/* What those who take part in a storm do until they are killed. */
#ifndef CRASH_ROLES_H
#define CRASH_ROLES_H

#include "storm.h"

/* --- producers --- */

static inline int64_t storm_claim(const struct role *role,
				  struct disruptor_producer *p, int64_t n,
				  uint64_t random)
{
	int64_t claimed =
		random & 1 ?
			disruptor_claim_n_timeout(p, n, STORM_STUCK_NS) :
			disruptor_claim_up_to_timeout(p, n, STORM_STUCK_NS);

	if (claimed > 0)
		return claimed;
	CHECK_EQ(claimed, -ETIMEDOUT);
	storm_stuck(role->storm, "a producer", role->index);
	return 0;
}

/* One claim, with a rest in the middle of it now and then. */
static inline void storm_produce_once(const struct role *role,
				      struct disruptor_producer *p,
				      uint64_t *random)
{
	struct storm *storm = role->storm;
	struct life *life = &storm->book.life[role->index][role->life];
	int64_t n = 1 + (int64_t)(test_random(random) % (uint64_t)storm->batch);
	int64_t began = book_now();

	n = storm_claim(role, p, n, test_random(random) >> 20);
	if (role->index == STORM_SURVIVOR)
		book_waited(&storm->book, book_now() - began);
	if (n == 0)
		return;
	book_claimed(life);
	book_fill_claim(p, role->index, role->life, life->published, n);
	storm_rest(random, 3, 400);
	if (test_random(random) % 64 == 0)
		book_abandon(life, p);
	else
		book_publish(life, p, n);
	storm_rest(random, storm->idle ? 2 : 64, storm->idle ? 1000 : 100);
}

/* A single producer's role may be another's for a while. */
static inline struct disruptor_producer *storm_producer(struct disruptor *d)
{
	struct disruptor_producer *p;

	while ((p = disruptor_producer_new(d)) == NULL) {
		CHECK_EQ(errno, EBUSY);
		usleep(50);
	}
	return p;
}

static inline void storm_produce(void *argument)
{
	const struct role *role = argument;
	struct disruptor *d = ATTACH(role->storm->name);
	struct disruptor_producer *p = storm_producer(d);
	uint64_t random = storm_seed(role);

	while (!storm_is_over(role->storm))
		storm_produce_once(role, p, &random);
	disruptor_free(d);
}

/* --- consumers --- */

static inline void storm_read(struct storm *storm, struct reader *reader,
			      struct disruptor_poller *poller, int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++)
		book_take(&storm->book, reader,
			  disruptor_poller_event(poller, i));
	disruptor_fetch_add_i64(&storm->book.tally.delivered, n);
}

/* Ready events; 0 when the ring is closed, or at the end of all patience. */
static inline int64_t storm_wait(const struct role *role,
				 struct disruptor_poller *poller,
				 const char *who)
{
	int64_t n = disruptor_poll_wait(poller, STORM_STUCK_NS);

	if (n > 0)
		return n;
	if (n == 0)
		storm_stuck(role->storm, who, role->index);
	else
		CHECK_EQ(n, -ESHUTDOWN);
	return 0;
}

static inline void storm_settle(struct storm *storm, struct reader *reader)
{
	uint32_t slot;

	for (slot = 0; slot < BOOK_SLOTS; slot++)
		book_settle(&storm->book, reader, slot, storm->lives[slot]);
}

static inline void storm_witness(void *argument)
{
	const struct role *role = argument;
	struct storm *storm = role->storm;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_poller *poller =
		role->index == 0 ? POLLER(d, "w0") : FOLLOWER(d, "w1", "n0");
	struct reader reader;
	int64_t n, began;

	reader_from_start(&reader, (int32_t)role->index);
	disruptor_fetch_add_u32(&storm->joined[STORM_NAMED + role->index], 1);
	for (began = book_now(); (n = storm_wait(role, poller, "witness")) > 0;
	     began = book_now()) {
		/* From the first kill to the last: else nobody may produce. */
		if (!storm_is_over(storm) && reader.taken > 0)
			book_waited(&storm->book, book_now() - began);
		storm_read(storm, &reader, poller, n);
		disruptor_poller_advance(poller, n);
	}
	storm_settle(storm, &reader);
	disruptor_free(d);
}

/* The last entry whose sequence the place has reached. Gaps come between. */
static inline uint32_t journal_find(struct storm *storm,
				    const struct journal_entry *journal,
				    int64_t sequence)
{
	bool a = journal[0].sequence >= 0 && journal[0].sequence <= sequence;
	bool b = journal[1].sequence >= 0 && journal[1].sequence <= sequence;

	if (!a && !b)
		disruptor_fetch_add_i64(&storm->book.tally.duplicated, 1);
	if (a && b)
		return journal[1].sequence > journal[0].sequence;
	return b;
}

static inline void storm_finish(struct storm *storm,
				struct disruptor_poller *poller,
				const struct journal_entry *last,
				struct journal_entry *next, int64_t n)
{
	disruptor_store_seq_cst_i64(&next->sequence, -1);
	next->reader = last->reader;
	storm_read(storm, &next->reader, poller, n);
	disruptor_store_seq_cst_i64(&next->sequence,
				    disruptor_poller_sequence(poller, 0) + n);
	disruptor_poller_advance(poller, n);
}

static inline void storm_named(void *argument)
{
	const struct role *role = argument;
	struct storm *storm = role->storm;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_poller *poller =
		role->index == 0 ? POLLER(d, "n0") : FOLLOWER(d, "n1", "w0");
	struct journal_entry *journal = storm->journal[role->index];
	uint32_t last = journal_find(storm, journal,
				     disruptor_poller_sequence(poller, 0));
	uint64_t random = storm_seed(role);
	int64_t n;

	disruptor_fetch_add_u32(&storm->joined[role->index], 1);
	while ((n = storm_wait(role, poller, "named consumer")) > 0) {
		storm_rest(&random, 16, 200);
		storm_finish(storm, poller, &journal[last], &journal[!last], n);
		last = !last;
	}
	storm_settle(storm, &journal[last].reader);
	disruptor_free(d);
}

static inline void storm_anonymous(void *argument)
{
	const struct role *role = argument;
	struct disruptor *d = ATTACH(role->storm->name);
	struct disruptor_poller *poller =
		role->index == 0 ? POLLER(d, NULL) : FOLLOWER(d, NULL, "n1");
	struct reader reader = { .row = -1 };
	uint64_t random = storm_seed(role);
	int64_t n;

	while ((n = storm_wait(role, poller, "anonymous consumer")) > 0) {
		storm_rest(&random, 16, 200);
		storm_read(role->storm, &reader, poller, n);
		disruptor_poller_advance(poller, n);
	}
	disruptor_free(d);
}

/* --- who comes and goes --- */

static inline void storm_visit(struct storm *storm, uint64_t random)
{
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_poller *poller = random & 1 ? POLLER(d, NULL) :
						       FOLLOWER(d, NULL, "w0");
	struct disruptor_producer *p = storm->multi ? PRODUCER(d) :
						      disruptor_producer_new(d);

	CHECK(p != NULL || errno == EBUSY);
	if (random & 2)
		disruptor_poller_advance(poller, disruptor_poll(poller));
	if (p != NULL && disruptor_try_claim(p) != NULL)
		disruptor_abandon(p);
	if (random & 4) {
		disruptor_poller_free(poller);
		disruptor_producer_free(p);
	}
	disruptor_free(d);
}

static inline void storm_attach(void *argument)
{
	const struct role *role = argument;
	uint64_t random = storm_seed(role);

	while (!storm_is_over(role->storm)) {
		storm_visit(role->storm, test_random(&random) >> 20);
		storm_rest(&random, 2, 200);
	}
}

static inline void storm_create(void *argument)
{
	const struct role *role = argument;
	const char *other = role->storm->other;

	while (!storm_is_over(role->storm)) {
		disruptor_free(disruptor_create_shared(
			other,
			DISRUPTOR_OPTIONS(.event_size = 24, .capacity = 16)));
		disruptor_free(disruptor_attach(other, 24));
		CHECK_EQ(disruptor_unlink(other), 0);
		usleep(20);
	}
}

static void (*const role_lives[ROLE_KINDS])(void *) TEST_UNUSED = {
	storm_produce, storm_named, storm_anonymous, storm_attach, storm_create
};

#endif
