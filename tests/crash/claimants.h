/* SPDX-License-Identifier: MIT */
/*
 * A producer with a claim in hand, to which something happens. Either it can
 * still store into the ring, and then its claim is its own; or it cannot, and
 * then the claim becomes gaps.
 */
#ifndef CRASH_CLAIMANTS_H
#define CRASH_CLAIMANTS_H

#include <child.h>

#include <internal.h>

#define CLAIM 2

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	struct disruptor_poller *poller;
	uint32_t there;	  /* it has claimed, and what happens has happened */
	uint32_t publish; /* it is told to */
	pid_t pid;	  /* who holds the claim */
	pid_t child;	  /* of that one, if it has one that matters */
	void (*happens)(struct scene *s);
};

static inline struct scene *scene_new(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));

	s->d = RING(flavour, .capacity = 8, .consumers_max = 8,
		    .producers_max = 8);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	s->poller = POLLER(s->d, NULL);
	return s;
}

static inline void scene_free(struct scene *s)
{
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static inline void scene_publish(struct disruptor_producer *p, int64_t value)
{
	int64_t i;

	for (i = 0; i < CLAIM; i++)
		memcpy(disruptor_producer_event(p, i), &value, sizeof(value));
	disruptor_publish(p);
}

static inline void scene_wait_and_publish(struct scene *s,
					  struct disruptor_producer *p)
{
	wait_for_u32(&s->publish, 1);
	scene_publish(p, 7);
}

static inline void claim_and_let_happen(void *argument)
{
	struct scene *s = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(s->name));

	CHECK_EQ(disruptor_claim_n(p, CLAIM), CLAIM);
	if (s->happens != NULL)
		s->happens(s);
	disruptor_fetch_add_u32(&s->there, 1);
	scene_wait_and_publish(s, p);
	for (;;)
		pause();
}

static inline void scene_start(struct scene *s,
			       void (*happens)(struct scene *s))
{
	s->there = 0;
	s->publish = 0;
	s->happens = happens;
	s->pid = child_start(claim_and_let_happen, s);
	wait_for_u32(&s->there, 1);
}

static inline int64_t scene_recovered(const struct scene *s)
{
	return (int64_t)disruptor_load_acquire_u64(
		&s->d->words->control.recovered);
}

/* Longer than any suspicion lasts, and nothing comes of it. */
static inline void claim_stays(struct scene *s)
{
	int64_t before = scene_recovered(s);

	CHECK_EQ(disruptor_poll_wait(s->poller, 15 * MS), 0);
	disruptor_recover(s->d, disruptor_poller_sequence(s->poller, 0));
	CHECK_EQ(scene_recovered(s), before);
}

/* It publishes late, and that comes. */
static inline void claim_is_published(struct scene *s)
{
	int64_t i;

	claim_stays(s);
	disruptor_store_seq_cst_u32(&s->publish, 1);
	for (i = 0; i < CLAIM; i++) {
		CHECK(disruptor_poll_wait(s->poller, LONG_NS) > 0);
		TAKE(s->poller, 7);
	}
}

/* Nobody publishes it any more, and what comes after it comes. */
static inline void claim_becomes_gaps(struct scene *s)
{
	int64_t before = scene_recovered(s);
	/* A new producer may find the dead first. */
	struct disruptor_producer *p = PRODUCER(s->d);

	PUT(p, 9);
	CHECK(disruptor_poll_wait(s->poller, LONG_NS) > 0);
	CHECK_EQ(scene_recovered(s), before + CLAIM);
	TAKE(s->poller, 9);
	disruptor_producer_free(p);
}

static inline bool claimants_want(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

#endif
