/* SPDX-License-Identifier: MIT */
/*
 * A small ring and its survivors, who are all in one process: that of the
 * judge. They go on when others are killed or stopped: they pump events through
 * the ring.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include "books.h"
#include "schedule.h"

#include <internal.h>

#define SCENE_CAPACITY 4
#define SCENE_PRODUCERS 4
#define SCENE_CONSUMERS 6
/* How long anybody may wait for anything. */
#define SCENE_STUCK_NS (test_environment("DISRUPTOR_TEST_PATIENCE", 20000) * MS)
#define SCENE_PUMPED (2 * SCENE_CAPACITY + 1)

/* Slots of the book. */
enum { SURVIVOR, VICTIM, RIVAL, CORPSE };

enum scene_state {
	EMPTY,
	LAP_EDGE, /* a batch wraps */
	FULL,	  /* nothing was consumed yet */
	ASLEEP,	  /* a consumer sleeps */
	CLAIMED,  /* by a producer that died */
	GRAVE,	  /* of an anonymous consumer */
	SCENE_STATES
};

static const char *const scene_states[] TEST_UNUSED = { "empty",   "lap edge",
							"full",	   "asleep",
							"claimed", "grave" };

/* What the processes of a scene share. */
struct scene {
	struct book book;
	struct step step[2]; /* of the victim, of the rival */
	char name[RING_NAME_SIZE];
	char other[RING_NAME_SIZE]; /* a second ring, that comes or goes */
	uint32_t ready;
	/* What the victim says of its place "n", before and after it moves. */
	int64_t place_begun;
	int64_t place_finished;
};

struct survivor {
	struct disruptor_poller *poller;
	struct reader reader;
};

#define SURVIVORS 4

/* The judge's own. */
struct world {
	const struct flavour *flavour;
	enum scene_state state;
	struct scene *s;
	struct disruptor *d;
	struct disruptor_producer *p;
	struct survivor survivors[SURVIVORS];
	int count;
	struct region region;
	pid_t sleeper;
	uint64_t graves[SCENE_CONSUMERS]; /* of the dead: their status */
	bool closed;
	bool other;  /* a second ring may be there */
	bool failed; /* stuck: no more waiting */
};

static struct tally scene_sum;

/* Then the rest would only take its time to fail, too. */
static inline bool scene_has_failed(void)
{
	return !tally_is_clean(&scene_sum);
}

static inline bool world_multi(const struct world *w)
{
	return flavour_multi(w->flavour);
}

static inline struct survivor *world_adopt(struct world *w,
					   struct disruptor_poller *poller)
{
	struct survivor *survivor = &w->survivors[w->count++];

	CHECK(w->count <= SURVIVORS && poller != NULL);
	*survivor = (struct survivor){ poller, { .row = -1 } };
	return survivor;
}

/* --- what the survivors do --- */

/* A single producer's role may have been the victim's until now. */
static inline bool world_has_producer(struct world *w)
{
	if (w->p == NULL)
		w->p = disruptor_producer_new(w->d);
	if (w->p == NULL)
		CHECK(errno == EBUSY || errno == ESHUTDOWN);
	return w->p != NULL;
}

static inline void world_recover(struct world *w)
{
	disruptor_recover(w->d,
			  disruptor_poller_sequence(w->survivors[0].poller, 0));
}

/* Its claim is alive while the others look after the dead. */
static inline bool world_put(struct world *w)
{
	struct life *life = &w->s->book.life[SURVIVOR][0];

	if (!world_has_producer(w))
		return false;
	if (disruptor_try_claim(w->p) == NULL) {
		if (errno != EAGAIN)
			CHECK_EQ(errno, ESHUTDOWN);
		return false;
	}
	book_fill_claim(w->p, SURVIVOR, 0, life->published, 1);
	world_recover(w);
	book_publish(life, w->p, 1);
	return true;
}

static inline bool world_take(struct world *w, struct survivor *survivor)
{
	int64_t n = disruptor_poll(survivor->poller), i;

	if (n == -ESHUTDOWN)
		return false;
	CHECK(n >= 0);
	for (i = 0; i < n; i++)
		book_take(&w->s->book, &survivor->reader,
			  disruptor_poller_event(survivor->poller, i));
	disruptor_poller_advance(survivor->poller, n);
	return n > 0;
}

static inline bool world_take_all(struct world *w)
{
	bool moved = false;
	int i;

	for (i = 0; i < w->count; i++)
		moved |= world_take(w, &w->survivors[i]);
	return moved;
}

static inline bool world_is_drained(const struct world *w)
{
	int64_t end = disruptor_claimed(w->d);
	int i;

	for (i = 0; i < w->count; i++)
		if (disruptor_poller_sequence(w->survivors[i].poller, 0) < end)
			return false;
	return true;
}

static inline void world_stuck(struct world *w, const char *where)
{
	if (w->failed)
		return;
	w->failed = true;
	w->s->book.tally.stuck++;
	fprintf(stderr, "stuck: %s (%s)\n", where,
		test_where != NULL ? test_where : "-");
}

/*
 * n more events of the survivors, and all that was claimed, come out. Waits no
 * longer than any reasonable machine needs.
 */
static inline void world_pump(struct world *w, int64_t n)
{
	int64_t start = book_now(), moved = start, now;

	while (!w->failed && (n > 0 || !world_is_drained(w))) {
		bool progress = n > 0 && world_put(w);

		if (progress)
			n--;
		else if (w->closed)
			n = 0;
		progress |= world_take_all(w);
		now = book_now();
		if (progress) {
			book_waited(&w->s->book, now - moved);
			moved = now;
		} else if (now - moved > SCENE_STUCK_NS) {
			world_stuck(w, "survivors");
		}
	}
}

/* As far as it goes, as somebody may be in the way; then the ring is full. */
static inline void world_push(struct world *w)
{
	int idle, puts = 0;

	for (idle = 0; idle < 2; idle++) {
		if (world_take_all(w))
			idle = -1;
		if (puts < SCENE_PUMPED && world_put(w)) {
			puts++;
			idle = -1;
		}
	}
	for (puts = 0; puts < SCENE_CAPACITY && world_put(w); puts++)
		;
}

#endif
