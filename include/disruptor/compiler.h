/* SPDX-License-Identifier: MIT */
/* Room R0: compiler. Includes nothing of ours. */
#ifndef DISRUPTOR_COMPILER_H
#define DISRUPTOR_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__)
#error "libdisruptor needs gcc or clang (__atomic builtins and attributes)"
#endif

#define DISRUPTOR_API __attribute__((visibility("default")))

/* An internal helper of the inline half: never a symbol. */
#define DISRUPTOR_INLINE static inline __attribute__((always_inline, unused))

/*
 * A public function that is inlined. src/inline_symbols.c defines this macro
 * away and so emits each of them once as a symbol, for callers that cannot
 * inline (other languages, dlsym).
 */
#ifndef DISRUPTOR_INLINE_API
#define DISRUPTOR_INLINE_API static inline __attribute__((unused))
#endif

#define DISRUPTOR_COLD __attribute__((cold, noinline))
#define DISRUPTOR_LIKELY(x) __builtin_expect(!!(x), 1)
#define DISRUPTOR_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define DISRUPTOR_ALIGNED(n) __attribute__((aligned(n)))

/*
 * Two 64-byte lines: x86 prefetches lines in adjacent pairs and some arm64
 * cores have 128-byte lines, so a hot word has 128 bytes to itself.
 */
#define DISRUPTOR_LINE 128

#ifdef __cplusplus
#define DISRUPTOR_STATIC_ASSERT(x, text) static_assert(x, text)
#define DISRUPTOR_BEGIN_DECLS extern "C" {
#define DISRUPTOR_END_DECLS }
#else
#define DISRUPTOR_STATIC_ASSERT(x, text) _Static_assert(x, text)
#define DISRUPTOR_BEGIN_DECLS
#define DISRUPTOR_END_DECLS
#endif

#endif
