/* SPDX-License-Identifier: MIT */
/* What the objects on libdisruptor's rings share. */
#ifndef RING_H
#define RING_H

#include "addon.h"
#include "patience.h"

/*
 * Freed when the ring's object, its handles' objects and its ArrayBuffer are
 * all gone: memory that JavaScript can reach stays mapped. Which may be in other
 * threads, by a SharedArrayBuffer.
 */
struct ring {
	struct disruptor *disruptor;
	uint32_t references;
};

void ring_hold(struct ring *ring);
void ring_drop(void *ring);

/* Calls on handles return this after their release, else n or -errno. */
#define HANDLE_RELEASED (-10000)
/* Number.MAX_SAFE_INTEGER + 1 */
#define SEQUENCE_SAFE (INT64_C(1) << 53)

/* Where JavaScript reads [start, end): Numbers, or BigInts. */
struct range {
	napi_ref reference;
	double *numbers;	/* one of the two */
	int64_t *bigints;
};

bool range_open(napi_env env, struct range *range, napi_value typed_array);
void range_close(napi_env env, struct range *range);
/* n, or -EOVERFLOW where Numbers are not exact any more. */
int64_t range_set(const struct range *range, int64_t start, int64_t n);

/* What producers and consumers have in common. */
struct place {
	struct ring *ring;
	struct range range;
	struct disruptor_wait_point point;
	struct patience patience;
};

/* False: no memory. */
bool place_enter(napi_env env, struct place *place, struct ring *ring,
		 napi_value range);
void place_leave(napi_env env, struct place *place);

/* sleep(id) of a handle that has announced itself. */
napi_value sleep_at(napi_env env, napi_value id, const struct place *place,
		    bool (*recheck)(void *), void *context);

napi_value ring_new_producer(napi_env env, napi_callback_info info);
napi_value ring_new_consumer(napi_env env, napi_callback_info info);

#endif
