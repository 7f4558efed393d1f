/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

struct producer {
	struct disruptor_producer *handle;	/* NULL: released */
	struct ring *ring;
	struct range range;
	struct disruptor_wait_point point;
};

static struct producer *producer_of(napi_env env, napi_callback_info info,
				    size_t count, napi_value *arguments)
{
	return method_data(env, info, count, arguments);
}

static int64_t note(struct producer *p, int64_t n)
{
	if (n <= 0)
		return n;
	n = range_set(&p->range, disruptor_producer_sequence(p->handle, 0), n);
	if (n < 0)
		disruptor_abandon(p->handle);
	return n;
}

/* claim(count, upTo): how many, or -errno; start and end in the range. */
static napi_value claim(napi_env env, napi_callback_info info)
{
	napi_value a[2];
	struct producer *p = producer_of(env, info, 2, a);
	int64_t n;

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	n = int64_of(env, a[0]);
	n = bool_of(env, a[1]) ? disruptor_claim_up_to_timeout(p->handle, n, 0) :
				 disruptor_try_claim_n(p->handle, n);
	return value_of_double(env, (double)note(p, n));
}

/* claimOne(): the usual case, without arguments. */
static napi_value claim_one(napi_env env, napi_callback_info info)
{
	struct producer *p = producer_of(env, info, 0, NULL);

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_int(
		env, (int32_t)note(p, disruptor_try_claim_n(p->handle, 1)));
}

/* claimWait(count, upTo, ns): blocks. */
static napi_value claim_wait(napi_env env, napi_callback_info info)
{
	napi_value a[3];
	struct producer *p = producer_of(env, info, 3, a);
	int64_t n, ns;

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	n = int64_of(env, a[0]);
	ns = int64_of(env, a[2]);
	n = bool_of(env, a[1]) ?
		    disruptor_claim_up_to_timeout(p->handle, n, ns) :
		    disruptor_claim_n_timeout(p->handle, n, ns);
	return value_of_double(env, (double)note(p, n));
}

static napi_value publish(napi_env env, napi_callback_info info)
{
	struct producer *p = producer_of(env, info, 0, NULL);

	if (p->handle != NULL)
		disruptor_publish(p->handle);
	return NULL;
}

static napi_value abandon(napi_env env, napi_callback_info info)
{
	struct producer *p = producer_of(env, info, 0, NULL);

	if (p->handle != NULL)
		disruptor_abandon(p->handle);
	return NULL;
}

static napi_value announce(napi_env env, napi_callback_info info)
{
	struct producer *p = producer_of(env, info, 0, NULL);

	if (p->handle != NULL)
		disruptor_producer_announce(p->handle, &p->point);
	return NULL;
}

static napi_value sleep_until(napi_env env, napi_callback_info info)
{
	napi_value id;
	struct producer *p = producer_of(env, info, 1, &id);

	if (p->handle == NULL)
		return value_of_bool(env, false);
	return sleep_at(env, id, &p->point, NULL, NULL);
}

static void leave(napi_env env, struct producer *p)
{
	if (p->handle == NULL)
		return;
	disruptor_producer_free(p->handle);
	p->handle = NULL;
	ring_drop(p->ring);
	range_close(env, &p->range);
}

static napi_value release(napi_env env, napi_callback_info info)
{
	leave(env, producer_of(env, info, 0, NULL));
	return NULL;
}

static void destroy(napi_env env, void *data, void *hint)
{
	(void)hint;
	leave(env, data);
	free(data);
}

static const struct method methods[] = {
	{ "claim", claim },
	{ "claimOne", claim_one },
	{ "claimWait", claim_wait },
	{ "publish", publish },
	{ "abandon", abandon },
	{ "announce", announce },
	{ "sleep", sleep_until },
	{ "release", release },
};

/* producer(range) */
napi_value ring_new_producer(napi_env env, napi_callback_info info)
{
	napi_value argument, object;
	struct ring *ring = method_data(env, info, 1, &argument);
	struct producer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return throw_errno(env, ENOMEM, "no memory");
	p->handle = disruptor_producer_new(ring->disruptor);
	if (p->handle == NULL) {
		free(p);
		return throw_library_error(env, errno);
	}
	p->ring = ring;
	ring->references++;
	if (range_open(env, &p->range, argument) &&
	    napi_create_object(env, &object) == napi_ok &&
	    add_methods(env, object, methods, LENGTH_OF(methods), p) &&
	    napi_add_finalizer(env, object, p, destroy, NULL, NULL) == napi_ok)
		return object;
	destroy(env, p, NULL);
	return throw_errno(env, ENOMEM, "no object could be made");
}
