/* SPDX-License-Identifier: MIT */
/* An event loop that sleeps on futexes by itself, through io_uring. */
#ifndef WATCH_H
#define WATCH_H

#include "addon.h"
#include "sleeper.h"

/* NULL: it cannot here. */
struct watch *watch_open(struct environment *environment,
			 struct uv_loop_s *loop);
/* The environment's end waits for it. */
void watch_close(struct watch *watch, napi_async_cleanup_hook_handle hook);
/* Whether the loop goes on for its sake. */
void watch_keep_alive(struct watch *watch, bool alive);
/* After memory with words was unmapped. */
void watch_memory_is_gone(void);

#endif
