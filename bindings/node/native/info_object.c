/* SPDX-License-Identifier: MIT */
#include "addon.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void set_number(napi_env env, napi_value object, const char *name,
		       double value)
{
	set_property(env, object, name, value_of_double(env, value));
}

static void set_bigint(napi_env env, napi_value object, const char *name,
		       int64_t value)
{
	set_property(env, object, name, value_of_bigint(env, value));
}

static void set_bool(napi_env env, napi_value object, const char *name,
		     bool value)
{
	set_property(env, object, name, value_of_bool(env, value));
}

static napi_value names_upstream(napi_env env,
				 const struct disruptor_ring_info *info,
				 const struct disruptor_consumer_info *consumer)
{
	napi_value names;
	uint32_t i, n = 0, index;

	napi_create_array(env, &names);
	for (i = 0; i < info->consumer_count; i++) {
		index = info->consumers[i].index;
		if ((consumer->upstream[index / 64] >> (index % 64)) & 1)
			napi_set_element(env, names, n++,
					 value_of_string(
						 env, info->consumers[i].name));
	}
	return names;
}

static napi_value consumer(napi_env env, const struct disruptor_ring_info *info,
			   const struct disruptor_consumer_info *c)
{
	napi_value object;

	napi_create_object(env, &object);
	set_property(env, object, "name", value_of_string(env, c->name));
	set_number(env, object, "pid", c->pid);
	set_bool(env, object, "alive", c->alive);
	set_bool(env, object, "holds", c->holds);
	set_bigint(env, object, "sequence", c->sequence);
	set_number(env, object, "lag", (double)c->lag);
	set_number(env, object, "gaps", (double)c->gaps);
	set_property(env, object, "after", names_upstream(env, info, c));
	return object;
}

static napi_value producer(napi_env env,
			   const struct disruptor_producer_info *p)
{
	napi_value object;

	napi_create_object(env, &object);
	set_number(env, object, "index", p->index);
	set_number(env, object, "pid", p->pid);
	set_bool(env, object, "alive", p->alive);
	set_number(env, object, "abandoned", (double)p->abandoned);
	return object;
}

static void set_participants(napi_env env, napi_value object,
			     const struct disruptor_ring_info *info)
{
	napi_value producers, consumers;
	uint32_t i;

	napi_create_array(env, &producers);
	for (i = 0; i < info->producer_count; i++)
		napi_set_element(env, producers, i,
				 producer(env, &info->producers[i]));
	napi_create_array(env, &consumers);
	for (i = 0; i < info->consumer_count; i++)
		napi_set_element(env, consumers, i,
				 consumer(env, info, &info->consumers[i]));
	set_property(env, object, "producerList", producers);
	set_property(env, object, "consumerList", consumers);
}

static void set_ring_id(napi_env env, napi_value object, const uint8_t id[16])
{
	char text[33];
	int i;

	for (i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", id[i]);
	set_property(env, object, "id", value_of_string(env, text));
}

static napi_value object_of(napi_env env, const struct disruptor_ring_info *info)
{
	napi_value object;

	napi_create_object(env, &object);
	set_number(env, object, "slots", (double)info->capacity);
	set_number(env, object, "slotSize", (double)info->event_size);
	set_number(env, object, "bytes", (double)info->total_size);
	set_property(env, object, "producers",
		     value_of_string(env, info->producer_type ==
						  DISRUPTOR_MULTI_PRODUCER ?
						  "multi" :
						  "single"));
	set_property(env, object, "slotLayout",
		     value_of_string(env, info->slot_layout ==
						  DISRUPTOR_SLOTS_STAMPED ?
						  "stamped" :
						  "packed"));
	set_property(env, object, "type", value_of_string(env, info->type_name));
	set_ring_id(env, object, info->ring_id);
	set_number(env, object, "layoutVersion", info->layout_major);
	set_number(env, object, "mode", info->mode);
	set_number(env, object, "creatorPid", (double)info->creator_pid);
	set_number(env, object, "createdMs", (double)info->created_ns / 1e6);
	set_number(env, object, "maxProducers", info->producers_max);
	set_number(env, object, "maxConsumers", info->consumers_max);
	set_bool(env, object, "closed", info->closed);
	set_bigint(env, object, "firstSequence", info->first_sequence);
	set_bigint(env, object, "claimed", info->claimed);
	set_bigint(env, object, "published", info->published);
	set_number(env, object, "recovered", (double)info->recovered);
	set_number(env, object, "evicted", (double)info->evicted);
	set_participants(env, object, info);
	return object;
}

napi_value ring_inspect(napi_env env, napi_callback_info info)
{
	struct disruptor_ring_info *found;
	napi_value argument, object;
	char *name;

	method_data(env, info, 1, &argument);
	name = string_of(env, argument);
	found = disruptor_inspect(name);
	free(name);
	if (found == NULL)
		return throw_library_error(env, errno);
	object = object_of(env, found);
	disruptor_inspect_free(found);
	return object;
}
