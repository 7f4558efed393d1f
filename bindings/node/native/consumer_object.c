/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

struct consumer {
	struct disruptor_poller *handle;	/* NULL: released */
	struct place place;
};

static struct consumer *consumer_of(napi_env env, napi_callback_info info,
				    size_t count, napi_value *arguments)
{
	return method_data(env, info, count, arguments);
}

static napi_value note(napi_env env, struct consumer *c, int64_t n)
{
	if (n > 0)
		n = range_set(&c->place.range,
			      disruptor_poller_sequence(c->handle, 0), n);
	return value_of_double(env, (double)n);
}

/* take(done): advances over so many, then how many are ready, or -errno. */
static napi_value take(napi_env env, napi_callback_info info)
{
	napi_value done;
	struct consumer *c = consumer_of(env, info, 1, &done);

	if (c->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	disruptor_poller_advance(c->handle, int64_of(env, done));
	return note(env, c, disruptor_poll(c->handle));
}

static int64_t look(void *context)
{
	struct consumer *c = context;

	return disruptor_poll(c->handle);
}

static int64_t pause_briefly(struct consumer *c, int64_t ns)
{
	return wait_briefly(&c->place.patience, ns, look, c);
}

/* pause(ns): what comes at once, for which it may stand still so long. */
static napi_value pause_for(napi_env env, napi_callback_info info)
{
	napi_value ns;
	struct consumer *c = consumer_of(env, info, 1, &ns);

	if (c->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return note(env, c, pause_briefly(c, int64_of(env, ns)));
}

/* wait(ns, pauseNs): blocks until something is ready. */
static napi_value wait(napi_env env, napi_callback_info info)
{
	napi_value a[2];
	struct consumer *c = consumer_of(env, info, 2, a);
	int64_t n;

	if (c->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	n = disruptor_poll(c->handle);
	if (n == 0)
		n = pause_briefly(c, int64_of(env, a[1]));
	if (n == 0)
		n = disruptor_poll_wait(c->handle, int64_of(env, a[0]));
	return note(env, c, n);
}

static napi_value advance(napi_env env, napi_callback_info info)
{
	napi_value n;
	struct consumer *c = consumer_of(env, info, 1, &n);

	if (c->handle != NULL)
		disruptor_poller_advance(c->handle, int64_of(env, n));
	return NULL;
}

static napi_value announce(napi_env env, napi_callback_info info)
{
	struct consumer *c = consumer_of(env, info, 0, NULL);

	if (c->handle != NULL)
		disruptor_poller_announce(c->handle, &c->place.point);
	return NULL;
}

/* A poll looks after dead peers, too. */
static bool has_news(void *context)
{
	struct consumer *c = context;

	return c->handle != NULL && disruptor_poll(c->handle) != 0;
}

static napi_value sleep_until(napi_env env, napi_callback_info info)
{
	napi_value id;
	struct consumer *c = consumer_of(env, info, 1, &id);

	if (c->handle == NULL)
		return value_of_bool(env, false);
	return sleep_at(env, id, &c->place, has_news, c);
}

static napi_value sequence(napi_env env, napi_callback_info info)
{
	struct consumer *c = consumer_of(env, info, 0, NULL);

	if (c->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_bigint(env, disruptor_poller_sequence(c->handle, 0));
}

static napi_value lag(napi_env env, napi_callback_info info)
{
	struct consumer *c = consumer_of(env, info, 0, NULL);

	if (c->handle == NULL)
		return value_of_int(env, HANDLE_RELEASED);
	return value_of_double(env, (double)disruptor_poller_lag(c->handle));
}

static void leave(napi_env env, struct consumer *c)
{
	if (c->handle == NULL)
		return;
	disruptor_poller_free(c->handle);
	c->handle = NULL;
	place_leave(env, &c->place);
}

static napi_value release(napi_env env, napi_callback_info info)
{
	leave(env, consumer_of(env, info, 0, NULL));
	return NULL;
}

static void destroy(napi_env env, void *data, void *hint)
{
	(void)hint;
	leave(env, data);
	free(data);
}

static const struct method methods[] = {
	{ "take", take },
	{ "wait", wait },
	{ "pause", pause_for },
	{ "advance", advance },
	{ "announce", announce },
	{ "sleep", sleep_until },
	{ "sequence", sequence },
	{ "lag", lag },
	{ "release", release },
};

static napi_value make(napi_env env, struct ring *ring,
		       struct disruptor_poller *handle, napi_value range)
{
	struct consumer *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		disruptor_poller_free(handle);
		return throw_errno(env, ENOMEM, "no memory");
	}
	c->handle = handle;
	if (place_enter(env, &c->place, ring, range))
		return owner_object(env, methods, LENGTH_OF(methods), c, destroy);
	destroy(env, c, NULL);
	return throw_errno(env, ENOMEM, "no object could be made");
}

/* --- options -------------------------------------------------------------- */

static void free_names(char **names)
{
	char **name;

	for (name = names; name != NULL && *name != NULL; name++)
		free(*name);
	free(names);
}

/* A NULL-terminated list; NULL for an empty one. */
static char **names_of(napi_env env, napi_value array)
{
	uint32_t length = 0, i;
	napi_value value;
	char **names;

	napi_get_array_length(env, array, &length);
	if (length == 0)
		return NULL;
	names = calloc(length + 1, sizeof(*names));
	for (i = 0; names != NULL && i < length; i++) {
		napi_get_element(env, array, i, &value);
		names[i] = string_of(env, value);
	}
	return names;
}

/* consumer(range, name, upstream, oldest, max) */
napi_value ring_new_consumer(napi_env env, napi_callback_info info)
{
	struct disruptor_poller_options options = { .size = sizeof(options) };
	struct disruptor_poller *handle;
	struct ring *ring;
	char *name, **upstream;
	napi_value a[5];

	ring = method_data(env, info, 5, a);
	name = string_of(env, a[1]);
	upstream = names_of(env, a[2]);
	options.name = name;
	options.upstream = (const char *const *)upstream;
	options.start = bool_of(env, a[3]) ? DISRUPTOR_START_OLDEST :
					     DISRUPTOR_START_NEXT;
	options.batch_max = int64_of(env, a[4]);
	/* Spinning and yielding is patience.c's. */
	options.wait_strategy = DISRUPTOR_WAIT_BLOCKING;
	handle = disruptor_poller_new_opts(ring->disruptor, &options);
	free(name);
	free_names(upstream);
	if (handle == NULL)
		return throw_library_error(env, errno);
	return make(env, ring, handle, a[0]);
}
