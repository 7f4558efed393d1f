/* SPDX-License-Identifier: MIT */
/*
 * The few functions of libuv that are used, which Node.js exports and whose ABI
 * stays within libuv 1. Declared here, since headers of Node-API come without
 * uv.h; weak, since a runtime may have Node-API without libuv.
 */
#ifndef LIBUV_H
#define LIBUV_H

#include <stddef.h>

#define UV_POLL 8
#define UV_READABLE 1

struct uv_loop_s;
struct uv_handle;

#define WEAK __attribute__((weak))
WEAK size_t uv_handle_size(int type);
WEAK int uv_poll_init(struct uv_loop_s *loop, struct uv_handle *poll,
		      int descriptor);
WEAK int uv_poll_start(struct uv_handle *poll, int events,
		       void (*ready)(struct uv_handle *, int, int));
WEAK int uv_poll_stop(struct uv_handle *poll);
WEAK void uv_ref(struct uv_handle *handle);
WEAK void uv_unref(struct uv_handle *handle);
WEAK void uv_close(struct uv_handle *handle,
		   void (*closed)(struct uv_handle *));
WEAK void *uv_handle_get_data(const struct uv_handle *handle);
WEAK void uv_handle_set_data(struct uv_handle *handle, void *data);
#undef WEAK

#endif
