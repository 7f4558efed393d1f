/* SPDX-License-Identifier: MIT */
/*
 * The addon: what its .c files share. JavaScript above it checks every argument,
 * so the functions here take what they get.
 *
 *	addon.c			what is exported
 *	values.c		numbers, functions and errors
 *	environment.c		what belongs to one thread of JavaScript
 *	sleepers.c		one thread of the process sleeps for all who wait
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

/* --- sleepers.c --------------------------------------------------------- */

/*
 * One who waits. Its thread of JavaScript has announced it and registers it;
 * the process's sleeping thread tells it when the word has moved, and now and
 * then that time has passed.
 */
struct sleeper {
	struct sleeper *next;
	struct sleeper *next_notice;
	struct environment *environment;
	uint32_t id;
	struct crew *crew;
	int place;		/* of its word in the crew */
	enum notice { NOTICE_NONE, NOTICE_TIME, NOTICE_MOVED } notice;
	struct disruptor_wait_point point;
	int64_t began;
	int64_t due;
	/*
	 * NULL: a handle of the library. Else it is asked, in the sleeping
	 * thread, whether the wait is over; if not it has announced itself anew.
	 */
	bool (*look)(struct sleeper *sleeper);
	/*
	 * NULL, or asked in its own thread when time has passed: whether there
	 * is anything to tell JavaScript.
	 */
	bool (*recheck)(void *context);
	void *context;
	int kind;
	uint64_t start, count;
};

/* False: no thread could be started. */
bool sleeper_register(struct sleeper *sleeper);
/* Afterwards nothing is told to it. Harmless when it is not registered. */
void sleeper_cancel(struct sleeper *sleeper);
void sleepers_cancel_all(struct environment *environment);
/* The next one that has a notice, and which. NULL: none. */
struct sleeper *sleepers_take_notice(struct environment *environment,
				     enum notice *notice);
int64_t now_ns(void);

/* environment.c: the id's struct, for a registration. NULL: no memory. */
struct sleeper *environment_sleeper(struct environment *environment,
				    uint32_t id);
/* environment.c: there are notices; any thread, the sleepers' lock is held. */
void environment_wake(struct environment *environment);
/* Whom the sleeping thread has something to tell; under its lock. */
struct notices {
	struct sleeper *first, *last;
};

struct notices *environment_notices(struct environment *environment);

/* --- objects ------------------------------------------------------------ */

napi_value compat_open(napi_env env, napi_callback_info info);
napi_value compat_unlink(napi_env env, napi_callback_info info);
napi_value ring_create(napi_env env, napi_callback_info info);
napi_value ring_attach(napi_env env, napi_callback_info info);
napi_value ring_unlink(napi_env env, napi_callback_info info);
napi_value ring_inspect(napi_env env, napi_callback_info info);

#endif
