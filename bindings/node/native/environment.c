/* SPDX-License-Identifier: MIT */
#include "addon.h"
#include "sleeper.h"
#include "watch.h"

#include <errno.h>
#include <stdlib.h>

/*
 * What belongs to one thread of JavaScript: its waiters by number, and how they
 * are told: from the loop's own watch, or by a crew through a thread-safe
 * function.
 */
struct environment {
	napi_env env;
	napi_ref callback;
	napi_async_context context;
	napi_threadsafe_function wake;
	struct watch *watch;
	struct sleeper **sleepers;	/* by id; filled as ids are used */
	uint32_t sleeper_count;
	struct notices notices;		/* sleepers.c's, under its lock */
};

struct environment *environment_of(napi_env env)
{
	void *environment = NULL;

	napi_get_instance_data(env, &environment);
	return environment;
}

struct sleeper *environment_sleeper(struct environment *e, uint32_t id)
{
	uint32_t count = id < 64 ? 64 : id * 2;
	struct sleeper **grown;

	if (id >= e->sleeper_count) {
		grown = realloc(e->sleepers, count * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		while (e->sleeper_count < count)
			grown[e->sleeper_count++] = NULL;
		e->sleepers = grown;
	}
	if (e->sleepers[id] == NULL)
		e->sleepers[id] = calloc(1, sizeof(struct sleeper));
	if (e->sleepers[id] != NULL) {
		e->sleepers[id]->environment = e;
		e->sleepers[id]->id = id;
	}
	return e->sleepers[id];
}

napi_value sleeper_begin(napi_env env, struct sleeper *s)
{
	enum registration result = sleeper_register(s);

	if (result == SLEEPER_FAILED)
		return throw_errno(env, EAGAIN, "no thread to sleep in");
	return value_of_bool(env, result == SLEEPER_ASLEEP);
}

struct notices *environment_notices(struct environment *environment)
{
	return &environment->notices;
}

struct watch *environment_watch(struct environment *environment)
{
	return environment->watch;
}

void environment_wake(struct environment *environment)
{
	napi_call_threadsafe_function(environment->wake, NULL,
				      napi_tsfn_nonblocking);
}

/* What the callback throws is nobody's to catch. */
static void report_exception(napi_env env)
{
	napi_value exception;
	bool pending = false;

	napi_is_exception_pending(env, &pending);
	if (!pending)
		return;
	napi_get_and_clear_last_exception(env, &exception);
	napi_fatal_exception(env, exception);
}

static void tell(struct environment *environment, const struct sleeper *s,
		 enum notice notice)
{
	napi_env env = environment->env;
	napi_value callback, receiver, arguments[2];
	napi_handle_scope scope;

	napi_open_handle_scope(env, &scope);
	napi_get_reference_value(env, environment->callback, &callback);
	napi_get_global(env, &receiver);
	arguments[0] = value_of_double(env, s->id);
	arguments[1] = value_of_bool(env, notice == NOTICE_MOVED);
	napi_make_callback(env, environment->context, receiver, callback, 2,
			   arguments, NULL);
	report_exception(env);
	napi_close_handle_scope(env, scope);
}

void environment_tell(struct environment *environment)
{
	enum notice notice;
	struct sleeper *s;

	while ((s = sleepers_take_notice(environment, &notice)) != NULL)
		if (notice == NOTICE_MOVED || s->recheck == NULL ||
		    s->recheck(s->context))
			tell(environment, s, notice);
}

static void woken(napi_env env, napi_value callback, void *context, void *data)
{
	(void)callback;
	(void)data;
	if (env != NULL)
		environment_tell(context);
}

/* Before the thread-safe function goes: crews forget us. */
static void leave(void *data)
{
	sleepers_cancel_all(data);
}

static void close_watch(napi_async_cleanup_hook_handle hook, void *data)
{
	struct environment *environment = data;
	struct watch *watch = environment->watch;

	sleepers_cancel_all(environment);
	environment->watch = NULL;
	watch_close(watch, hook);
}

static void make_watch(napi_env env, struct environment *environment)
{
	struct uv_loop_s *loop;

	if (napi_get_uv_event_loop(env, &loop) != napi_ok)
		return;
	environment->watch = watch_open(environment, loop);
	if (environment->watch != NULL)
		napi_add_async_cleanup_hook(env, close_watch, environment,
					    NULL);
}

/* onWake(callback): callback(id, moved) is called for each who is told. */
static napi_value on_wake(napi_env env, napi_callback_info info)
{
	struct environment *environment = environment_of(env);
	napi_value callback, name = value_of_string(env, "disruptor");

	method_data(env, info, 1, &callback);
	environment->env = env;
	napi_create_reference(env, callback, 1, &environment->callback);
	napi_async_init(env, NULL, name, &environment->context);
	if (napi_create_threadsafe_function(
		    env, callback, NULL, name, 0, 1, NULL, NULL, environment,
		    woken, &environment->wake) != napi_ok)
		return NULL;
	/* Hooks run last in, first out: ours must come before its own. */
	napi_add_env_cleanup_hook(env, leave, environment);
	napi_unref_threadsafe_function(env, environment->wake);
	make_watch(env, environment);
	return value_undefined(env);
}

/* Whether what waits keeps the event loop going. */
static void keep_alive(napi_env env, bool alive)
{
	struct environment *environment = environment_of(env);

	if (environment->watch != NULL)
		watch_keep_alive(environment->watch, alive);
	if (alive)
		napi_ref_threadsafe_function(env, environment->wake);
	else
		napi_unref_threadsafe_function(env, environment->wake);
}

static napi_value ref(napi_env env, napi_callback_info info)
{
	(void)info;
	keep_alive(env, true);
	return value_undefined(env);
}

static napi_value unref(napi_env env, napi_callback_info info)
{
	(void)info;
	keep_alive(env, false);
	return value_undefined(env);
}

static napi_value cancel(napi_env env, napi_callback_info info)
{
	struct environment *environment = environment_of(env);
	napi_value argument;
	uint32_t id;

	method_data(env, info, 1, &argument);
	id = uint_of(env, argument);
	if (id < environment->sleeper_count &&
	    environment->sleepers[id] != NULL)
		sleeper_cancel(environment->sleepers[id]);
	return value_undefined(env);
}

static void destroy(napi_env env, void *data, void *hint)
{
	struct environment *environment = data;
	uint32_t i;

	(void)env;
	(void)hint;
	sleepers_cancel_all(environment);
	for (i = 0; i < environment->sleeper_count; i++)
		free(environment->sleepers[i]);
	free(environment->sleepers);
	free(environment);
}

static const struct method exported[] = {
	{ "onWake", on_wake },
	{ "ref", ref },
	{ "unref", unref },
	{ "cancel", cancel },
};

bool environment_make(napi_env env, napi_value exports)
{
	struct environment *environment = calloc(1, sizeof(*environment));

	if (environment == NULL)
		return false;
	napi_set_instance_data(env, environment, destroy, NULL);
	return add_methods(env, exports, exported, LENGTH_OF(exported), NULL);
}
