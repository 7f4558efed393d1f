/* SPDX-License-Identifier: MIT */
/*
 * The addon: what its .c files share. JavaScript above it checks every argument,
 * so the functions here take what they get.
 *
 *	addon.c			what is exported
 *	values.c		numbers, functions and errors
 *	environment.c		what belongs to one thread of JavaScript
 *	sleepers.c		all who wait in an event loop
 *	watch.c, watched.c, uring.c	an event loop that sleeps for them by itself
 *	crew.c			or a thread of the process that does
 *	patience.c		how long to stand still before either
 *	segment.c		mapped segments of the original's layout
 *	compat.c		the original's algorithm on them
 *	compat_wait.c		waiting for it
 *	compat_open.c, compat_object.c	and its face to JavaScript
 *	ring_handle.c, ring_object.c, producer_object.c, consumer_object.c,
 *	info_object.c
 *				libdisruptor's face to JavaScript
 */
#ifndef ADDON_H
#define ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>

#include <disruptor/disruptor.h>

#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- values.c ----------------------------------------------------------- */

/* A method of a native object: a function that carries its struct. */
struct method {
	const char *name;
	napi_callback function;
};

bool add_methods(napi_env env, napi_value object, const struct method *methods,
		 size_t count, void *data);
/*
 * An object with methods that owns its data. destroy() is called when it is
 * collected, or now if there is none to be had, which is thrown.
 */
napi_value owner_object(napi_env env, const struct method *methods,
			size_t count, void *data, napi_finalize destroy);
/* The struct of the method that is called, and its arguments. */
void *method_data(napi_env env, napi_callback_info info, size_t count,
		  napi_value *arguments);

napi_value value_of_int(napi_env env, int32_t value);
napi_value value_of_double(napi_env env, double value);
napi_value value_of_bool(napi_env env, bool value);
napi_value value_of_string(napi_env env, const char *value);
napi_value value_of_bigint(napi_env env, int64_t value);
napi_value value_undefined(napi_env env);
void set_property(napi_env env, napi_value object, const char *name,
		  napi_value value);

int32_t int_of(napi_env env, napi_value value);
uint32_t uint_of(napi_env env, napi_value value);
double double_of(napi_env env, napi_value value);
bool bool_of(napi_env env, napi_value value);
/* A Number or a BigInt. */
int64_t int64_of(napi_env env, napi_value value);
/* malloc'ed; NULL for anything but a string. */
char *string_of(napi_env env, napi_value value);

/* Throw an Error with .code and .errno; return NULL. */
napi_value throw_errno(napi_env env, int error, const char *message);
napi_value throw_library_error(napi_env env, int error);
napi_value throw_code(napi_env env, const char *code, const char *message);

/*
 * An ArrayBuffer over memory that is not JavaScript's. drop(owner) is called
 * when nobody can reach the memory through it any more.
 */
napi_value memory_as_buffer(napi_env env, void *base, size_t length,
			    void (*drop)(void *owner), void *owner);

/* --- environment.c ------------------------------------------------------ */

struct environment;

struct environment *environment_of(napi_env env);
bool environment_make(napi_env env, napi_value exports);

struct notices;
struct sleeper;
struct watch;

/* The id's, for a registration. NULL: no memory. */
struct sleeper *environment_sleeper(struct environment *environment,
				    uint32_t id);
/* Registers it: whether it sleeps now, for JavaScript. */
napi_value sleeper_begin(napi_env env, struct sleeper *sleeper);
struct notices *environment_notices(struct environment *environment);
/* NULL: crews sleep for it. */
struct watch *environment_watch(struct environment *environment);
/* There are notices; any thread, the sleepers' lock is held. */
void environment_wake(struct environment *environment);
/* Tells JavaScript all notices; its thread, from the event loop. */
void environment_tell(struct environment *environment);

/* --- objects ------------------------------------------------------------ */

napi_value compat_open(napi_env env, napi_callback_info info);
napi_value compat_unlink(napi_env env, napi_callback_info info);
napi_value ring_create(napi_env env, napi_callback_info info);
napi_value ring_attach(napi_env env, napi_callback_info info);
napi_value ring_unlink(napi_env env, napi_callback_info info);
napi_value ring_inspect(napi_env env, napi_callback_info info);

#endif
