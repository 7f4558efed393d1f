/* SPDX-License-Identifier: MIT */
/* What the scenes have in common: producers, consumers, and what must hold. */
#ifndef EXPLORE_PLAY_H
#define EXPLORE_PLAY_H

#include "scene.h"

#include <disruptor/disruptor.h>

#define PLAY_SEQUENCES 32

/* What is known from above, beside the memory that is explored. */
struct play {
	struct disruptor *ring[SCENE_PARTICIPANTS];
	struct disruptor_producer *producer[SCENE_PARTICIPANTS];
	struct disruptor_poller *poller[SCENE_PARTICIPANTS];
	bool is_producer[SCENE_PARTICIPANTS];
	bool is_consumer[SCENE_PARTICIPANTS];
	int64_t first[SCENE_PARTICIPANTS]; /* where a consumer began */
	uint8_t owner[PLAY_SEQUENCES];	/* who claimed it, from 1 */
	bool publishing[PLAY_SEQUENCES]; /* publish was called … */
	bool published[PLAY_SEQUENCES];	/* … and returned */
	bool abandoned[PLAY_SEQUENCES];
	bool delivered[SCENE_PARTICIPANTS][PLAY_SEQUENCES];
	bool stepped_over[SCENE_PARTICIPANTS][PLAY_SEQUENCES];
	bool closing;	/* what is claimed from now on may become a gap */
	bool closed[SCENE_PARTICIPANTS]; /* saw the end of stream */
	bool may_be_evicted[SCENE_PARTICIPANTS]; /* while it lives */
	bool reads_late; /* an evicted one may read what is overwritten */
};
extern struct play *play;

/* Setup: a private ring for all, or a shared one that each attaches to. */
void play_ring(const struct disruptor_options *options);
void play_shared(const struct disruptor_options *options);
void play_attach(int n);
void play_producer(int n);
void play_consumer(int n, const struct disruptor_poller_options *options);
/* Participant 1 is a consumer, "first", and 2 is one that follows it. */
void play_stages(void);

/* Of participant 0's producer, before all begins. */
void play_publish_in_setup(int64_t count);

/* In a participant. Claims without waiting, in batches of count. */
bool play_claim(int64_t count);
void play_note_claim(int64_t count); /* made elsewhere, and not published */
void play_fill_and_publish(int64_t count);
void play_publish_claimed(int64_t count); /* of a claim made elsewhere */
void play_produce(int batches, int64_t count);
void play_produce_blocking(int batches, int64_t count);
/* What is ready now is read; what poll said. */
int64_t play_look(void);
/* Waits for something to look at; what poll said. */
int64_t play_wait(int64_t timeout_ns);
/* It is advanced over, too. */
int64_t play_take(void);
/* Until all producers have ended and nothing is left, or the end of stream. */
void play_consume(void);
/* What ended it: an error, or the last count. */
int64_t play_consume_blocking(int64_t until);

/* Afterwards: every published event was delivered to whoever lived to the end. */
void play_check(void);
bool play_producers_ended(void);
int64_t play_cursor(void);

/* Who sleeps is woken, with membarrier(2) and where that is refused. */
#define WAIT_SCENE(symbol, scene_name, says, prepare, deviate, deeper, ...)    \
	const struct scene scene_##symbol = {                                  \
		.name = scene_name, .what = says ", with membarrier",          \
		.setup = prepare, .participant = { __VA_ARGS__ },              \
		.check = play_check, .strict = true, \
		.deviations = deviate, .deep_deviations = deeper,              \
	};                                                                     \
	const struct scene scene_##symbol##_fence = {                          \
		.name = scene_name "-fence", .what = says ", with must_fence", \
		.setup = prepare, .participant = { __VA_ARGS__ },              \
		.check = play_check, .strict = true, .no_barrier = true,       \
		.deviations = deviate, .deep_deviations = deeper,              \
	}

#endif
