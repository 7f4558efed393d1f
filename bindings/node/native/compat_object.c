/* SPDX-License-Identifier: MIT */
#include "compat.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* --- the hot calls: a small integer, the rest in the state ------------------ */

static struct compat *compat_of(napi_env env, napi_callback_info info,
				size_t count, napi_value *arguments)
{
	return method_data(env, info, count, arguments);
}

/* Where it begins, or a compat_result. */
static napi_value claim_one(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);
	int64_t n = COMPAT_RELEASED;

	if (c->segment != NULL)
		n = compat_claim(c, 1, false);
	return value_of_int(env, n < 0 ? (int32_t)n :
					 (int32_t)c->state[STATE_SLOT]);
}

/* claim(count, partial): how many, or a compat_result. */
static napi_value claim(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	struct compat *c = compat_of(env, info, 2, arguments);

	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	return value_of_double(
		env, (double)compat_claim(c, uint_of(env, arguments[0]),
					  bool_of(env, arguments[1])));
}

/* The last claim: 1, 0, or a compat_result. */
static napi_value commit(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	return value_of_int(
		env, (int32_t)compat_commit(
			     c, (uint64_t)c->state[STATE_CLAIM_START],
			     (uint64_t)c->state[STATE_CLAIM_END]));
}

static napi_value commit_range(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	struct compat *c = compat_of(env, info, 2, arguments);

	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	return value_of_int(
		env, (int32_t)compat_commit(
			     c, (uint64_t)double_of(env, arguments[0]),
			     (uint64_t)double_of(env, arguments[1])));
}

static napi_value recover(napi_env env, napi_callback_info info)
{
	napi_value arguments[2];
	struct compat *c = compat_of(env, info, 2, arguments);

	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	return value_of_double(
		env, (double)compat_recover(
			     c, (uint64_t)double_of(env, arguments[0]),
			     (uint64_t)double_of(env, arguments[1])));
}

static napi_value consume(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	return value_of_double(env, c->segment == NULL ?
					    COMPAT_RELEASED :
					    (double)compat_consume(c));
}

static napi_value consume_commit(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	return value_of_int(env, c->segment == NULL ?
					 COMPAT_RELEASED :
					 (int32_t)compat_consume_commit(c));
}

/* --- the words ----------------------------------------------------------------- */

static napi_value word(napi_env env, const struct compat *c,
		       const uint64_t *address)
{
	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	return value_of_double(env, (double)disruptor_load_seq_cst_u64(address));
}

static napi_value cursor(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	return word(env, c, c->cursor);
}

static napi_value next(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	return word(env, c, c->next);
}

static napi_value consumer(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	if (c->me < 0)
		return value_of_int(env, COMPAT_NOT_A_CONSUMER);
	return word(env, c, &c->consumer[c->me]);
}

/* undefined after release: every number is a status. */
static napi_value status(napi_env env, napi_callback_info info)
{
	struct compat *c = compat_of(env, info, 0, NULL);

	if (c->segment == NULL)
		return value_undefined(env);
	return value_of_int(env, (int32_t)disruptor_load_seq_cst_u32(c->status));
}

static napi_value set_status(napi_env env, napi_callback_info info)
{
	napi_value argument;
	struct compat *c = compat_of(env, info, 1, &argument);

	if (c->segment == NULL)
		return value_of_int(env, COMPAT_RELEASED);
	compat_set_status(c, (uint32_t)int_of(env, argument));
	return value_of_int(env, 0);
}

/* --- waiting --------------------------------------------------------------------- */

/* wait(kind, start, count, ns, waited): blocks; whether to try again. */
static napi_value wait(napi_env env, napi_callback_info info)
{
	napi_value a[5];
	struct compat *c = compat_of(env, info, 5, a);
	struct compat_want want = { (enum compat_wait)int_of(env, a[0]),
				    (uint64_t)double_of(env, a[1]),
				    uint_of(env, a[2]) };

	return value_of_bool(env, c->segment == NULL ||
					  compat_wait(c, &want,
						      int64_of(env, a[3]),
						      int64_of(env, a[4])));
}

/* sleep(id, kind, start, count): the environment's callback tells when. */
static napi_value sleep_until(napi_env env, napi_callback_info info)
{
	napi_value a[4];
	struct compat *c = compat_of(env, info, 4, a);
	struct sleeper *s = environment_sleeper(environment_of(env),
						uint_of(env, a[0]));

	if (s == NULL)
		return throw_errno(env, ENOMEM, "no memory for one who waits");
	sleeper_cancel(s);
	s->look = compat_look;
	s->recheck = NULL;
	s->context = c;
	s->kind = int_of(env, a[1]);
	s->start = (uint64_t)double_of(env, a[2]);
	s->count = uint_of(env, a[3]);
	if (compat_look(s))
		return value_of_bool(env, false);
	if (!sleeper_register(s))
		return throw_errno(env, EAGAIN, "no thread to sleep in");
	return value_of_bool(env, true);
}

/* --- coming and going ---------------------------------------------------------------- */

static void leave_segment(struct compat *c)
{
	if (c->segment != NULL)
		segment_drop(c->segment);
	c->segment = NULL;
}

/* release(ignore, elements, consumers): the two buffers become empty. */
static napi_value release(napi_env env, napi_callback_info info)
{
	napi_value a[3];
	struct compat *c = compat_of(env, info, 3, a);

	if (c->segment == NULL)
		return value_undefined(env);
	if (bool_of(env, a[0]))
		compat_ignore(c);
	napi_detach_arraybuffer(env, a[1]);
	napi_detach_arraybuffer(env, a[2]);
	leave_segment(c);
	return value_undefined(env);
}

static void destroy(napi_env env, void *data, void *hint)
{
	struct compat *c = data;

	(void)hint;
	leave_segment(c);
	napi_delete_reference(env, c->state_reference);
	free(c);
}

static const struct method methods[] = {
	{ "claimOne", claim_one },
	{ "claim", claim },
	{ "commit", commit },
	{ "commitRange", commit_range },
	{ "recover", recover },
	{ "consume", consume },
	{ "consumeCommit", consume_commit },
	{ "cursor", cursor },
	{ "next", next },
	{ "consumer", consumer },
	{ "status", status },
	{ "setStatus", set_status },
	{ "wait", wait },
	{ "sleep", sleep_until },
	{ "release", release },
};

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
	    !add_methods(env, object, methods, LENGTH_OF(methods), c))
		return NULL;
	napi_get_typedarray_info(env, state, NULL, NULL, &words, NULL, NULL);
	c->state = words;
	napi_create_reference(env, state, 1, &c->state_reference);
	set_property(env, object, "elements", elements);
	set_property(env, object, "consumers", consumers);
	napi_add_finalizer(env, object, c, destroy, NULL, NULL);
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
	object = make_object(env, c, a[6]);
	if (object == NULL) {
		leave_segment(c);
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
