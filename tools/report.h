/* SPDX-License-Identifier: MIT */
#ifndef REPORT_H
#define REPORT_H

#include <disruptor/disruptor.h>

/* What 'disruptor stat' prints of a ring: for people, and for programs. */
void report_table(const char *ring, const struct disruptor_ring_info *info);
void report_json(const char *ring, const struct disruptor_ring_info *info);

/* All gaps that were ever made in the ring. */
uint64_t report_gaps(const struct disruptor_ring_info *info);

/* What a consumer is called: its name, or "#" and its number. */
#define REPORT_NAME_SIZE DISRUPTOR_CONSUMER_NAME_SIZE
char *report_consumer_name(const struct disruptor_consumer_info *consumer,
			   char text[REPORT_NAME_SIZE]);

/* Text from shared memory must not steer the terminal. */
char *report_printable(char *text);

/* The consumer with that index if upstream has its bit, else NULL. */
const struct disruptor_consumer_info *
report_upstream(const struct disruptor_ring_info *info,
		const struct disruptor_consumer_info *consumer, uint32_t i);

/* Creation time, UTC. */
void report_time(char text[32], int64_t realtime_ns);

const char *report_on_upstream_lost(enum disruptor_on_upstream_lost policy);
const char *report_slot_layout(enum disruptor_slot_layout layout);

#endif
