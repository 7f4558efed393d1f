/* SPDX-License-Identifier: MIT */
/*
 * The end of stream against claims that are just being made: what was published
 * comes, what was abandoned is a gap, and the end comes after both.
 */
#include <load.h>

#define PRODUCERS 3

struct sender {
	struct disruptor_producer *p;
	uint32_t id;
	int64_t published;
	int64_t abandoned;
};

static void *send_until_closed(void *argument)
{
	struct sender *s = argument;
	uint64_t random = s->id + 1;
	int64_t n, i;

	for (;;) {
		n = 1 + (int64_t)(test_random(&random) % 3);
		n = disruptor_claim_n(s->p, n);
		if (n < 0)
			break;
		if (test_random(&random) % 8 == 0) {
			disruptor_abandon(s->p);
			s->abandoned += n;
			continue;
		}
		for (i = 0; i < n; i++)
			load_fill(disruptor_producer_event(s->p, i), s->id,
				  (uint64_t)(s->published + i));
		disruptor_publish(s->p);
		s->published += n;
	}
	CHECK_EQ(n, -ESHUTDOWN);
	return NULL;
}

struct receiver {
	struct disruptor_poller *poller;
	uint64_t next[LOAD_PRODUCERS];
};

static void *receive_until_closed(void *argument)
{
	struct receiver *r = argument;
	int64_t n, i;

	while ((n = disruptor_poll_wait(r->poller, DISRUPTOR_FOREVER)) > 0) {
		for (i = 0; i < n; i++)
			load_verify(disruptor_poller_event(r->poller, i),
				    r->next);
		disruptor_poller_advance(r->poller, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	return NULL;
}

static void judge(struct disruptor *d, const struct sender *senders,
		  const struct receiver *receivers)
{
	int64_t published = 0, abandoned = 0;
	int i;

	for (i = 0; i < PRODUCERS; i++) {
		CHECK_EQ(receivers[0].next[i], senders[i].published);
		CHECK_EQ(receivers[1].next[i], senders[i].published);
		published += senders[i].published;
		abandoned += senders[i].abandoned;
	}
	/* A claim that met the close is a gap, too, that nobody counts. */
	CHECK(disruptor_published(d) >= published + abandoned);
	CHECK(disruptor_published(d) <= published + abandoned + 3 * PRODUCERS);
}

static void one_round(const struct flavour *flavour, uint64_t *random)
{
	struct disruptor *d = RING(flavour, .capacity = 8,
				   .event_size = sizeof(struct load_event));
	struct receiver receivers[2] = { { POLLER(d, "first"), { 0 } },
					 { FOLLOWER(d, NULL, "first"),
					   { 0 } } };
	struct sender senders[PRODUCERS];
	pthread_t threads[PRODUCERS + 2];
	uint32_t i;

	for (i = 0; i < 2; i++)
		threads[i] = thread_start(receive_until_closed, &receivers[i]);
	for (i = 0; i < PRODUCERS; i++) {
		senders[i] = (struct sender){ .p = PRODUCER(d), .id = i };
		threads[2 + i] = thread_start(send_until_closed, &senders[i]);
	}
	usleep((useconds_t)(test_random(random) % 2000));
	CHECK_EQ(disruptor_close(d), 0);
	for (i = 0; i < PRODUCERS + 2; i++)
		thread_join(threads[i]);
	judge(d, senders, receivers);
	disruptor_free(d);
}

static void close_against_claims(const struct flavour *flavour)
{
	uint64_t random = 31;
	int64_t i;

	for (i = 0; i < scaled(200); i++)
		one_round(flavour, &random);
}

TEST_MAIN(TEST_MULTI(close_against_claims));
