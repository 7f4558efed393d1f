/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

/* After release JavaScript asks no more. */
static struct disruptor *disruptor_of(napi_env env, napi_callback_info info,
				      size_t count, napi_value *arguments)
{
	struct ring *ring = method_data(env, info, count, arguments);

	return ring->disruptor;
}

static napi_value published(napi_env env, napi_callback_info info)
{
	return value_of_bigint(
		env, disruptor_published(disruptor_of(env, info, 0, NULL)));
}

static napi_value claimed(napi_env env, napi_callback_info info)
{
	return value_of_bigint(
		env, disruptor_claimed(disruptor_of(env, info, 0, NULL)));
}

static napi_value remaining(napi_env env, napi_callback_info info)
{
	return value_of_double(env,
			       (double)disruptor_remaining_capacity(
				       disruptor_of(env, info, 0, NULL)));
}

static napi_value consumer_count(napi_env env, napi_callback_info info)
{
	return value_of_int(env, disruptor_consumer_count(disruptor_of(
					 env, info, 0, NULL)));
}

static napi_value result(napi_env env, int error)
{
	if (error < 0)
		return throw_library_error(env, -error);
	return value_undefined(env);
}

static napi_value close_ring(napi_env env, napi_callback_info info)
{
	return result(env, disruptor_close(disruptor_of(env, info, 0, NULL)));
}

static napi_value remove_consumer(napi_env env, napi_callback_info info)
{
	napi_value argument;
	struct disruptor *d = disruptor_of(env, info, 1, &argument);
	char *name = string_of(env, argument);
	int error = name == NULL ? -EINVAL : disruptor_remove_consumer(d, name);

	free(name);
	return result(env, error);
}

/* release(memory): handles are released before; the rest goes with memory. */
static napi_value release(napi_env env, napi_callback_info info)
{
	napi_value argument;

	disruptor_of(env, info, 1, &argument);
	napi_detach_arraybuffer(env, argument);
	return value_undefined(env);
}

/* node_api_create_external_sharedarraybuffer(), which old runtimes lack. */
typedef napi_status (*share_function)(napi_env env, void *base, size_t length,
				      void (*drop)(void *base, void *hint),
				      void *hint, napi_value *result);

static void drop_shared(void *base, void *ring)
{
	(void)base;
	ring_drop(ring);
}

/* A SharedArrayBuffer over all events; undefined: the runtime has none. */
static napi_value shared(napi_env env, napi_callback_info info)
{
	struct ring *ring = method_data(env, info, 0, NULL);
	struct disruptor_memory_info m;
	share_function share;
	napi_value result;

	*(void **)&share = dlsym(
		RTLD_DEFAULT, "node_api_create_external_sharedarraybuffer");
	if (share == NULL)
		return value_undefined(env);
	disruptor_memory(ring->disruptor, &m);
	ring_hold(ring);
	if (share(env, m.base, m.length, drop_shared, ring, &result) == napi_ok)
		return result;
	ring_drop(ring);
	return value_undefined(env);
}

static void destroy(napi_env env, void *data, void *hint)
{
	(void)env;
	(void)hint;
	ring_drop(data);
}

static const struct method methods[] = {
	{ "published", published },
	{ "claimed", claimed },
	{ "remaining", remaining },
	{ "consumerCount", consumer_count },
	{ "close", close_ring },
	{ "removeConsumer", remove_consumer },
	{ "shared", shared },
	{ "release", release },
	{ "producer", ring_new_producer },
	{ "consumer", ring_new_consumer },
};

static void describe(napi_env env, napi_value object,
		     const struct disruptor *d,
		     const struct disruptor_memory_info *m)
{
	set_property(env, object, "slots",
		     value_of_double(env, (double)disruptor_capacity(d)));
	set_property(env, object, "slotSize",
		     value_of_double(env, (double)disruptor_event_size(d)));
	set_property(env, object, "stride",
		     value_of_double(env, (double)m->stride));
	set_property(env, object, "multi",
		     value_of_bool(env, disruptor_producer_type(d) ==
						DISRUPTOR_MULTI_PRODUCER));
	set_property(env, object, "type",
		     value_of_string(env, disruptor_type_name(d)));
}

static napi_value make_object(napi_env env, struct ring *ring)
{
	struct disruptor_memory_info m;
	napi_value object, memory;

	disruptor_memory(ring->disruptor, &m);
	ring_hold(ring);
	memory = memory_as_buffer(env, m.base, m.length, ring_drop, ring);
	if (memory == NULL || napi_create_object(env, &object) != napi_ok ||
	    !add_methods(env, object, methods, LENGTH_OF(methods), ring))
		return NULL;
	describe(env, object, ring->disruptor, &m);
	set_property(env, object, "memory", memory);
	ring_hold(ring);
	napi_add_finalizer(env, object, ring, destroy, NULL, NULL);
	return object;
}

static napi_value ring_of(napi_env env, struct disruptor *d)
{
	struct ring *ring;
	napi_value object;

	if (d == NULL)
		return throw_library_error(env, errno);
	ring = calloc(1, sizeof(*ring));
	if (ring == NULL) {
		disruptor_free(d);
		return throw_errno(env, ENOMEM, "no memory");
	}
	ring->disruptor = d;
	ring->references = 1;
	object = make_object(env, ring);
	ring_drop(ring);
	return object;
}

/*
 * createRing(name, slots, slotSize, multi, stamped, mode, maxConsumers,
 *	      maxProducers, type, firstSequence)
 */
napi_value ring_create(napi_env env, napi_callback_info info)
{
	struct disruptor_options options = { .size = sizeof(options) };
	struct disruptor *d;
	char *name, *type;
	napi_value a[10];

	method_data(env, info, 10, a);
	name = string_of(env, a[0]);
	type = string_of(env, a[8]);
	options.capacity = (size_t)int64_of(env, a[1]);
	options.event_size = (size_t)int64_of(env, a[2]);
	options.producer_type = bool_of(env, a[3]) ? DISRUPTOR_MULTI_PRODUCER :
						     DISRUPTOR_SINGLE_PRODUCER;
	options.slot_layout = bool_of(env, a[4]) ? DISRUPTOR_SLOTS_STAMPED :
						   DISRUPTOR_SLOTS_PACKED;
	options.mode = uint_of(env, a[5]);
	options.consumers_max = uint_of(env, a[6]);
	options.producers_max = uint_of(env, a[7]);
	options.type_name = type;
	options.first_sequence = int64_of(env, a[9]);
	d = disruptor_create_shared(name, &options);
	free(name);
	free(type);
	return ring_of(env, d);
}

/* attachRing(name, slotSize): 0, whatever it has. */
napi_value ring_attach(napi_env env, napi_callback_info info)
{
	struct disruptor *d;
	napi_value a[2];
	char *name;

	method_data(env, info, 2, a);
	name = string_of(env, a[0]);
	d = disruptor_attach(name, (size_t)int64_of(env, a[1]));
	free(name);
	return ring_of(env, d);
}

napi_value ring_unlink(napi_env env, napi_callback_info info)
{
	napi_value argument;
	char *name;
	int error;

	method_data(env, info, 1, &argument);
	name = string_of(env, argument);
	error = disruptor_unlink(name);
	free(name);
	return result(env, error);
}
