/* SPDX-License-Identifier: MIT */
/* Room R2: layout. Includes R0 and R1. */
#ifndef DISRUPTOR_LAYOUT_H
#define DISRUPTOR_LAYOUT_H

#include <disruptor/sequence.h>

/*
 * The region, byte for byte as docs/shared-memory-format.md publishes it.
 * Fixed-width fields at explicit offsets, no pointers: a process of another
 * word size, C library or language maps the same bytes. A private ring has the
 * same layout in private memory.
 *
 *	page 0		header, immutable once the ring has a name
 *	page 1		cursor line, control line
 *	page 2 …	producer records, consumer records
 *	page …		events, commit words
 */
#define DISRUPTOR_MAGIC UINT64_C(0x524f545055525344) /* "DSRUPTOR" */
#define DISRUPTOR_BYTE_ORDER UINT32_C(0x01020304)
#define DISRUPTOR_PAGE 4096
#define DISRUPTOR_TYPE_NAME_SIZE 64
#define DISRUPTOR_CONSUMER_NAME_SIZE 64
#define DISRUPTOR_EVENT_SIZE_MAX (UINT64_C(1) << 30)
#define DISRUPTOR_CAPACITY_MAX (UINT64_C(1) << 36)
#define DISRUPTOR_REGION_MAX (UINT64_C(1) << 46)
#define DISRUPTOR_PRODUCERS_LIMIT 256
#define DISRUPTOR_CONSUMERS_LIMIT 256

struct disruptor_header {
	uint64_t magic DISRUPTOR_ALIGNED(8);
	uint32_t byte_order;
	uint16_t layout_major;
	uint16_t layout_minor;
	uint32_t header_size;
	uint32_t incompatible;		/* a bit that is unknown: refuse */
	uint32_t compatible_read_only;	/* unknown: inspect, do not join */
	uint32_t compatible;		/* unknown: ignore */
	uint64_t capacity;		/* events, a power of two */
	uint64_t event_stride;		/* bytes */
	uint64_t word_stride;		/* bytes; 0: no commit words */
	uint32_t event_size;		/* bytes */
	uint16_t producers_max;
	uint16_t consumers_max;
	uint32_t producer_type;		/* enum disruptor_producer_type */
	uint32_t slot_layout;		/* enum disruptor_slot_layout */
	uint32_t wait_strategy;		/* defaults for handles */
	uint32_t wait_fallback;
	int64_t wait_spin_ns;
	int64_t wait_yield_ns;
	int64_t wait_sleep_ns;
	int64_t first_sequence;
	uint64_t control_offset;	/* bytes from the region's start */
	uint64_t producers_offset;
	uint64_t consumers_offset;
	uint64_t events_offset;
	uint64_t words_offset;
	uint64_t total_size;
	uint64_t type_hash;		/* FNV-1a of type_name; 0: no name */
	char type_name[DISRUPTOR_TYPE_NAME_SIZE];
	uint8_t ring_id[16];		/* random */
	uint8_t boot_id[16];
	int64_t creator_pid;		/* for people; nothing depends on it */
	int64_t created_ns;		/* CLOCK_REALTIME, for people */
	uint32_t checksum;		/* CRC-32C of all bytes before it */
	uint32_t reserved;
};

/* Bits of compatible: whom the creator lets write to the file, by its mode. */
#define DISRUPTOR_COMPATIBLE_GROUP_WRITES 1u
#define DISRUPTOR_COMPATIBLE_OTHERS_WRITE 2u

/* Control line: read by everybody all the time, written when things change. */
struct disruptor_control {
	uint32_t state DISRUPTOR_ALIGNED(8); /* DISRUPTOR_STATE_… */
	uint32_t signal;		/* of those who wait for the cursor */
	uint64_t epoch;			/* consumers come, go, are re-linked */
	struct disruptor_sequence gap_end; /* one past the highest gap */
	uint64_t recovered;		/* claims of the dead made into gaps */
	uint64_t evicted;		/* dead consumers taken off the gate */
	uint64_t stalled;		/* stalled ones, alive or held */
};

#define DISRUPTOR_STATE_CLOSED 1u	/* no more claims: drain */

struct disruptor_shared_words {
	struct disruptor_sequence cursor;
	uint8_t pad0[DISRUPTOR_LINE - 8];
	struct disruptor_control control;
	uint8_t pad1[DISRUPTOR_LINE - 48];
};

struct disruptor_producer_record {
	uint64_t owner DISRUPTOR_ALIGNED(8); /* incarnation; 0: never used */
	/* The intent: what its owner may have claimed, [low, high). */
	struct disruptor_sequence intent_low;
	struct disruptor_sequence intent_high;
	/* The minimum of the consumers' sequences that its owner relies on. */
	struct disruptor_sequence gate;
	uint64_t abandoned;		/* gaps made by their owner */
	uint32_t pid;			/* for people */
	uint32_t tid;
	uint8_t pad[DISRUPTOR_LINE - 48];
};

/* intent_low of a producer that has no claim in flight. */
#define DISRUPTOR_INTENT_IDLE INT64_MAX

struct disruptor_consumer_record {
	struct disruptor_sequence sequence;
	uint32_t signal;		/* of those who wait for this one */
	uint32_t reserved0;
	struct disruptor_sequence evicted_at; /* its sequence when evicted */
	uint8_t pad0[DISRUPTOR_LINE - 24];
	uint64_t status;		/* incarnation << 8 | consumer state */
	uint64_t upstream[DISRUPTOR_CONSUMERS_LIMIT / 64]; /* bit per record */
	uint32_t policy;		/* DISRUPTOR_CONSUMER_… */
	uint32_t pid;			/* for people */
	uint32_t tid;
	uint32_t stall_limit_us;	/* 0: may stand still for ever */
	uint64_t gaps;			/* stepped over */
	char name[DISRUPTOR_CONSUMER_NAME_SIZE]; /* "": anonymous */
};

/* Consumer states, the low byte of status. */
#define DISRUPTOR_CONSUMER_FREE 0u
#define DISRUPTOR_CONSUMER_JOINING 1u
#define DISRUPTOR_CONSUMER_ACTIVE 2u	/* gates the producers */
#define DISRUPTOR_CONSUMER_EVICTING 3u	/* gates them, until it is taken off */

/* Bits of policy. What becomes of a consumer that died or left: */
#define DISRUPTOR_CONSUMER_EVICT 0u	/* forget it */
#define DISRUPTOR_CONSUMER_HOLD 1u	/* keep its place until it resumes */
/* What it does when one that it follows died or is to be evicted: */
#define DISRUPTOR_CONSUMER_UPSTREAM_HOLD 2u	/* keep that one's place */
#define DISRUPTOR_CONSUMER_UPSTREAM_FAIL 4u	/* fail */
#define DISRUPTOR_CONSUMER_UPSTREAM_LOST 8u	/* it was evicted: fail */
#define DISRUPTOR_CONSUMER_UPSTREAM_PASS 16u	/* go on without it */

/*
 * Commit word of sequence s. Words of one slot only grow, so one load tells an
 * older lap, this lap (event or gap) and a later one apart, and a stale
 * compare-and-swap cannot succeed.
 */
DISRUPTOR_INLINE uint64_t disruptor_word_published(int64_t sequence)
{
	return ((uint64_t)sequence + 1) << 1;
}

DISRUPTOR_INLINE uint64_t disruptor_word_gap(int64_t sequence)
{
	return disruptor_word_published(sequence) | 1;
}

#define DISRUPTOR_ASSERT_OFFSET(type, field, offset)                           \
	DISRUPTOR_STATIC_ASSERT(offsetof(struct type, field) == (offset),      \
				#type "." #field " moved")

DISRUPTOR_ASSERT_OFFSET(disruptor_header, byte_order, 8);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, layout_major, 12);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, layout_minor, 14);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, header_size, 16);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, incompatible, 20);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, compatible_read_only, 24);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, compatible, 28);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, capacity, 32);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, event_stride, 40);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, word_stride, 48);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, event_size, 56);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, producers_max, 60);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, consumers_max, 62);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, producer_type, 64);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, slot_layout, 68);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, wait_strategy, 72);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, wait_fallback, 76);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, wait_spin_ns, 80);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, wait_yield_ns, 88);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, wait_sleep_ns, 96);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, first_sequence, 104);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, control_offset, 112);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, producers_offset, 120);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, consumers_offset, 128);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, events_offset, 136);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, words_offset, 144);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, total_size, 152);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, type_hash, 160);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, type_name, 168);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, ring_id, 232);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, boot_id, 248);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, creator_pid, 264);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, created_ns, 272);
DISRUPTOR_ASSERT_OFFSET(disruptor_header, checksum, 280);
DISRUPTOR_STATIC_ASSERT(sizeof(struct disruptor_header) == 288, "header");

DISRUPTOR_ASSERT_OFFSET(disruptor_control, signal, 4);
DISRUPTOR_ASSERT_OFFSET(disruptor_control, epoch, 8);
DISRUPTOR_ASSERT_OFFSET(disruptor_control, gap_end, 16);
DISRUPTOR_ASSERT_OFFSET(disruptor_control, recovered, 24);
DISRUPTOR_ASSERT_OFFSET(disruptor_control, evicted, 32);
DISRUPTOR_ASSERT_OFFSET(disruptor_control, stalled, 40);
DISRUPTOR_STATIC_ASSERT(sizeof(struct disruptor_control) == 48, "control");
DISRUPTOR_ASSERT_OFFSET(disruptor_shared_words, cursor, 0);
DISRUPTOR_ASSERT_OFFSET(disruptor_shared_words, control, 128);
DISRUPTOR_STATIC_ASSERT(sizeof(struct disruptor_shared_words) == 256, "words");

DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, intent_low, 8);
DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, intent_high, 16);
DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, gate, 24);
DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, abandoned, 32);
DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, pid, 40);
DISRUPTOR_ASSERT_OFFSET(disruptor_producer_record, tid, 44);
DISRUPTOR_STATIC_ASSERT(sizeof(struct disruptor_producer_record) == 128,
			"producer record");

DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, signal, 8);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, evicted_at, 16);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, status, 128);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, upstream, 136);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, policy, 168);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, pid, 172);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, tid, 176);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, stall_limit_us, 180);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, gaps, 184);
DISRUPTOR_ASSERT_OFFSET(disruptor_consumer_record, name, 192);
DISRUPTOR_STATIC_ASSERT(sizeof(struct disruptor_consumer_record) == 256,
			"consumer record");

#endif
