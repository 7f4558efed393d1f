/* SPDX-License-Identifier: MIT */
#include "addon.h"

static napi_value version(napi_env env, napi_callback_info info)
{
	(void)info;
	return value_of_string(env, disruptor_version());
}

static const struct method exported[] = {
	{ "openCompat", compat_open },
	{ "unlinkCompat", compat_unlink },
	{ "createRing", ring_create },
	{ "attachRing", ring_attach },
	{ "unlinkRing", ring_unlink },
	{ "inspectRing", ring_inspect },
	{ "version", version },
};

/* Loaded once more by each worker: nothing here is the process's. */
NAPI_MODULE_INIT()
{
	if (!add_methods(env, exports, exported, LENGTH_OF(exported), NULL) ||
	    !environment_make(env, exports))
		return NULL;
	return exports;
}
