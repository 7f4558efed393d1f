/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdio.h>
#include <time.h>

uint64_t report_gaps(const struct disruptor_ring_info *info)
{
	uint64_t gaps = info->recovered;
	uint32_t i;

	for (i = 0; i < info->producer_count; i++)
		gaps += info->producers[i].abandoned;
	return gaps;
}

char *report_consumer_name(const struct disruptor_consumer_info *consumer,
			   char text[REPORT_NAME_SIZE])
{
	if (consumer->name[0] == '\0')
		snprintf(text, REPORT_NAME_SIZE, "#%u", consumer->index);
	else
		snprintf(text, REPORT_NAME_SIZE, "%s", consumer->name);
	return text;
}

char *report_printable(char *text)
{
	char *c;

	for (c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return text;
}

const struct disruptor_consumer_info *
report_upstream(const struct disruptor_ring_info *info,
		const struct disruptor_consumer_info *consumer, uint32_t i)
{
	uint32_t index = info->consumers[i].index % DISRUPTOR_CONSUMERS_LIMIT;

	if ((consumer->upstream[index / 64] >> index % 64 & 1) == 0)
		return NULL;
	return &info->consumers[i];
}

void report_time(char text[32], int64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	struct tm utc;

	if (gmtime_r(&seconds, &utc) == NULL ||
	    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		snprintf(text, 32, "unknown");
}

const char *report_slot_layout(enum disruptor_slot_layout layout)
{
	return layout == DISRUPTOR_SLOTS_STAMPED ? "stamped" : "packed";
}

const char *report_on_upstream_lost(enum disruptor_on_upstream_lost policy)
{
	return policy == DISRUPTOR_UPSTREAM_HOLD ? "hold" :
	       policy == DISRUPTOR_UPSTREAM_FAIL ? "fail" :
	       policy == DISRUPTOR_UPSTREAM_PASS ? "pass" :
						   "default";
}
