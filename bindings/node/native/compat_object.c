/* SPDX-License-Identifier: MIT */
#include "compat.h"
#include "sleeper.h"

#include <errno.h>
#include <stdlib.h>

/* --- the hot calls: a small integer, the rest in the state ---------------- */

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

/* --- the words ------------------------------------------------------------ */

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

/* --- waiting -------------------------------------------------------------- */

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

struct looked_for {
	const struct compat *compat;
	struct compat_want want;
};

static int64_t look(void *context)
{
	const struct looked_for *l = context;

	return compat_is_over(l->compat, &l->want);
}

/* pause(kind, start, count, ns): whether it comes at once. */
static napi_value pause_briefly(napi_env env, napi_callback_info info)
{
	napi_value a[4];
	struct compat *c = compat_of(env, info, 4, a);
	struct looked_for l = { c,
				{ (enum compat_wait)int_of(env, a[0]),
				  (uint64_t)double_of(env, a[1]),
				  uint_of(env, a[2]) } };

	return value_of_bool(env, c->segment == NULL ||
					  wait_briefly(&c->patience,
						       int64_of(env, a[3]),
						       look, &l) != 0);
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
	return sleeper_begin(env, s);
}

/* --- coming and going ----------------------------------------------------- */

void compat_leave(struct compat *c)
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
	compat_leave(c);
	return value_undefined(env);
}

void compat_destroy(napi_env env, void *data, void *hint)
{
	struct compat *c = data;

	(void)hint;
	compat_leave(c);
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
	{ "pause", pause_briefly },
	{ "sleep", sleep_until },
	{ "release", release },
};

bool compat_add_methods(napi_env env, napi_value object, struct compat *c)
{
	return add_methods(env, object, methods, LENGTH_OF(methods), c);
}
