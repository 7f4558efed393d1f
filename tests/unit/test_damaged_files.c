/* SPDX-License-Identifier: MIT */
/* shared_memory.h: rings whose bytes are damaged, or lie. Never a crash. */
#include <region.h>

#define HEADER sizeof(struct disruptor_header)

/* A good ring's bytes, to be spoilt. */
static struct region good_ring(void)
{
	static unsigned char copy[64 * DISRUPTOR_PAGE];
	struct disruptor *d = disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 24, .capacity = 16,
				  .producer_type = DISRUPTOR_MULTI_PRODUCER,
				  .type_name = "good", .consumers_max = 4,
				  .producers_max = 4));
	struct region file, r;

	CHECK(d != NULL);
	file = region_open(ring_name());
	CHECK(file.size <= sizeof(copy));
	memcpy(copy, file.bytes, file.size);
	r = file;
	r.bytes = copy;
	r.header = (void *)copy;
	region_close(&file);
	disruptor_free(d);
	return r;
}

static void truncated(void **state)
{
	struct region r = good_ring();
	const size_t sizes[] = { r.size - 1, r.size / 2, DISRUPTOR_PAGE,
				 HEADER,     HEADER - 1, 16,
				 8,	     7 };
	static unsigned char longer[64 * DISRUPTOR_PAGE + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		region_refused(region_write(r.bytes, sizes[i]), EBADMSG);
	memcpy(longer, r.bytes, r.size);
	region_refused(region_write(longer, r.size + 1), EBADMSG);
	disruptor_free(disruptor_attach(region_write(r.bytes, r.size), 24));
}

/* Every byte of the header is under the checksum. */
static void flipped_bytes(void **state)
{
	struct region r = good_ring();
	size_t i;

	(void)state;
	for (i = 0; i < offsetof(struct disruptor_header, reserved); i++) {
		const char *name;

		r.bytes[i] ^= 0x40;
		name = region_write(r.bytes, r.size);
		errno = 0;
		CHECK(disruptor_attach(name, 0) == NULL);
		CHECK(errno == EBADMSG || errno == EPROTONOSUPPORT);
		CHECK(disruptor_inspect(name) == NULL);
		CHECK(disruptor_check(name, NULL, NULL) < 0);
		r.bytes[i] ^= 0x40;
	}
}

static void use_if_possible(const char *name)
{
	struct disruptor *d = disruptor_attach(name, 0);
	struct disruptor_poller *poller;
	struct disruptor_producer *p;

	if (d == NULL) {
		CHECK(errno == EBADMSG || errno == EPROTONOSUPPORT);
		return;
	}
	CHECK(disruptor_capacity(d) >= 1);
	poller = disruptor_poller_new(d, NULL);
	p = disruptor_producer_new(d);
	if (poller != NULL && p != NULL && disruptor_try_claim_n(p, 1) == 1) {
		memset(disruptor_producer_event(p, 0), 1,
		       disruptor_event_size(d));
		disruptor_publish(p);
		disruptor_poll(poller);
	}
	disruptor_free(d);
}

/* A liar who knows the checksum: each field is held against the others. */
static void flipped_and_signed(void **state)
{
	static const unsigned char flips[] = { 0x01, 0x80, 0xff };
	struct region r = good_ring();
	size_t i, j;

	(void)state;
	for (i = 0; i < offsetof(struct disruptor_header, checksum); i++)
		for (j = 0; j < sizeof(flips); j++) {
			const char *name;

			r.bytes[i] ^= flips[j];
			region_sign(r.header);
			name = region_write(r.bytes, r.size);
			use_if_possible(name);
			disruptor_inspect_free(disruptor_inspect(name));
			r.bytes[i] ^= flips[j];
		}
}

static void refused_header(struct region *r, int error)
{
	region_sign(r->header);
	region_refused(region_write(r->bytes, r->size), error);
}

/* Offsets, strides and sizes that point elsewhere. */
static void lying_geometry(void **state)
{
	static const uint64_t lies[] = { 0,
					 1,
					 8,
					 4096,
					 4097,
					 UINT64_C(1) << 31,
					 UINT64_C(1) << 32,
					 UINT64_C(1) << 63,
					 UINT64_MAX,
					 UINT64_MAX - 4095 };
	struct region r = good_ring();
	struct disruptor_header saved = *r.header;
	uint64_t *const fields[] = {
		&r.header->event_stride,     &r.header->word_stride,
		&r.header->control_offset,   &r.header->producers_offset,
		&r.header->consumers_offset, &r.header->events_offset,
		&r.header->words_offset,     &r.header->total_size,
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		for (j = 0; j < sizeof(lies) / sizeof(lies[0]); j++) {
			if (*fields[i] == lies[j])
				continue;
			*fields[i] = lies[j];
			refused_header(&r, EBADMSG);
			*r.header = saved;
		}
}

static void lying_numbers(void **state)
{
	struct region r = good_ring();
	struct disruptor_header saved = *r.header;

	(void)state;
	r.header->capacity = 0;
	refused_header(&r, EBADMSG);
	r.header->capacity = 15;
	refused_header(&r, EBADMSG);
	r.header->capacity = UINT64_C(1) << 63;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->event_size = 0;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->event_size = UINT32_MAX;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->producers_max = 0;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->consumers_max = UINT16_MAX;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->producer_type = 2;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->slot_layout = 0;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	r.header->first_sequence = -1;
	refused_header(&r, EBADMSG);
	*r.header = saved;
	memset(r.header->type_name, 'x', sizeof(r.header->type_name));
	refused_header(&r, EBADMSG);
}

static void other_versions(void **state)
{
	struct region r = good_ring();
	struct disruptor_header saved = *r.header;

	(void)state;
	r.header->layout_major++;
	region_refused(region_write(r.bytes, r.size), EPROTONOSUPPORT);
	refused_header(&r, EPROTONOSUPPORT);
	*r.header = saved;
	r.header->byte_order = UINT32_C(0x04030201);
	region_refused(region_write(r.bytes, r.size), EPROTONOSUPPORT);
	refused_header(&r, EPROTONOSUPPORT);
	r.header->magic = __builtin_bswap64(r.header->magic);
	refused_header(&r, EPROTONOSUPPORT);
	*r.header = saved;
	r.header->incompatible = 1u << 31;
	refused_header(&r, EPROTONOSUPPORT);
}

/* What a later version may add without harm: seen by all, or by lookers. */
static void newer_but_compatible(void **state)
{
	struct region r = good_ring();
	struct disruptor_ring_info *info;
	struct disruptor *d;
	const char *name;

	(void)state;
	r.header->layout_minor++;
	r.header->compatible = 1u << 31;
	region_sign(r.header);
	d = disruptor_attach(region_write(r.bytes, r.size), 24);
	CHECK(d != NULL);
	disruptor_free(d);
	r.header->compatible_read_only = 1;
	region_sign(r.header);
	name = region_write(r.bytes, r.size);
	CHECK_NULL(disruptor_attach(name, 24), EPROTONOSUPPORT);
	info = disruptor_inspect(name);
	CHECK(info != NULL);
	CHECK_EQ(info->capacity, 16);
	disruptor_inspect_free(info);
}

TEST_MAIN(TEST(truncated), TEST(flipped_bytes), TEST(flipped_and_signed),
	  TEST(lying_geometry), TEST(lying_numbers), TEST(other_versions),
	  TEST(newer_but_compatible));
