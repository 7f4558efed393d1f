/* SPDX-License-Identifier: MIT */
/*
 * The parties of a storm of kills: producers that note what they do around the
 * calls that may be their last, witnesses that hold all events against the
 * notes, and victims that only look while they live.
 */
#ifndef TEST_STORM_H
#define TEST_STORM_H

#include <load.h>

#define SLOTS 4	   /* producers at one time */
#define LIVES 1000 /* of one slot, at most */
#define WITNESSES 3
#define VICTIMS 2 /* consumers that are killed too */
#define BATCH 4

/* What a producer says of itself, around the calls that may be its last. */
struct life {
	int64_t begun;	   /* numbers that it may have published */
	int64_t published; /* that it certainly has */
};

struct storm {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t ready;
	uint32_t stop;
	uint32_t lives[SLOTS];
	struct life life[SLOTS][LIVES];
	int64_t delivered[WITNESSES][SLOTS][LIVES];
	int64_t received[WITNESSES];
};

struct role {
	struct storm *storm;
	uint32_t slot;
	uint32_t life;
};

struct storm_event {
	uint32_t slot, life;
	int64_t number;
	uint64_t check;
};

static inline uint64_t storm_check(const struct storm_event *event)
{
	return load_check((uint64_t)event->slot << 32 | event->life,
			  (uint64_t)event->number);
}

/* --- producers --- */

static inline void storm_fill(struct disruptor_producer *p,
			      const struct role *role, int64_t number,
			      int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++) {
		struct storm_event *event = disruptor_producer_event(p, i);

		event->slot = role->slot;
		event->life = role->life;
		event->number = number + i;
		event->check = storm_check(event);
	}
}

static inline void storm_produce(void *argument)
{
	const struct role *role = argument;
	struct storm *storm = role->storm;
	struct life *life = &storm->life[role->slot][role->life];
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_producer *p = PRODUCER(d);
	uint64_t random = role->slot * 1000 + role->life + 1;
	int64_t number = 0, n;

	while (disruptor_load_acquire_u32(&storm->stop) == 0) {
		n = 1 + (int64_t)(test_random(&random) % BATCH);
		CHECK_EQ(disruptor_claim_n(p, n), n);
		storm_fill(p, role, number, n);
		if (test_random(&random) % 32 == 0)
			usleep(100);
		if (test_random(&random) % 64 == 0) {
			disruptor_abandon(p);
			continue;
		}
		disruptor_store_seq_cst_i64(&life->begun, number + n);
		disruptor_publish(p);
		number += n;
		disruptor_store_seq_cst_i64(&life->published, number);
	}
	disruptor_free(d);
}

/* --- consumers that live --- */

struct place {
	uint32_t life;
	int64_t next;
};

/* All that a life that is over has published must have come, and no more. */
static inline void storm_settle(struct storm *storm, uint32_t witness,
				uint32_t slot, struct place *place,
				uint32_t until)
{
	while (place->life < until) {
		const struct life *life = &storm->life[slot][place->life];

		CHECK(place->next >= life->published);
		CHECK(place->next <= life->begun);
		storm->delivered[witness][slot][place->life] = place->next;
		place->life++;
		place->next = 0;
	}
}

static inline void storm_take(struct storm *storm, uint32_t witness,
			      const struct storm_event *event,
			      struct place *places)
{
	CHECK(event->slot < SLOTS);
	CHECK(event->life < LIVES);
	CHECK_EQ(event->check, storm_check(event));
	CHECK(event->life >= places[event->slot].life);
	storm_settle(storm, witness, event->slot, &places[event->slot],
		     event->life);
	CHECK_EQ(event->number, places[event->slot].next);
	places[event->slot].next++;
}

static inline struct disruptor_poller *storm_poller(struct disruptor *d,
						    uint32_t witness)
{
	if (witness == 0)
		return POLLER(d, "a");
	return witness == 1 ? POLLER(d, "b") : FOLLOWER(d, "c", "a", "b");
}

static inline void storm_witness(void *argument)
{
	const struct role *role = argument;
	struct storm *storm = role->storm;
	struct disruptor *d = ATTACH(storm->name);
	struct disruptor_poller *poller = storm_poller(d, role->slot);
	struct place places[SLOTS] = { { 0, 0 } };
	int64_t n, i;
	uint32_t slot;

	disruptor_fetch_add_u32(&storm->ready, 1);
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		for (i = 0; i < n; i++)
			storm_take(storm, role->slot,
				   disruptor_poller_event(poller, i), places);
		storm->received[role->slot] += n;
		disruptor_poller_advance(poller, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	for (slot = 0; slot < SLOTS; slot++)
		storm_settle(storm, role->slot, slot, &places[slot],
			     storm->lives[slot]);
	disruptor_free(d);
}

/* --- consumers that are killed: whole events, in order, while they last --- */

static inline void storm_victim(void *argument)
{
	const struct role *role = argument;
	struct disruptor *d = ATTACH(role->storm->name);
	struct disruptor_poller *poller =
		role->slot == 0 ? POLLER(d, NULL) : FOLLOWER(d, NULL, "a");
	int64_t n, i, last = -1;

	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		for (i = 0; i < n; i++) {
			const struct storm_event *event =
				disruptor_poller_event(poller, i);

			CHECK_EQ(event->check, storm_check(event));
			CHECK(disruptor_poller_sequence(poller, i) > last);
			last = disruptor_poller_sequence(poller, i);
		}
		disruptor_poller_advance(poller, n);
	}
	disruptor_free(d);
}

#endif
