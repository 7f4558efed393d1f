/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

#define BITS_OF_BYTE 8

/*
 * Geometry is a function of six numbers of the header. It is computed where a
 * ring is made and computed again where one is attached, so that no offset or
 * size from a file is ever used unchecked.
 */

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

static bool has_words(const struct disruptor_header *h)
{
	return h->slot_layout == DISRUPTOR_SLOTS_STAMPED ||
	       h->producer_type == DISRUPTOR_MULTI_PRODUCER;
}

bool disruptor_geometry_fits(uint64_t capacity, uint64_t event_size)
{
	return capacity != 0 && capacity <= DISRUPTOR_CAPACITY_MAX &&
	       event_size != 0 && event_size <= DISRUPTOR_EVENT_SIZE_MAX &&
	       capacity <= DISRUPTOR_REGION_MAX / disruptor_stamped_stride(event_size);
}

static void place_slots(struct disruptor_header *h)
{
	uint64_t bytes;

	if (h->slot_layout == DISRUPTOR_SLOTS_STAMPED) {
		h->event_stride = disruptor_stamped_stride(h->event_size);
		h->word_stride = h->event_stride;
		h->words_offset = h->events_offset + round_up(h->event_size, 8);
		bytes = h->capacity * h->event_stride;
		h->total_size = round_up(h->events_offset + bytes,
					 DISRUPTOR_PAGE);
		return;
	}
	h->event_stride = h->event_size;
	bytes = round_up(h->capacity * h->event_stride, DISRUPTOR_PAGE);
	h->word_stride = has_words(h) ? sizeof(uint64_t) : 0;
	h->words_offset = has_words(h) ? h->events_offset + bytes : 0;
	h->total_size = h->events_offset + bytes +
			round_up(h->capacity * h->word_stride, DISRUPTOR_PAGE);
}

static void place(struct disruptor_header *h)
{
	h->control_offset = DISRUPTOR_PAGE;
	h->producers_offset = 2 * DISRUPTOR_PAGE;
	h->consumers_offset =
		h->producers_offset +
		h->producers_max * sizeof(struct disruptor_producer_record);
	h->events_offset = round_up(
		h->consumers_offset +
			h->consumers_max *
				sizeof(struct disruptor_consumer_record),
		DISRUPTOR_PAGE);
	place_slots(h);
}

/* CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as RFC 3720 B.4. */
static uint32_t checksum(const struct disruptor_header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < offsetof(struct disruptor_header, checksum); i++) {
		crc ^= bytes[i];
		for (bit = 0; bit < BITS_OF_BYTE; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
	}
	return ~crc;
}

/* 64-bit FNV-1a (Fowler, Noll, Vo). */
uint64_t disruptor_type_hash(const char *type_name)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (type_name == NULL || *type_name == '\0')
		return 0;
	for (; *type_name != '\0'; type_name++)
		hash = (hash ^ (unsigned char)*type_name) *
		       UINT64_C(0x100000001b3);
	return hash;
}

static void fill_geometry(struct disruptor_header *h,
			  const struct disruptor_options *o)
{
	h->capacity = o->capacity;
	h->event_size = (uint32_t)o->event_size;
	h->producers_max = (uint16_t)o->producers_max;
	h->consumers_max = (uint16_t)o->consumers_max;
	h->producer_type = o->producer_type;
	h->slot_layout = o->slot_layout;
	h->first_sequence = o->first_sequence;
	place(h);
}

static void fill_defaults(struct disruptor_header *h,
			  const struct disruptor_options *o)
{
	h->wait_strategy = o->wait_strategy;
	h->wait_fallback = o->wait_fallback;
	h->wait_spin_ns = o->wait_spin_ns;
	h->wait_yield_ns = o->wait_yield_ns;
	h->wait_sleep_ns = o->wait_sleep_ns;
	if (o->mode & 0020)
		h->compatible |= DISRUPTOR_COMPATIBLE_GROUP_WRITES;
	if (o->mode & 0002)
		h->compatible |= DISRUPTOR_COMPATIBLE_OTHERS_WRITE;
	h->type_hash = disruptor_type_hash(o->type_name);
	if (o->type_name != NULL)
		memcpy(h->type_name, o->type_name, strlen(o->type_name));
}

int disruptor_header_make(struct disruptor_header *h,
			  const struct disruptor_options *o)
{
	memset(h, 0, sizeof(*h));
	h->magic = DISRUPTOR_MAGIC;
	h->byte_order = DISRUPTOR_BYTE_ORDER;
	h->layout_major = DISRUPTOR_LAYOUT_MAJOR;
	h->layout_minor = DISRUPTOR_LAYOUT_MINOR;
	h->header_size = sizeof(*h);
	fill_geometry(h, o);
	fill_defaults(h, o);
	if (disruptor_os_random(h->ring_id, sizeof(h->ring_id)) < 0)
		return disruptor_fail(EIO, "no random numbers");
	disruptor_os_boot_id(h->boot_id);
	h->creator_pid = disruptor_os_process_id();
	h->created_ns = disruptor_os_wall_clock();
	h->checksum = checksum(h);
	return 0;
}

static bool power_of_two(uint64_t value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

static bool basics_in_range(const struct disruptor_header *h)
{
	return power_of_two(h->capacity) &&
	       disruptor_geometry_fits(h->capacity, h->event_size) &&
	       h->producers_max != 0 &&
	       h->producers_max <= DISRUPTOR_PRODUCERS_LIMIT &&
	       h->consumers_max != 0 &&
	       h->consumers_max <= DISRUPTOR_CONSUMERS_LIMIT &&
	       h->producer_type <= DISRUPTOR_MULTI_PRODUCER &&
	       (h->producer_type == DISRUPTOR_MULTI_PRODUCER ||
		h->producers_max == 1) &&
	       h->slot_layout >= DISRUPTOR_SLOTS_PACKED &&
	       h->slot_layout <= DISRUPTOR_SLOTS_STAMPED &&
	       h->first_sequence >= 0 &&
	       h->first_sequence < DISRUPTOR_SEQUENCE_MAX &&
	       memchr(h->type_name, '\0', sizeof(h->type_name)) != NULL;
}

static bool same_places(const struct disruptor_header *h)
{
	struct disruptor_header again = *h;

	place(&again);
	return memcmp(&again, h, sizeof(again)) == 0;
}

static bool sane_wait(const struct disruptor_header *h)
{
	struct disruptor_wait wait = {
		(enum disruptor_wait_strategy)h->wait_strategy,
		(enum disruptor_wait_strategy)h->wait_fallback, h->wait_spin_ns,
		h->wait_yield_ns, h->wait_sleep_ns
	};

	return disruptor_wait_resolve(&wait) == 0;
}

/* Who wrote this? In the order in which the answers make sense. */
static int verify_origin(const struct disruptor_header *h, bool to_join)
{
	if (h->magic == __builtin_bswap64(DISRUPTOR_MAGIC) ||
	    (h->magic == DISRUPTOR_MAGIC &&
	     h->byte_order == __builtin_bswap32(DISRUPTOR_BYTE_ORDER)))
		return disruptor_fail(EPROTONOSUPPORT,
				      "made by a machine of another byte order");
	if (h->magic != DISRUPTOR_MAGIC)
		return disruptor_fail(EBADMSG, "the file is no ring");
	if (h->byte_order != DISRUPTOR_BYTE_ORDER)
		return disruptor_fail(EBADMSG, "the ring's header is damaged");
	if (h->layout_major != DISRUPTOR_LAYOUT_MAJOR)
		return disruptor_fail(EPROTONOSUPPORT,
				      "the ring has layout version %u, this "
				      "library knows %d",
				      h->layout_major, DISRUPTOR_LAYOUT_MAJOR);
	if (h->checksum != checksum(h))
		return disruptor_fail(EBADMSG, "the ring's header is damaged");
	if (h->incompatible != 0 || (to_join && h->compatible_read_only != 0))
		return disruptor_fail(EPROTONOSUPPORT,
				      "the ring has features that version %s "
				      "does not know",
				      DISRUPTOR_VERSION);
	return 0;
}

int disruptor_header_verify(const struct disruptor_header *h,
			    uint64_t file_size, bool to_join)
{
	int error = verify_origin(h, to_join);

	if (error < 0)
		return error;
	if (!basics_in_range(h) || !same_places(h) || !sane_wait(h))
		return disruptor_fail(EBADMSG, "the ring's header is damaged");
	if (file_size != h->total_size)
		return disruptor_fail(EBADMSG,
				      "the ring's file has %llu bytes instead "
				      "of %llu",
				      (unsigned long long)file_size,
				      (unsigned long long)h->total_size);
	return 0;
}
