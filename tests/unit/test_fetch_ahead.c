/* SPDX-License-Identifier: MIT */
/* A producer that fetches lines ahead changes nothing, and only free ones. */
#include <ring.h>

#include <sys/mman.h>

#define CAPACITY 4096
#if defined(__x86_64__) || defined(__i386__)
#define FETCHES true
#else
#define FETCHES false
#endif
#define FETCHED 128 /* at most so many slots are ahead of what is published */

static uint64_t *slot(const struct disruptor_producer *p, int64_t sequence)
{
	return disruptor_ring_buffer_event(&p->sequencer.ring, sequence);
}

static void pass(struct disruptor_producer *p, struct disruptor_poller *poller,
		 int64_t n)
{
	CHECK_EQ(disruptor_claim_n(p, n), n);
	disruptor_publish(p);
	CHECK_EQ(disruptor_poll(poller), n);
	disruptor_poller_advance(poller, n);
}

/* What was prepared in the slots is there when they are claimed, lap by lap. */
static void contents_stay(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i, n;

	for (i = 0; i < CAPACITY; i++)
		*slot(p, i) = ~(uint64_t)i;
	for (i = 0, n = 1; i < 5 * CAPACITY; i += n, n = n % 7 + 1)
		pass(p, poller, n);
	for (i = 0; i < CAPACITY; i++)
		CHECK_EQ(*slot(p, i), ~(uint64_t)i);
	disruptor_free(d);
}

/* Pages that hold events of the first n sequences and nothing else. */
static void protect(const struct disruptor_producer *p, int64_t n, int how)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)slot(p, 0) + page - 1) / page * page;
	uintptr_t to = (uintptr_t)slot(p, n) / page * page;

	if (to <= from)
		return; /* pages larger than the ring */
	CHECK_EQ(mprotect((void *)from, to - from, how), 0);
}

/* Up to the last free slot, while those that follow it cannot be written. */
static void held_slots(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i, most = CAPACITY - FETCHED;

	put_many(p, 0, (int)most);
	protect(p, most, PROT_READ);
	for (i = most; i < CAPACITY; i++)
		put_many(p, i, 1);
	CHECK_EQ(disruptor_try_claim(p), NULL);
	CHECK(disruptor_poll(poller) > 0);
	protect(p, most, PROT_READ | PROT_WRITE);
	disruptor_free(d);
}

static void at_most_a_block_ahead(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_sequencer *s = &p->sequencer;
	int64_t i;

	for (i = 0; i < CAPACITY / 2; i++) {
		put_many(p, i, 1);
		if (FETCHES)
			CHECK(s->fetch_at > s->next &&
			      s->fetch_at <= s->next + FETCHED / 2);
		else
			CHECK_EQ(s->fetch_at, INT64_MAX);
	}
	disruptor_free(d);
}

static void not_by_several(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = CAPACITY);

	CHECK_EQ(PRODUCER(d)->sequencer.fetch_at, INT64_MAX);
	disruptor_free(d);
}

static void not_large_events(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .event_size = 64);

	CHECK_EQ(PRODUCER(d)->sequencer.fetch_at, INT64_MAX);
	disruptor_free(d);
}

TEST_MAIN(TEST_SOME(contents_stay, flavour_any),
	  TEST_SOME(held_slots, flavour_any),
	  TEST_SOME(at_most_a_block_ahead, flavour_single),
	  TEST_SOME(not_by_several, flavour_multi),
	  TEST_SOME(not_large_events, flavour_any));
