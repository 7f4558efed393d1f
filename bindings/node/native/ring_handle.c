/* SPDX-License-Identifier: MIT */
#include "ring.h"
#include "sleeper.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>

void ring_hold(struct ring *ring)
{
	disruptor_fetch_add_u32(&ring->references, 1);
}

void ring_drop(void *argument)
{
	struct ring *ring = argument;

	if (disruptor_fetch_add_u32(&ring->references, UINT32_MAX) != 1)
		return;
	disruptor_free(ring->disruptor);
	watch_memory_is_gone();
	free(ring);
}

bool range_open(napi_env env, struct range *range, napi_value typed_array)
{
	napi_typedarray_type type;
	void *words;

	if (napi_get_typedarray_info(env, typed_array, &type, NULL, &words,
				     NULL, NULL) != napi_ok)
		return false;
	if (type == napi_bigint64_array)
		range->bigints = words;
	else
		range->numbers = words;
	return napi_create_reference(env, typed_array, 1, &range->reference) ==
	       napi_ok;
}

void range_close(napi_env env, struct range *range)
{
	if (range->reference != NULL)
		napi_delete_reference(env, range->reference);
	range->reference = NULL;
}

int64_t range_set(const struct range *range, int64_t start, int64_t n)
{
	if (range->bigints != NULL) {
		range->bigints[0] = start;
		range->bigints[1] = start + n;
		return n;
	}
	if (start + n > SEQUENCE_SAFE)
		return -EOVERFLOW;
	range->numbers[0] = (double)start;
	range->numbers[1] = (double)(start + n);
	return n;
}

bool place_enter(napi_env env, struct place *place, struct ring *ring,
		 napi_value range)
{
	place->ring = ring;
	ring_hold(ring);
	patience_begin(&place->patience);
	return range_open(env, &place->range, range);
}

void place_leave(napi_env env, struct place *place)
{
	ring_drop(place->ring);
	range_close(env, &place->range);
}

napi_value sleep_at(napi_env env, napi_value id, const struct place *place,
		    bool (*recheck)(void *), void *context)
{
	struct sleeper *s = environment_sleeper(environment_of(env),
						uint_of(env, id));

	if (s == NULL)
		return throw_errno(env, ENOMEM, "no memory for one who waits");
	sleeper_cancel(s);
	s->look = NULL;
	s->recheck = recheck;
	s->context = context;
	s->point = place->point;
	return sleeper_begin(env, s);
}
