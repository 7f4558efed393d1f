/* SPDX-License-Identifier: MIT */
/* layout.h: the bytes of a live ring, read from its file. */
#include <region.h>

#define FIRST 21

static struct disruptor *new_ring(const struct flavour *flavour)
{
	return RING(flavour, .event_size = 12, .capacity = 8,
		    .consumers_max = 3, .first_sequence = FIRST,
		    .type_name = "tick");
}

static void identity(const struct flavour *flavour)
{
	static const char magic[] = "DSRUPTOR";
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	const struct disruptor_header *h = r.header;

	CHECK_EQ(memcmp(r.bytes, magic, 8), 0);
	CHECK_EQ(h->byte_order, 0x01020304);
	CHECK_EQ(h->layout_major, DISRUPTOR_LAYOUT_MAJOR);
	CHECK_EQ(h->layout_minor, DISRUPTOR_LAYOUT_MINOR);
	CHECK_EQ(h->header_size, sizeof(struct disruptor_header));
	CHECK_EQ(h->incompatible, 0);
	CHECK_EQ(h->compatible_read_only, 0);
	CHECK_EQ(h->creator_pid, getpid());
	CHECK_STR(h->type_name, "tick");
	CHECK_EQ(h->checksum, region_crc32c(h, 280));
	CHECK_EQ(region_crc32c("123456789", 9), UINT32_C(0xe3069283));
	/* FNV-1a of "tick". */
	CHECK_EQ(h->type_hash, INT64_C(0x1e7683ef2ebc7684));
	region_close(&r);
	disruptor_free(d);
}

static void geometry(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	const struct disruptor_header *h = r.header;

	CHECK_EQ(h->capacity, 8);
	CHECK_EQ(h->event_size, 12);
	CHECK_EQ(h->consumers_max, 3);
	CHECK_EQ(h->producer_type, flavour->producer_type);
	CHECK_EQ(h->slot_layout, flavour->slot_layout);
	CHECK_EQ(h->first_sequence, FIRST);
	CHECK_EQ(h->total_size, r.size);
	CHECK_EQ(h->control_offset, DISRUPTOR_PAGE);
	CHECK(h->producers_offset >= h->control_offset + 256);
	CHECK(h->consumers_offset >=
	      h->producers_offset + UINT64_C(128) * h->producers_max);
	CHECK(h->events_offset >= h->consumers_offset + UINT64_C(256) * 3);
	CHECK_EQ(h->producers_offset % 128, 0);
	CHECK_EQ(h->consumers_offset % 128, 0);
	CHECK_EQ(h->events_offset % 128, 0);
	CHECK(h->events_offset + 8 * h->event_stride <= h->total_size);
	region_close(&r);
	disruptor_free(d);
}

static void strides(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	const struct disruptor_header *h = r.header;

	if (flavour->slot_layout == DISRUPTOR_SLOTS_STAMPED) {
		CHECK_EQ(h->word_stride, h->event_stride);
		CHECK_EQ(h->words_offset % 8, 0);
		CHECK(h->words_offset >= h->events_offset + 12);
		CHECK(h->words_offset + 8 <=
		      h->events_offset + h->event_stride);
		/* A slot this small lies on one line of 64 bytes. */
		CHECK_EQ(64 % h->event_stride, 0);
	} else {
		CHECK_EQ(h->event_stride, 12);
	}
	if (flavour->slot_layout == DISRUPTOR_SLOTS_PACKED &&
	    flavour->producer_type == DISRUPTOR_MULTI_PRODUCER) {
		CHECK_EQ(h->word_stride, 8);
		CHECK(h->words_offset >= h->events_offset + 8 * 12);
		CHECK(h->words_offset + 8 * 8 <= h->total_size);
	}
	if (flavour->slot_layout == DISRUPTOR_SLOTS_PACKED &&
	    flavour->producer_type == DISRUPTOR_SINGLE_PRODUCER)
		CHECK_EQ(h->word_stride, 0);
	region_close(&r);
	disruptor_free(d);
}

/* Zeroes are an empty ring, but for the cursor's start. */
static void empty_ring(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	size_t i;

	CHECK_EQ(r.words->cursor.value, FIRST);
	CHECK_EQ(r.words->control.state, 0);
	CHECK_EQ(r.words->control.gap_end.value, 0);
	for (i = 0; i < r.header->consumers_max; i++)
		CHECK_EQ(r.consumers[i].status, 0);
	for (i = (size_t)r.header->events_offset; i < r.size; i++)
		CHECK_EQ(r.bytes[i], 0);
	region_close(&r);
	disruptor_free(d);
}

static void events_and_words(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = FIRST; i < FIRST + 20; i++) {
		CHECK_EQ(disruptor_claim_n(p, 1), 1);
		memset(disruptor_producer_event(p, 0), (int)i, 12);
		disruptor_publish(p);
		CHECK_EQ(*(unsigned char *)region_event(&r, i), i);
		CHECK_EQ(((unsigned char *)region_event(&r, i))[11], i);
		if (r.header->word_stride != 0)
			CHECK_EQ(*region_word(&r, i), (i + 1) * 2);
	}
	CHECK_EQ(r.words->cursor.value, FIRST + 20);
	CHECK_EQ(disruptor_published(d), FIRST + 20);
	region_close(&r);
	disruptor_free(d);
}

static void gap_words(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_claim_n(p, 2), 2);
	CHECK_EQ(*region_word(&r, FIRST), 0);
	disruptor_abandon(p);
	CHECK_EQ(*region_word(&r, FIRST), (FIRST + 1) * 2 + 1);
	CHECK_EQ(*region_word(&r, FIRST + 1), (FIRST + 2) * 2 + 1);
	CHECK_EQ(r.words->control.gap_end.value, FIRST + 2);
	CHECK_EQ(r.words->cursor.value, FIRST + 2);
	region_close(&r);
	disruptor_free(d);
}

static const struct disruptor_consumer_record *record_of(const struct region *r,
							 const char *name)
{
	uint32_t i;

	for (i = 0; i < r->header->consumers_max; i++)
		if (strcmp(r->consumers[i].name, name) == 0)
			return &r->consumers[i];
	return NULL;
}

static void consumer_records(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	uint64_t epoch = r.words->control.epoch;
	struct disruptor_poller *a = POLLER(d, "alpha");
	struct disruptor_poller *b = FOLLOWER(d, "beta", "alpha");
	const struct disruptor_consumer_record *one = record_of(&r, "alpha");
	const struct disruptor_consumer_record *two = record_of(&r, "beta");
	struct disruptor_producer *p = PRODUCER(d);

	CHECK(one != NULL);
	CHECK(two != NULL);
	CHECK_EQ(one->status & 0xff, DISRUPTOR_CONSUMER_ACTIVE);
	CHECK_EQ(one->policy, DISRUPTOR_CONSUMER_HOLD);
	CHECK_EQ(one->pid, getpid());
	CHECK_EQ(one->upstream[0], 0);
	CHECK_EQ(two->upstream[0], UINT64_C(1) << (one - r.consumers));
	CHECK(r.words->control.epoch > epoch);
	CHECK_EQ(one->sequence.value, FIRST);
	CHECK_EQ(disruptor_claim_n(p, 3), 3);
	disruptor_publish(p);
	CHECK_EQ(disruptor_poll(a), 3);
	disruptor_poller_advance(a, 2);
	CHECK_EQ(one->sequence.value, FIRST + 2);
	CHECK_EQ(two->sequence.value, FIRST);
	disruptor_poller_free(b);
	region_close(&r);
	disruptor_free(d);
}

static void ring_ids_differ(const struct flavour *flavour)
{
	struct disruptor *d = new_ring(flavour);
	struct region r = region_open(ring_name());
	struct disruptor *e = new_ring(flavour);
	struct region s = region_open(ring_name());

	CHECK(memcmp(r.header->ring_id, s.header->ring_id, 16) != 0);
	CHECK_EQ(r.header->type_hash, s.header->type_hash);
	region_close(&s);
	region_close(&r);
	disruptor_free(e);
	disruptor_free(d);
}

static bool shared_multi(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

TEST_MAIN(TEST_SHARED(identity), TEST_SHARED(geometry), TEST_SHARED(strides),
	  TEST_SHARED(empty_ring), TEST_SHARED(events_and_words),
	  TEST_SOME(gap_words, shared_multi), TEST_SHARED(consumer_records),
	  TEST_SHARED(ring_ids_differ));
