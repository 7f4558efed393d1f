/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

struct producer {
	struct disruptor_producer *handle;	/* NULL: released */
	struct place place;
};

/* A claim that waits for room. */
struct demand {
	struct producer *producer;
	int64_t count;
	bool up_to;
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
	n = range_set(&p->place.range, disruptor_producer_sequence(p->handle, 0), n);
	if (n < 0)
		disruptor_abandon(p->handle);
	return n;
}

static struct demand demand_of(napi_env env, napi_value *a, struct producer *p)
{
	return (struct demand){ p, int64_of(env, a[0]), bool_of(env, a[1]) };
}

/* n, 0 for a full ring, or -errno. */
static int64_t claim_within(const struct demand *d, int64_t ns)
{
	struct disruptor_producer *handle = d->producer->handle;
	int64_t n;

	n = d->up_to ? disruptor_claim_up_to_timeout(handle, d->count, ns) :
		       disruptor_claim_n_timeout(handle, d->count, ns);
	return n == -EAGAIN || n == -ETIMEDOUT ? 0 : n;
}

static int64_t try_claim(void *demand)
{
	return claim_within(demand, 0);
}

/* claim(count, upTo): how many, or -errno; start and end in the range. */
static napi_value claim(napi_env env, napi_callback_info info)
{
	napi_value a[2];
	struct producer *p = producer_of(env, info, 2, a);
	struct demand demand = demand_of(env, a, p);

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_double(env, (double)note(p, try_claim(&demand)));
}

/* claimWait(count, upTo, ns): blocks. */
static napi_value claim_wait(napi_env env, napi_callback_info info)
{
	napi_value a[3];
	struct producer *p = producer_of(env, info, 3, a);
	struct demand demand = demand_of(env, a, p);

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_double(
		env, (double)note(p, claim_within(&demand,
						  int64_of(env, a[2]))));
}

/* claimPause(count, upTo, ns): stands still for it, so long at most. */
static napi_value claim_pause(napi_env env, napi_callback_info info)
{
	napi_value a[3];
	struct producer *p = producer_of(env, info, 3, a);
	struct demand demand = demand_of(env, a, p);

	if (p->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_double(
		env, (double)note(p, wait_briefly(&p->place.patience,
						  int64_of(env, a[2]),
						  try_claim, &demand)));
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
		disruptor_producer_announce(p->handle, &p->place.point);
	return NULL;
}

static napi_value sleep_until(napi_env env, napi_callback_info info)
{
	napi_value id;
	struct producer *p = producer_of(env, info, 1, &id);

	if (p->handle == NULL)
		return value_of_bool(env, false);
	return sleep_at(env, id, &p->place, NULL, NULL);
}

static void leave(napi_env env, struct producer *p)
{
	if (p->handle == NULL)
		return;
	disruptor_producer_free(p->handle);
	p->handle = NULL;
	place_leave(env, &p->place);
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
	{ "claimPause", claim_pause },
	{ "publish", publish },
	{ "abandon", abandon },
	{ "announce", announce },
	{ "sleep", sleep_until },
	{ "release", release },
};

/* producer(range) */
napi_value ring_new_producer(napi_env env, napi_callback_info info)
{
	napi_value argument;
	struct ring *ring = method_data(env, info, 1, &argument);
	struct producer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return throw_errno(env, ENOMEM, "no memory");
	p->handle = disruptor_producer_new(ring->disruptor);
	if (p->handle == NULL) {
		free(p);
		return throw_library_error(env, errno);
	}
	if (place_enter(env, &p->place, ring, argument))
		return owner_object(env, methods, LENGTH_OF(methods), p, destroy);
	destroy(env, p, NULL);
	return throw_errno(env, ENOMEM, "no object could be made");
}
