/* SPDX-License-Identifier: MIT */
/* Room R0: atomic. Includes nothing of ours but compiler.h. */
#ifndef DISRUPTOR_ATOMIC_H
#define DISRUPTOR_ATOMIC_H

#include <disruptor/compiler.h>

/*
 * The only file that names a memory order. Each use elsewhere stands at a
 * labelled edge (E1 … E12) of docs/memory-model.md. The access is atomic, not
 * the object: shared structs hold plain fixed-width integers, so that the same
 * header serves C, C++ and readers of the layout. A read-modify-write whose
 * name has no order is sequentially consistent.
 */
#define DISRUPTOR_ATOMIC_MODIFY(order_, order, suffix, type)                   \
	/* On failure *expected becomes the value that was found. */           \
	DISRUPTOR_INLINE bool disruptor_cas_##order_##suffix(                  \
		type *p, type *expected, type desired)                         \
	{                                                                      \
		return __atomic_compare_exchange_n(p, expected, desired,       \
						   false, order,               \
						   __ATOMIC_RELAXED);          \
	}                                                                      \
	DISRUPTOR_INLINE type disruptor_fetch_add_##order_##suffix(type *p,    \
								   type value) \
	{                                                                      \
		return __atomic_fetch_add(p, value, order);                    \
	}                                                                      \
	DISRUPTOR_INLINE type disruptor_fetch_or_##order_##suffix(type *p,     \
								  type bits)   \
	{                                                                      \
		return __atomic_fetch_or(p, bits, order);                      \
	}                                                                      \
	DISRUPTOR_INLINE type disruptor_fetch_and_##order_##suffix(type *p,    \
								   type bits)  \
	{                                                                      \
		return __atomic_fetch_and(p, bits, order);                     \
	}

#define DISRUPTOR_ATOMIC_FAMILY(suffix, type)                                  \
	DISRUPTOR_INLINE type disruptor_load_relaxed_##suffix(const type *p)   \
	{                                                                      \
		return __atomic_load_n(p, __ATOMIC_RELAXED);                   \
	}                                                                      \
	DISRUPTOR_INLINE type disruptor_load_acquire_##suffix(const type *p)   \
	{                                                                      \
		return __atomic_load_n(p, __ATOMIC_ACQUIRE);                   \
	}                                                                      \
	DISRUPTOR_INLINE type disruptor_load_seq_cst_##suffix(const type *p)   \
	{                                                                      \
		return __atomic_load_n(p, __ATOMIC_SEQ_CST);                   \
	}                                                                      \
	DISRUPTOR_INLINE void disruptor_store_relaxed_##suffix(type *p,        \
							       type value)     \
	{                                                                      \
		__atomic_store_n(p, value, __ATOMIC_RELAXED);                  \
	}                                                                      \
	DISRUPTOR_INLINE void disruptor_store_release_##suffix(type *p,        \
							       type value)     \
	{                                                                      \
		__atomic_store_n(p, value, __ATOMIC_RELEASE);                  \
	}                                                                      \
	DISRUPTOR_INLINE void disruptor_store_seq_cst_##suffix(type *p,        \
							       type value)     \
	{                                                                      \
		__atomic_store_n(p, value, __ATOMIC_SEQ_CST);                  \
	}                                                                      \
	DISRUPTOR_ATOMIC_MODIFY(relaxed_, __ATOMIC_RELAXED, suffix, type)      \
	DISRUPTOR_ATOMIC_MODIFY(acquire_, __ATOMIC_ACQUIRE, suffix, type)      \
	DISRUPTOR_ATOMIC_MODIFY(release_, __ATOMIC_RELEASE, suffix, type)      \
	DISRUPTOR_ATOMIC_MODIFY(, __ATOMIC_SEQ_CST, suffix, type)

DISRUPTOR_ATOMIC_FAMILY(i64, int64_t)
DISRUPTOR_ATOMIC_FAMILY(u64, uint64_t)
DISRUPTOR_ATOMIC_FAMILY(u32, uint32_t)

/*
 * A load that a fence behind it makes an acquire. The thread sanitizer sees no
 * fences: for it the load acquires by itself.
 */
#if defined(__SANITIZE_THREAD__)
#define DISRUPTOR_BEFORE_FENCE __ATOMIC_ACQUIRE
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define DISRUPTOR_BEFORE_FENCE __ATOMIC_ACQUIRE
#endif
#endif
#ifndef DISRUPTOR_BEFORE_FENCE
#define DISRUPTOR_BEFORE_FENCE __ATOMIC_RELAXED
#endif

DISRUPTOR_INLINE int64_t disruptor_load_before_fence_i64(const int64_t *p)
{
	return __atomic_load_n(p, DISRUPTOR_BEFORE_FENCE);
}

DISRUPTOR_INLINE uint64_t disruptor_load_before_fence_u64(const uint64_t *p)
{
	return __atomic_load_n(p, DISRUPTOR_BEFORE_FENCE);
}

/*
 * Store-load order, and what no single operation carries: E5's fallback and E9
 * only.
 */
DISRUPTOR_INLINE void disruptor_fence_seq_cst(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* For values that may be overwritten as they are read: see who uses it. */
DISRUPTOR_INLINE void disruptor_fence_acquire(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/* The other half of that: what is stored behind it is not seen before. */
DISRUPTOR_INLINE void disruptor_fence_release(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* Keeps the compiler's order alone; the sleeper's membarrier does the rest. */
DISRUPTOR_INLINE void disruptor_compiler_barrier(void)
{
	/* Not a signal fence: clang 14 makes a real one of it for riscv64. */
	__asm__ volatile("" ::: "memory");
}

DISRUPTOR_INLINE void disruptor_spin_hint(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
	__asm__ volatile("yield");
#else
	disruptor_compiler_barrier();
#endif
}

#endif
