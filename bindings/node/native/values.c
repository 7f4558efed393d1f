/* SPDX-License-Identifier: MIT */
#include "addon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool add_methods(napi_env env, napi_value object, const struct method *methods,
		 size_t count, void *data)
{
	napi_value function;
	size_t i;

	for (i = 0; i < count; i++) {
		if (napi_create_function(env, methods[i].name, NAPI_AUTO_LENGTH,
					 methods[i].function, data,
					 &function) != napi_ok)
			return false;
		set_property(env, object, methods[i].name, function);
	}
	return true;
}

napi_value owner_object(napi_env env, const struct method *methods,
			size_t count, void *data, napi_finalize destroy)
{
	napi_value object;

	if (napi_create_object(env, &object) == napi_ok &&
	    add_methods(env, object, methods, count, data) &&
	    napi_add_finalizer(env, object, data, destroy, NULL, NULL) ==
		    napi_ok)
		return object;
	destroy(env, data, NULL);
	return throw_errno(env, ENOMEM, "no object could be made");
}

void *method_data(napi_env env, napi_callback_info info, size_t count,
		  napi_value *arguments)
{
	void *data = NULL;

	napi_get_cb_info(env, info, &count, arguments, NULL, &data);
	return data;
}

napi_value value_of_int(napi_env env, int32_t value)
{
	napi_value result = NULL;

	napi_create_int32(env, value, &result);
	return result;
}

napi_value value_of_double(napi_env env, double value)
{
	napi_value result = NULL;

	napi_create_double(env, value, &result);
	return result;
}

napi_value value_of_bool(napi_env env, bool value)
{
	napi_value result = NULL;

	napi_get_boolean(env, value, &result);
	return result;
}

napi_value value_of_string(napi_env env, const char *value)
{
	napi_value result = NULL;

	napi_create_string_utf8(env, value, NAPI_AUTO_LENGTH, &result);
	return result;
}

napi_value value_of_bigint(napi_env env, int64_t value)
{
	napi_value result = NULL;

	napi_create_bigint_int64(env, value, &result);
	return result;
}

napi_value value_undefined(napi_env env)
{
	napi_value result = NULL;

	napi_get_undefined(env, &result);
	return result;
}

void set_property(napi_env env, napi_value object, const char *name,
		  napi_value value)
{
	napi_set_named_property(env, object, name, value);
}

int32_t int_of(napi_env env, napi_value value)
{
	int32_t result = 0;

	napi_get_value_int32(env, value, &result);
	return result;
}

uint32_t uint_of(napi_env env, napi_value value)
{
	uint32_t result = 0;

	napi_get_value_uint32(env, value, &result);
	return result;
}

double double_of(napi_env env, napi_value value)
{
	double result = 0;

	napi_get_value_double(env, value, &result);
	return result;
}

bool bool_of(napi_env env, napi_value value)
{
	bool result = false;

	napi_get_value_bool(env, value, &result);
	return result;
}

int64_t int64_of(napi_env env, napi_value value)
{
	int64_t result = 0;
	bool lossless;

	if (napi_get_value_bigint_int64(env, value, &result, &lossless) !=
	    napi_ok)
		napi_get_value_int64(env, value, &result);
	return result;
}

char *string_of(napi_env env, napi_value value)
{
	size_t length;
	char *text;

	if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok)
		return NULL;
	text = malloc(length + 1);
	if (text != NULL)
		napi_get_value_string_utf8(env, value, text, length + 1, NULL);
	return text;
}

/* What the library and the segments fail with; names are Node's codes. */
static const struct {
	int error;
	const char *name;
} error_names[] = {
	{ EPERM, "EPERM" },
	{ ENOENT, "ENOENT" },
	{ EINTR, "EINTR" },
	{ EIO, "EIO" },
	{ EBADF, "EBADF" },
	{ EAGAIN, "EAGAIN" },
	{ ENOMEM, "ENOMEM" },
	{ EACCES, "EACCES" },
	{ EBUSY, "EBUSY" },
	{ EEXIST, "EEXIST" },
	{ EISDIR, "EISDIR" },
	{ ENOTDIR, "ENOTDIR" },
	{ EINVAL, "EINVAL" },
	{ ENFILE, "ENFILE" },
	{ EMFILE, "EMFILE" },
	{ EFBIG, "EFBIG" },
	{ ENOSPC, "ENOSPC" },
	{ EROFS, "EROFS" },
	{ EDEADLK, "EDEADLK" },
	{ ENAMETOOLONG, "ENAMETOOLONG" },
	{ ENOSYS, "ENOSYS" },
	{ ELOOP, "ELOOP" },
	{ EPROTO, "EPROTO" },
	{ EBADMSG, "EBADMSG" },
	{ EOVERFLOW, "EOVERFLOW" },
	{ EUSERS, "EUSERS" },
	{ EMSGSIZE, "EMSGSIZE" },
	{ EPROTONOSUPPORT, "EPROTONOSUPPORT" },
	{ ESHUTDOWN, "ESHUTDOWN" },
	{ ETIMEDOUT, "ETIMEDOUT" },
	{ EALREADY, "EALREADY" },
	{ ESTALE, "ESTALE" },
	{ EUCLEAN, "EUCLEAN" },
	{ ECANCELED, "ECANCELED" },
	{ E2BIG, "E2BIG" },
	{ ECHILD, "ECHILD" },
	{ EDQUOT, "EDQUOT" },
};

static const char *error_name(int error)
{
	size_t i;

	for (i = 0; i < LENGTH_OF(error_names); i++)
		if (error_names[i].error == error)
			return error_names[i].name;
	return "EIO";
}

napi_value throw_errno(napi_env env, int error, const char *message)
{
	napi_value exception;

	if (napi_create_error(env, value_of_string(env, error_name(error)),
			      value_of_string(env, message),
			      &exception) != napi_ok)
		return NULL;
	set_property(env, exception, "errno", value_of_int(env, -error));
	napi_throw(env, exception);
	return NULL;
}

napi_value throw_library_error(napi_env env, int error)
{
	return throw_errno(env, error, disruptor_error());
}

napi_value throw_code(napi_env env, const char *code, const char *message)
{
	napi_throw_error(env, code, message);
	return NULL;
}

struct loan {
	void (*drop)(void *owner);
	void *owner;
};

static void loan_ended(napi_env env, void *data, void *hint)
{
	struct loan *loan = hint;

	(void)env;
	(void)data;
	loan->drop(loan->owner);
	free(loan);
}

napi_value memory_as_buffer(napi_env env, void *base, size_t length,
			    void (*drop)(void *owner), void *owner)
{
	struct loan *loan = malloc(sizeof(*loan));
	napi_value buffer = NULL;
	napi_status status;

	if (loan == NULL) {
		drop(owner);
		return throw_errno(env, ENOMEM, "no memory");
	}
	loan->drop = drop;
	loan->owner = owner;
	status = napi_create_external_arraybuffer(env, base, length,
						  loan_ended, loan, &buffer);
	if (status == napi_ok)
		return buffer;
	loan_ended(env, base, loan);
	if (status == napi_no_external_buffers_allowed)
		return throw_code(env, "ERR_DISRUPTOR_NO_EXTERNAL_BUFFERS",
				  "this runtime has no ArrayBuffers over "
				  "memory that is not its own");
	return throw_errno(env, ENOMEM, "no ArrayBuffer could be made");
}
