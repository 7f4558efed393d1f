/* SPDX-License-Identifier: MIT */
#include "arguments.h"
#include "json.h"
#include "report.h"

#include <stdio.h>

static void put_geometry(struct json *json,
			 const struct disruptor_ring_info *info)
{
	char text[32];

	json_unsigned(json, "capacity", info->capacity);
	json_unsigned(json, "event_size", info->event_size);
	json_unsigned(json, "event_stride", info->event_stride);
	json_unsigned(json, "total_size", info->total_size);
	snprintf(text, sizeof(text), "%u.%u", info->layout_major,
		 info->layout_minor);
	json_string(json, "layout", text);
	json_string(json, "producer_type",
		    info->producer_type == DISRUPTOR_MULTI_PRODUCER ?
			    "multi" : "single");
	json_string(json, "slot_layout", report_slot_layout(info->slot_layout));
	json_string(json, "wait_strategy",
		    wait_strategy_name(info->wait_strategy));
	json_unsigned(json, "producers_max", info->producers_max);
	json_unsigned(json, "consumers_max", info->consumers_max);
	json_string(json, "type_name", info->type_name);
}

static void put_origin(struct json *json,
		       const struct disruptor_ring_info *info)
{
	char text[40];
	int i;

	for (i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", info->ring_id[i]);
	json_string(json, "ring_id", text);
	report_time(text, info->created_ns);
	json_string(json, "created", text);
	json_signed(json, "creator_pid", info->creator_pid);
	snprintf(text, sizeof(text), "%04o", info->mode);
	json_string(json, "mode", text);
}

/* Who is waited for. */
static void put_holder(struct json *json,
		       const struct disruptor_ring_info *info)
{
	json_begin(json, "held_by", '{');
	json_signed(json, "sequence", info->published);
	json_unsigned(json, "producer", info->holder.index);
	json_unsigned(json, "pid", info->holder.pid);
	json_unsigned(json, "tid", info->holder.tid);
	json_end(json, '}');
}

static void put_state(struct json *json, const struct disruptor_ring_info *info)
{
	json_boolean(json, "closed", info->closed);
	json_signed(json, "first_sequence", info->first_sequence);
	json_signed(json, "claimed", info->claimed);
	json_signed(json, "published", info->published);
	if (info->is_held)
		put_holder(json, info);
	else
		json_null(json, "held_by");
	json_unsigned(json, "gaps", report_gaps(info));
	json_unsigned(json, "recovered", info->recovered);
	json_unsigned(json, "evicted", info->evicted);
	json_unsigned(json, "stalled", info->stalled);
}

static void put_producer(struct json *json,
			 const struct disruptor_producer_info *producer)
{
	json_begin(json, NULL, '{');
	json_unsigned(json, "index", producer->index);
	json_unsigned(json, "pid", producer->pid);
	json_unsigned(json, "tid", producer->tid);
	json_boolean(json, "alive", producer->alive);
	json_unsigned(json, "abandoned", producer->abandoned);
	json_signed(json, "claim_low", producer->claim_low);
	json_signed(json, "claim_high", producer->claim_high);
	json_end(json, '}');
}

static void put_consumer(struct json *json,
			 const struct disruptor_ring_info *info,
			 const struct disruptor_consumer_info *consumer)
{
	const struct disruptor_consumer_info *upstream;
	char text[REPORT_NAME_SIZE];
	uint32_t i;

	json_begin(json, NULL, '{');
	json_unsigned(json, "index", consumer->index);
	json_string(json, "name", consumer->name);
	json_signed(json, "sequence", consumer->sequence);
	json_signed(json, "lag", consumer->lag);
	json_boolean(json, "alive", consumer->alive);
	json_boolean(json, "holds", consumer->holds);
	json_begin(json, "after", '[');
	for (i = 0; i < info->consumer_count; i++) {
		upstream = report_upstream(info, consumer, i);
		if (upstream != NULL)
			json_string(json, NULL,
				    report_consumer_name(upstream, text));
	}
	json_end(json, ']');
	json_signed(json, "stall_limit_ns", consumer->stall_limit_ns);
	json_string(json, "on_upstream_lost",
		    report_on_upstream_lost(consumer->on_upstream_lost));
	json_boolean(json, "upstream_lost", consumer->upstream_lost);
	json_unsigned(json, "gaps", consumer->gaps);
	json_unsigned(json, "pid", consumer->pid);
	json_end(json, '}');
}

void report_json(const char *ring, const struct disruptor_ring_info *info)
{
	struct json json = { false };
	uint32_t i;

	json_begin(&json, NULL, '{');
	json_string(&json, "name", ring);
	put_geometry(&json, info);
	put_origin(&json, info);
	put_state(&json, info);
	json_begin(&json, "producers", '[');
	for (i = 0; i < info->producer_count; i++)
		put_producer(&json, &info->producers[i]);
	json_end(&json, ']');
	json_begin(&json, "consumers", '[');
	for (i = 0; i < info->consumer_count; i++)
		put_consumer(&json, info, &info->consumers[i]);
	json_end(&json, ']');
	json_end(&json, '}');
	putchar('\n');
}
