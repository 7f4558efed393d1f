/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "report.h"
#include "units.h"

#include <inttypes.h>
#include <stdio.h>

static void put_geometry(const char *ring,
			 const struct disruptor_ring_info *info)
{
	char text[DISRUPTOR_TYPE_NAME_SIZE];

	printf("ring       %s\n", ring);
	snprintf(text, sizeof(text), "%s",
		 info->type_name[0] != '\0' ? info->type_name : "no type name");
	printf("events     %" PRIu64 " of %" PRIu64 " bytes, %s, %s slots, "
	       "%s producer\n",
	       info->capacity, info->event_size, report_printable(text),
	       report_slot_layout(info->slot_layout),
	       info->producer_type == DISRUPTOR_MULTI_PRODUCER ? "multi" :
								 "single");
	printf("memory     %s, mode %04o, layout %u.%u\n",
	       units_bytes(text, (double)info->total_size), info->mode,
	       info->layout_major, info->layout_minor);
	report_time(text, info->created_ns);
	printf("created    %s by process %" PRId64 "\n", text,
	       info->creator_pid);
	printf("waiting    %s\n", wait_strategy_name(info->wait_strategy));
}

static void put_state(const struct disruptor_ring_info *info)
{
	printf("stream     %s\n", info->closed ? "closed" : "open");
	printf("published  %" PRId64 "\n", info->published);
	printf("claimed    %" PRId64 " (%" PRId64 " not published)\n",
	       info->claimed, info->claimed - info->published);
	if (info->is_held)
		printf("held       %" PRId64 ", by producer #%u (process %u, "
		       "thread %u)\n",
		       info->published, info->holder.index, info->holder.pid,
		       info->holder.tid);
	printf("first      %" PRId64 "\n", info->first_sequence);
	printf("gaps       %" PRIu64 " (%" PRIu64 " left by the dead)\n",
	       report_gaps(info), info->recovered);
	printf("evicted    %" PRIu64 " dead, %" PRIu64 " stalled\n",
	       info->evicted, info->stalled);
}

static void put_producers(const struct disruptor_ring_info *info)
{
	uint32_t i;

	printf("producers  %u of %u\n", info->producer_count,
	       info->producers_max);
	if (info->producer_count > 0)
		printf("  %-20s %-6s %10s %10s %20s  %s\n", "INDEX", "STATE",
		       "ABANDONED", "PID", "CLAIMED", "EVENTS");
	for (i = 0; i < info->producer_count; i++) {
		const struct disruptor_producer_info *p = &info->producers[i];

		printf("  #%-19u %-6s %10" PRIu64 " %10u", p->index,
		       p->alive ? "alive" : "gone", p->abandoned, p->pid);
		if (p->claim_low < p->claim_high)
			printf(" %20" PRId64 "  %" PRId64, p->claim_low,
			       p->claim_high - p->claim_low);
		putchar('\n');
	}
}

static void put_after(const struct disruptor_ring_info *info,
		      const struct disruptor_consumer_info *consumer)
{
	const struct disruptor_consumer_info *upstream;
	const char *before = "";
	char text[REPORT_NAME_SIZE];
	uint32_t i;

	for (i = 0; i < info->consumer_count; i++) {
		upstream = report_upstream(info, consumer, i);
		if (upstream == NULL)
			continue;
		report_consumer_name(upstream, text);
		printf("%s%s", before, report_printable(text));
		before = ",";
	}
	putchar('\n');
}

static void put_consumers(const struct disruptor_ring_info *info)
{
	char text[REPORT_NAME_SIZE];
	uint32_t i;

	printf("consumers  %u of %u\n", info->consumer_count,
	       info->consumers_max);
	if (info->consumer_count > 0)
		printf("  %-20s %-6s %10s %10s %20s %10s  %s\n", "NAME",
		       "STATE", "GAPS", "PID", "SEQUENCE", "LAG", "AFTER");
	for (i = 0; i < info->consumer_count; i++) {
		const struct disruptor_consumer_info *c = &info->consumers[i];

		report_consumer_name(c, text);
		printf("  %-20s %-6s %10" PRIu64 " %10u %20" PRId64
		       " %10" PRId64 "  ",
		       report_printable(text),
		       c->alive ? "alive" :
		       c->holds ? "holds" :
				  "gone",
		       c->gaps, c->pid, c->sequence, c->lag);
		put_after(info, c);
	}
}

void report_table(const char *ring, const struct disruptor_ring_info *info)
{
	put_geometry(ring, info);
	put_state(info);
	put_producers(info);
	put_consumers(info);
}
