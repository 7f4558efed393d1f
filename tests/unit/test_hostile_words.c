/* SPDX-License-Identifier: MIT */
/* A peer that writes nonsense into the region: errors, never a crash. */
#include <region.h>

#define STEPS 40

/* Events, or one of the errors that are written down; never out of bounds. */
static void check_count(int64_t n, int64_t capacity)
{
	CHECK(n <= capacity);
	CHECK(n >= 0 || n == -EUCLEAN || n == -ESTALE || n == -ESHUTDOWN);
}

static void check_claim(int64_t n)
{
	CHECK(n == 1 || n == -EAGAIN || n == -ESHUTDOWN || n == -EOVERFLOW ||
	      n == -EUCLEAN || n == -ETIMEDOUT);
}

static void use_poller(struct disruptor_poller *poller, size_t size)
{
	int64_t n, i;

	if (poller == NULL)
		return;
	n = disruptor_poll(poller);
	check_count(n, 8);
	for (i = 0; i < n; i++)
		memset(disruptor_poller_event(poller, i), 1, size);
	disruptor_poller_advance(poller, n);
	check_count(disruptor_poll_wait(poller, 1), 8);
}

static void use_producer(struct disruptor_producer *p, size_t size)
{
	int64_t n;

	if (p == NULL)
		return;
	n = disruptor_try_claim_n(p, 1);
	check_claim(n);
	if (n == 1)
		memset(disruptor_producer_event(p, 0), 2, size);
	disruptor_publish(p);
	n = disruptor_claim_n_timeout(p, 1, 1);
	check_claim(n);
	disruptor_abandon(p);
}

struct session {
	struct disruptor *d;
	struct disruptor_producer *p;
	struct disruptor_poller *root, *next;
	struct region r;
};

static struct session open_session(const struct flavour *flavour)
{
	struct session s;

	s.d = RING(flavour, .event_size = 24, .consumers_max = 4,
		   .producers_max = 4);
	s.p = PRODUCER(s.d);
	s.root = POLLER(s.d, "root");
	s.next = FOLLOWER(s.d, NULL, "root");
	s.r = region_open(ring_name());
	return s;
}

static void close_session(struct session *s)
{
	region_close(&s->r);
	disruptor_free(s->d);
}

static void use_all(struct session *s)
{
	int i;

	for (i = 0; i < 3; i++) {
		use_producer(s->p, 24);
		use_poller(s->root, 24);
		use_poller(s->next, 24);
	}
	CHECK(disruptor_consumer_count(s->d) <= 4);
	disruptor_published(s->d);
	disruptor_inspect_free(disruptor_inspect(ring_name()));
	CHECK(disruptor_check(ring_name(), NULL, NULL) >= 0);
}

static uint64_t wild(uint64_t *random)
{
	static const uint64_t some[] = { 0,	     1,
					 7,	     8,
					 9,	     UINT32_MAX,
					 INT64_MAX,  UINT64_C(1) << 63,
					 UINT64_MAX, UINT64_C(1) << 62 };
	uint64_t x = test_random(random);

	return x % 4 == 0 ? test_random(random) :
			    some[(x >> 8) % (sizeof(some) / sizeof(some[0]))];
}

/* Any 8 bytes behind the header, while the handles are in use. */
static void while_in_use(const struct flavour *flavour)
{
	uint64_t random = 7, lap;

	for (lap = 0; lap < (uint64_t)scaled(200); lap++) {
		struct session s = open_session(flavour);
		uint64_t words = (s.r.size - DISRUPTOR_PAGE) / 8, i;

		use_all(&s);
		for (i = 0; i < STEPS; i++) {
			uint64_t at = test_random(&random) % words;
			uint64_t value = wild(&random);

			memcpy(s.r.bytes + DISRUPTOR_PAGE + at * 8, &value, 8);
			use_all(&s);
		}
		close_session(&s);
	}
}

/* Each word of the control line and of the records, with each wild value. */
static void each_word(const struct flavour *flavour)
{
	static const uint64_t values[] = { 1, 100, UINT64_C(1) << 62,
					   UINT64_MAX, INT64_MAX };
	struct session s = open_session(flavour);
	size_t begin = (size_t)s.r.header->control_offset;
	size_t end = (size_t)s.r.header->events_offset, at, i;
	size_t step = scaled(100) < 100 ? 13 * 8 : 8;

	close_session(&s);
	for (at = begin; at < end; at += step) {
		if (at % 128 >= 64 && at % 128 < 120)
			continue; /* mostly padding */
		s = open_session(flavour);
		for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			memcpy(s.r.bytes + at, &values[i], 8);
			use_all(&s);
		}
		close_session(&s);
	}
}

/* Garbage all over, then somebody attaches. */
static void before_attach(const struct flavour *flavour)
{
	uint64_t random = 3;
	int64_t lap;
	size_t i;

	for (lap = 0; lap < scaled(100); lap++) {
		struct session s = open_session(flavour);

		disruptor_free(s.d);
		for (i = DISRUPTOR_PAGE; i < s.r.size; i += 8) {
			uint64_t value = wild(&random);

			if (lap % 3 == 0 || test_random(&random) % 16 == 0)
				memcpy(s.r.bytes + i, &value, 8);
		}
		s.d = disruptor_attach(ring_name(), 24);
		CHECK(s.d != NULL);
		s.p = disruptor_producer_new(s.d);
		s.root = disruptor_poller_new(s.d, "root");
		s.next = disruptor_poller_new(s.d, NULL);
		use_all(&s);
		disruptor_remove_consumer(s.d, "root");
		close_session(&s);
	}
}

TEST_MAIN(TEST_SHARED(while_in_use), TEST_SHARED(each_word),
	  TEST_SHARED(before_attach));
