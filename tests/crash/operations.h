/* SPDX-License-Identifier: MIT */
/* What a victim is in the middle of: every public operation on a ring. */
#ifndef CRASH_OPERATIONS_H
#define CRASH_OPERATIONS_H

#include "scene.h"

struct victim {
	struct scene *s;
	uint32_t slot; /* in the book, as a producer */
	struct disruptor *d;
	struct disruptor_producer *p;
	struct disruptor_poller *c;
	struct reader reader;
};

/* Who steps does so through all of a wait. */
#define SOON (MS / 5)

#define IN(state) (1u << (state))
#define IN_ANY (IN(SCENE_STATES) - 1)

struct operation {
	const char *name;
	unsigned int states; /* that it is tried in */
	bool multi;	     /* only in multi producer rings */
	bool detached;	     /* does not begin with a ring that is mapped */
	void (*prepare)(struct victim *v);
	void (*run)(struct victim *v);
};

static inline struct life *victim_life(struct victim *v)
{
	return &v->s->book.life[v->slot][0];
}

/* --- producing --- */

static inline void prepare_producer(struct victim *v)
{
	v->p = PRODUCER(v->d);
}

static inline void publish_claimed(struct victim *v, int64_t n)
{
	struct life *life = victim_life(v);

	if (n <= 0)
		return;
	book_claimed(life);
	book_fill_claim(v->p, v->slot, 0, life->published, n);
	book_publish(life, v->p, n);
}

static inline void run_publish(struct victim *v)
{
	publish_claimed(v, disruptor_try_claim_n(v->p, 1));
}

static inline void run_publish_batch(struct victim *v)
{
	publish_claimed(v, disruptor_try_claim_n(v->p, 3));
}

static inline void run_publish_up_to(struct victim *v)
{
	publish_claimed(v, disruptor_claim_up_to_timeout(v->p, 3, SOON));
}

static inline void run_abandon(struct victim *v)
{
	if (disruptor_try_claim_n(v->p, 2) != 2)
		return;
	book_claimed(victim_life(v));
	book_fill_claim(v->p, v->slot, 0, victim_life(v)->published, 2);
	book_abandon(victim_life(v), v->p);
}

static inline void run_producer_new(struct victim *v)
{
	v->p = disruptor_producer_new(v->d);
}

static inline void prepare_claim(struct victim *v)
{
	prepare_producer(v);
	if (disruptor_try_claim(v->p) == NULL)
		return;
	book_claimed(victim_life(v));
	book_fill_claim(v->p, v->slot, 0, 0, 1);
}

static inline void run_producer_free(struct victim *v)
{
	disruptor_producer_free(v->p);
	v->p = NULL;
}

/* --- consuming --- */

/* From the oldest event on, so that there is something to consume. */
static inline void join_oldest(struct victim *v, const char *name)
{
	v->c = disruptor_poller_new_opts(
		v->d, DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST,
					       .name = name));
	CHECK(v->c != NULL);
}

static inline void prepare_consumer(struct victim *v)
{
	join_oldest(v, NULL);
}

static inline void prepare_named(struct victim *v)
{
	join_oldest(v, "n");
}

static inline void consume_some(struct victim *v, int64_t n, bool has_place)
{
	int64_t ready = disruptor_poll(v->c), i, first;

	if (ready < n)
		n = ready;
	if (n <= 0)
		return;
	for (i = 0; i < n; i++)
		book_take(&v->s->book, &v->reader,
			  disruptor_poller_event(v->c, i));
	/* Gaps before the first one are passed by the poll. */
	first = disruptor_poller_sequence(v->c, 0);
	if (has_place)
		disruptor_store_seq_cst_i64(&v->s->place_begun, first + n);
	disruptor_poller_advance(v->c, n);
	if (has_place)
		disruptor_store_seq_cst_i64(&v->s->place_finished, first + n);
}

static inline void run_consume(struct victim *v)
{
	consume_some(v, 1, false);
}

static inline void run_consume_batch(struct victim *v)
{
	consume_some(v, 3, true);
}

static inline void run_poll_wait(struct victim *v)
{
	disruptor_poll_wait(v->c, SOON);
}

static inline void run_join(struct victim *v)
{
	v->c = disruptor_poller_new(v->d, NULL);
}

static inline void run_join_named(struct victim *v)
{
	v->c = disruptor_poller_new(v->d, "n");
}

static inline void run_follow(struct victim *v)
{
	v->c = disruptor_poller_new_after(v->d, NULL,
					  DISRUPTOR_AFTER_NAMES("w"));
}

static inline void prepare_place(struct victim *v)
{
	prepare_named(v);
	disruptor_poller_free(v->c);
	v->c = NULL;
}

static inline void run_leave(struct victim *v)
{
	disruptor_poller_free(v->c);
	v->c = NULL;
}

static inline void run_remove(struct victim *v)
{
	disruptor_remove_consumer(v->d, "n");
}

/* --- looking after the dead --- */

static inline void run_recover(struct victim *v)
{
	disruptor_recover(v->d, v->d->header.first_sequence);
}

static inline void run_evict(struct victim *v)
{
	uint32_t i;

	for (i = 0; i < SCENE_CONSUMERS; i++)
		disruptor_consumer_evict_if_dead(v->d, i);
}

/* --- the ring itself --- */

static inline const struct disruptor_options *other_options(void)
{
	static const struct disruptor_options options = { .size = sizeof(
								  options),
							  .event_size = 24,
							  .capacity = 4,
							  .consumers_max = 2 };

	return &options;
}

static inline void run_create(struct victim *v)
{
	v->d = disruptor_create_shared(v->s->other, other_options());
}

static inline void prepare_other(struct victim *v)
{
	disruptor_free(disruptor_create_shared(v->s->other, other_options()));
}

static inline void run_unlink(struct victim *v)
{
	disruptor_unlink(v->s->other);
}

static inline void run_attach(struct victim *v)
{
	v->d = disruptor_attach(v->s->name, sizeof(struct book_event));
}

static inline void run_close(struct victim *v)
{
	disruptor_close(v->d);
}

static inline void prepare_everything(struct victim *v)
{
	prepare_claim(v);
	prepare_consumer(v);
}

static inline void run_free(struct victim *v)
{
	disruptor_free(v->d);
	v->d = NULL;
	v->p = NULL;
	v->c = NULL;
}

static const struct operation operations[] TEST_UNUSED = {
	{ "publish", IN_ANY, false, false, prepare_producer, run_publish },
	{ "publish batch", IN_ANY, false, false, prepare_producer,
	  run_publish_batch },
	{ "publish up to", IN_ANY & ~IN(FULL), false, false, prepare_producer,
	  run_publish_up_to },
	{ "abandon", IN_ANY, false, false, prepare_producer, run_abandon },
	{ "producer new", IN_ANY, false, false, NULL, run_producer_new },
	{ "producer free", IN_ANY, false, false, prepare_claim,
	  run_producer_free },
	{ "consume", IN_ANY, false, false, prepare_consumer, run_consume },
	{ "consume batch", IN_ANY, false, false, prepare_named,
	  run_consume_batch },
	{ "poll wait", IN(FULL) | IN(EMPTY), false, false, prepare_consumer,
	  run_poll_wait },
	{ "join", IN_ANY, false, false, NULL, run_join },
	{ "join named", IN_ANY, false, false, NULL, run_join_named },
	{ "follow", IN_ANY, false, false, NULL, run_follow },
	{ "resume", IN_ANY, false, false, prepare_place, run_join_named },
	{ "leave", IN_ANY, false, false, prepare_consumer, run_leave },
	{ "leave a place", IN(EMPTY) | IN(FULL), false, false, prepare_named,
	  run_leave },
	{ "remove", IN_ANY, false, false, prepare_place, run_remove },
	{ "recover", IN(CLAIMED) | IN(EMPTY), true, false, NULL, run_recover },
	{ "evict", IN(GRAVE) | IN(EMPTY), false, false, NULL, run_evict },
	{ "close", IN_ANY, false, false, NULL, run_close },
	{ "free", IN_ANY, false, false, prepare_everything, run_free },
	{ "create", IN(EMPTY), false, true, NULL, run_create },
	{ "unlink", IN(EMPTY), false, true, prepare_other, run_unlink },
	{ "attach", IN(EMPTY), false, true, NULL, run_attach },
};

#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static inline const struct operation *operation_named(const char *name)
{
	size_t i;

	for (i = 0; i < OPERATIONS; i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	fprintf(stderr, "no operation %s\n", name);
	abort();
}

#endif
