/* SPDX-License-Identifier: MIT */
#include "compat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static napi_value throw_failure(napi_env env, enum segment_failure failure)
{
	static const char *const texts[] = {
		[SEGMENT_OPEN] = "Failed to open shared memory object",
		[SEGMENT_SIZE] = "Failed to size shared memory",
		[SEGMENT_MAP] = "Failed to map shared memory",
	};
	int error = errno;
	char message[160];

	if (failure == SEGMENT_GEOMETRY)
		return throw_code(env, "ERR_DISRUPTOR_GEOMETRY",
				  "Failed to map shared memory: it has another "
				  "number or size of elements, or of consumers");
	snprintf(message, sizeof(message), "%s: %s", texts[failure],
		 strerror(error));
	return throw_errno(env, error, message);
}

static void place(struct compat *c, struct segment *segment)
{
	uint64_t *words = (void *)segment->base;

	c->segment = segment;
	c->elements = segment->geometry.elements;
	c->consumers = segment->geometry.consumers;
	c->consumer = words;
	c->cursor = words + c->consumers;
	c->next = c->cursor + 1;
	c->status = (uint32_t *)(void *)(c->next + 1);
}

static napi_value buffer(napi_env env, struct segment *segment, size_t offset,
			 size_t length)
{
	segment_hold(segment);
	return memory_as_buffer(env, segment->base + offset, length,
				segment_drop, segment);
}

static napi_value make_object(napi_env env, struct compat *c,
			      napi_value state)
{
	const struct compat_geometry *g = &c->segment->geometry;
	napi_value object, elements, consumers;
	void *words;

	elements = buffer(env, c->segment, segment_data_offset(g),
			  (size_t)g->elements * g->element_size);
	if (elements == NULL)
		return NULL;
	consumers = buffer(env, c->segment, 0, 8 * (size_t)g->consumers);
	if (consumers == NULL || napi_create_object(env, &object) != napi_ok ||
	    !compat_add_methods(env, object, c))
		return NULL;
	napi_get_typedarray_info(env, state, NULL, NULL, &words, NULL, NULL);
	c->state = words;
	napi_create_reference(env, state, 1, &c->state_reference);
	set_property(env, object, "elements", elements);
	set_property(env, object, "consumers", consumers);
	napi_add_finalizer(env, object, c, compat_destroy, NULL, NULL);
	return object;
}

/* openCompat(name, elements, element_size, consumers, me, init, state) */
napi_value compat_open(napi_env env, napi_callback_info info)
{
	enum segment_failure failure = SEGMENT_OPEN;
	struct compat_geometry geometry;
	struct segment *segment = NULL;
	napi_value a[7], object;
	struct compat *c;
	char *name;

	method_data(env, info, 7, a);
	name = string_of(env, a[0]);
	c = calloc(1, sizeof(*c));
	geometry = (struct compat_geometry){ uint_of(env, a[1]),
					     uint_of(env, a[2]),
					     uint_of(env, a[3]) };
	errno = ENOMEM;
	if (name != NULL && c != NULL)
		segment = segment_open(name, &geometry, bool_of(env, a[5]),
				       &failure);
	free(name);
	if (segment == NULL) {
		free(c);
		return throw_failure(env, failure);
	}
	place(c, segment);
	c->me = int64_of(env, a[4]);
	patience_begin(&c->patience);
	object = make_object(env, c, a[6]);
	if (object == NULL) {
		compat_leave(c);
		free(c);
	}
	return object;
}

napi_value compat_unlink(napi_env env, napi_callback_info info)
{
	napi_value argument;
	char *name;
	int error;

	method_data(env, info, 1, &argument);
	name = string_of(env, argument);
	error = name != NULL && shm_unlink(name) == 0 ? 0 : errno;
	free(name);
	if (error != 0)
		return throw_errno(env, error, strerror(error));
	return value_undefined(env);
}
