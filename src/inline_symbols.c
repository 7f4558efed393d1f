/* SPDX-License-Identifier: MIT */
/* Emits every public inline function once as a symbol. */
#include <disruptor/compiler.h>

#undef DISRUPTOR_INLINE_API
#define DISRUPTOR_INLINE_API DISRUPTOR_API

#include <disruptor/disruptor.h>
