/* SPDX-License-Identifier: MIT */
/* event_processor.h, event_handler.h: handlers, in the order of their graph. */
#include <ring.h>

#define STAGES 4
#define EVENTS 64

/* What each stage saw; a stage writes its own part only. */
struct log {
	int64_t count;
	int64_t first; /* sequence */
	int64_t sum;
	int64_t ends; /* calls at the end of a batch */
	bool ended;   /* the last call was one of those */
	bool ordered;
};

struct stage {
	struct log log;
	int64_t *marks;	  /* by sequence: how far it has come */
	int64_t from, to; /* marks seen, mark left; 0: leave it */
};

static void handle(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	struct stage *s = context;
	int64_t value;

	memcpy(&value, event, sizeof(value));
	if (s->log.count == 0) {
		s->log.first = sequence;
		s->log.ordered = true;
	}
	s->log.ordered &= sequence == s->log.first + s->log.count;
	s->log.count++;
	s->log.sum += value;
	s->log.ends += end_of_batch;
	s->log.ended = end_of_batch;
	if (s->marks == NULL)
		return;
	s->log.ordered &= s->marks[sequence] == s->from;
	if (s->to != 0)
		s->marks[sequence] = s->to;
}

static void check_log(const struct stage *s, int64_t first, int64_t count,
		      int64_t sum)
{
	CHECK_EQ(s->log.count, count);
	CHECK_EQ(s->log.first, first);
	CHECK_EQ(s->log.sum, sum);
	CHECK(s->log.ordered);
	CHECK(s->log.ended);
	CHECK(s->log.ends >= 1);
	CHECK(s->log.ends <= count);
}

static void publish_some(struct disruptor *d, int64_t n)
{
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i, *event;

	for (i = 1; i <= n; i++) {
		event = disruptor_claim_timeout(p, LONG_NS);
		CHECK(event != NULL);
		memcpy(event, &i, sizeof(i));
		disruptor_publish(p);
	}
	disruptor_producer_free(p);
}

static void one_handler(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct stage s = { 0 };

	CHECK(disruptor_handle_events_with(d, handle, &s) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(d, EVENTS);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_log(&s, 0, EVENTS, EVENTS * (EVENTS + 1) / 2);
	disruptor_free(d);
}

/* A processor is a consumer from the moment it is named. */
static void published_before_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct stage s = { 0 };

	PUT(p, 1000);
	CHECK(disruptor_handle_events_with(d, handle, &s) != NULL);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_many(p, 1, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_log(&s, 1, 8, 36);
	CHECK_EQ(s.log.ends, 1);
	disruptor_free(d);
}

static void side_by_side(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct stage s[STAGES] = { { .marks = NULL } };
	int i;

	for (i = 0; i < STAGES; i++)
		CHECK(disruptor_handle_events_with(d, handle, &s[i]) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(d, EVENTS);
	disruptor_free(d);
	/* A private ring drains when it is freed; a shared one goes on. */
	for (i = 0; i < STAGES && !flavour->shared; i++)
		check_log(&s[i], 0, EVENTS, EVENTS * (EVENTS + 1) / 2);
}

static void one_after_the_other(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	int64_t marks[EVENTS] = { 0 };
	struct disruptor_processor *last = NULL;
	struct stage s[STAGES] = { { .marks = NULL } };
	int i;

	for (i = 0; i < STAGES; i++) {
		s[i].marks = marks;
		s[i].from = i;
		s[i].to = i + 1;
		last = i == 0 ?
			       disruptor_handle_events_with(d, handle, &s[0]) :
			       disruptor_handle_events_after(
				       d, DISRUPTOR_AFTER(last), handle, &s[i]);
		CHECK(last != NULL);
	}
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(d, EVENTS);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	for (i = 0; i < STAGES; i++)
		check_log(&s[i], 0, EVENTS, EVENTS * (EVENTS + 1) / 2);
	disruptor_free(d);
}

struct side {
	struct stage stage;
	int64_t seen[EVENTS];
};

static void handle_side(void *context, void *event, int64_t sequence,
			bool end_of_batch)
{
	struct side *side = context;

	handle(&side->stage, event, sequence, end_of_batch);
	side->seen[sequence] = sequence + 1;
}

struct join {
	struct stage stage;
	const struct side *left, *right;
	bool both;
};

static void handle_join(void *context, void *event, int64_t sequence,
			bool end_of_batch)
{
	struct join *join = context;

	handle(&join->stage, event, sequence, end_of_batch);
	join->both &= join->left->seen[sequence] == sequence + 1 &&
		      join->right->seen[sequence] == sequence + 1;
}

static void diamond(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct side left = { .stage.log.count = 0 };
	struct side right = { .stage.log.count = 0 };
	struct join join = { .left = &left, .right = &right, .both = true };
	struct disruptor_processor *a, *b;

	a = disruptor_handle_events_with(d, handle_side, &left);
	b = disruptor_handle_events_with(d, handle_side, &right);
	CHECK(disruptor_handle_events_after(d, DISRUPTOR_AFTER(a, b),
					    handle_join, &join) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	publish_some(d, EVENTS);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_log(&join.stage, 0, EVENTS, EVENTS * (EVENTS + 1) / 2);
	CHECK(join.both);
	disruptor_free(d);
}

struct batches {
	int64_t count, calls, next;
	bool right;
};

static void handle_batch(void *context, const struct disruptor_batch *batch)
{
	struct batches *b = context;
	int64_t i, value;

	b->right &= batch->count >= 1 && batch->first >= b->next;
	for (i = 0; i < batch->count; i++) {
		memcpy(&value, disruptor_batch_event(batch, i), sizeof(value));
		b->right &= value == batch->first + i;
	}
	b->next = batch->first + batch->count;
	b->count += batch->count;
	b->calls++;
}

/* A batch has no gap in it, and its sequences are its own. */
static void batch_handlers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct batches first = { .right = true }, second = { .right = true };
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_processor *a;
	int64_t gaps = flavour_multi(flavour) ? 2 : 0;

	a = disruptor_handle_batches_with(d, handle_batch, &first);
	CHECK(disruptor_handle_batches_after(d, DISRUPTOR_AFTER(a),
					     handle_batch, &second) != NULL);
	put_many(p, 0, 3);
	if (gaps > 0) {
		CHECK_EQ(disruptor_claim_n(p, gaps), gaps);
		disruptor_abandon(p);
	}
	put_many(p, 3 + gaps, 4);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK(first.right);
	CHECK(second.right);
	CHECK_EQ(first.count, 7);
	CHECK_EQ(second.count, 7);
	CHECK_EQ(first.calls, gaps > 0 ? 2 : 1);
	disruptor_free(d);
}

/* Handlers and pollers share a ring. */
static void beside_a_poller(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	struct stage s = { 0 };

	CHECK(disruptor_handle_events_with(d, handle, &s) != NULL);
	CHECK_EQ(disruptor_start(d), 0);
	put_many(p, 1, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(poller, 1, 8);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	check_log(&s, 0, 8, 36);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(one_handler), TEST_EACH(published_before_start),
	  TEST_EACH(side_by_side), TEST_EACH(one_after_the_other),
	  TEST_EACH(diamond), TEST_EACH(batch_handlers),
	  TEST_EACH(beside_a_poller));
