/* SPDX-License-Identifier: MIT */
/*
 * Stands before the library's own atomic.h when the library is compiled for
 * the explorer. The functions of that header are still there; these macros hide
 * them, and tell the explorer each access with its order and its place.
 */
#ifndef EXPLORE_ATOMIC_H
#define EXPLORE_ATOMIC_H

#include_next <disruptor/atomic.h>

#include "../../hooks.h"

#define disruptor_load_relaxed_i64(p) EXPLORE_LOAD(int64_t, p, RELAXED, #p)
#define disruptor_load_acquire_i64(p) EXPLORE_LOAD(int64_t, p, ACQUIRE, #p)
#define disruptor_load_seq_cst_i64(p) EXPLORE_LOAD(int64_t, p, SEQ_CST, #p)
#define disruptor_load_relaxed_u64(p) EXPLORE_LOAD(uint64_t, p, RELAXED, #p)
#define disruptor_load_acquire_u64(p) EXPLORE_LOAD(uint64_t, p, ACQUIRE, #p)
#define disruptor_load_seq_cst_u64(p) EXPLORE_LOAD(uint64_t, p, SEQ_CST, #p)
#define disruptor_load_relaxed_u32(p) EXPLORE_LOAD(uint32_t, p, RELAXED, #p)
#define disruptor_load_acquire_u32(p) EXPLORE_LOAD(uint32_t, p, ACQUIRE, #p)
#define disruptor_load_seq_cst_u32(p) EXPLORE_LOAD(uint32_t, p, SEQ_CST, #p)

#define disruptor_load_before_fence_i64(p) EXPLORE_LOAD(int64_t, p, RELAXED, #p)
#define disruptor_load_before_fence_u64(p) \
	EXPLORE_LOAD(uint64_t, p, RELAXED, #p)

#define disruptor_store_relaxed_i64(p, v) EXPLORE_STORE(p, v, RELAXED, #p)
#define disruptor_store_release_i64(p, v) EXPLORE_STORE(p, v, RELEASE, #p)
#define disruptor_store_seq_cst_i64(p, v) EXPLORE_STORE(p, v, SEQ_CST, #p)
#define disruptor_store_relaxed_u64(p, v) EXPLORE_STORE(p, v, RELAXED, #p)
#define disruptor_store_release_u64(p, v) EXPLORE_STORE(p, v, RELEASE, #p)
#define disruptor_store_seq_cst_u64(p, v) EXPLORE_STORE(p, v, SEQ_CST, #p)
#define disruptor_store_relaxed_u32(p, v) EXPLORE_STORE(p, v, RELAXED, #p)
#define disruptor_store_release_u32(p, v) EXPLORE_STORE(p, v, RELEASE, #p)
#define disruptor_store_seq_cst_u32(p, v) EXPLORE_STORE(p, v, SEQ_CST, #p)

#define disruptor_cas_i64(p, e, d) \
	EXPLORE_CAS(int64_t, p, e, d, SEQ_CST, #p)
#define disruptor_cas_relaxed_i64(p, e, d) \
	EXPLORE_CAS(int64_t, p, e, d, RELAXED, #p)
#define disruptor_cas_release_i64(p, e, d) \
	EXPLORE_CAS(int64_t, p, e, d, RELEASE, #p)
#define disruptor_cas_u64(p, e, d) \
	EXPLORE_CAS(uint64_t, p, e, d, SEQ_CST, #p)
#define disruptor_cas_relaxed_u64(p, e, d) \
	EXPLORE_CAS(uint64_t, p, e, d, RELAXED, #p)
#define disruptor_cas_release_u64(p, e, d) \
	EXPLORE_CAS(uint64_t, p, e, d, RELEASE, #p)
#define disruptor_cas_u32(p, e, d) \
	EXPLORE_CAS(uint32_t, p, e, d, SEQ_CST, #p)
#define disruptor_cas_relaxed_u32(p, e, d) \
	EXPLORE_CAS(uint32_t, p, e, d, RELAXED, #p)
#define disruptor_cas_acquire_u32(p, e, d) \
	EXPLORE_CAS(uint32_t, p, e, d, ACQUIRE, #p)
#define disruptor_cas_release_u32(p, e, d) \
	EXPLORE_CAS(uint32_t, p, e, d, RELEASE, #p)

#define disruptor_fetch_add_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, ADD, v, SEQ_CST, #p)
#define disruptor_fetch_or_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, OR, v, SEQ_CST, #p)
#define disruptor_fetch_and_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, AND, v, SEQ_CST, #p)
#define disruptor_fetch_add_relaxed_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, ADD, v, RELAXED, #p)
#define disruptor_fetch_or_relaxed_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, OR, v, RELAXED, #p)
#define disruptor_fetch_and_relaxed_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, AND, v, RELAXED, #p)
#define disruptor_fetch_add_acquire_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, ADD, v, ACQUIRE, #p)
#define disruptor_fetch_or_acquire_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, OR, v, ACQUIRE, #p)
#define disruptor_fetch_and_acquire_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, AND, v, ACQUIRE, #p)
#define disruptor_fetch_add_release_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, ADD, v, RELEASE, #p)
#define disruptor_fetch_or_release_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, OR, v, RELEASE, #p)
#define disruptor_fetch_and_release_u64(p, v) \
	EXPLORE_RMW(uint64_t, p, AND, v, RELEASE, #p)
#define disruptor_fetch_add_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, ADD, v, SEQ_CST, #p)
#define disruptor_fetch_or_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, OR, v, SEQ_CST, #p)
#define disruptor_fetch_and_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, AND, v, SEQ_CST, #p)
#define disruptor_fetch_add_relaxed_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, ADD, v, RELAXED, #p)
#define disruptor_fetch_or_relaxed_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, OR, v, RELAXED, #p)
#define disruptor_fetch_and_relaxed_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, AND, v, RELAXED, #p)
#define disruptor_fetch_add_acquire_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, ADD, v, ACQUIRE, #p)
#define disruptor_fetch_or_acquire_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, OR, v, ACQUIRE, #p)
#define disruptor_fetch_and_acquire_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, AND, v, ACQUIRE, #p)
#define disruptor_fetch_add_release_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, ADD, v, RELEASE, #p)
#define disruptor_fetch_or_release_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, OR, v, RELEASE, #p)
#define disruptor_fetch_and_release_u32(p, v) \
	EXPLORE_RMW(uint32_t, p, AND, v, RELEASE, #p)

#define disruptor_fence_seq_cst() EXPLORE_FENCE(SEQ_CST)
#define disruptor_fence_acquire() EXPLORE_FENCE(ACQUIRE)
#define disruptor_fence_release() EXPLORE_FENCE(RELEASE)
#define disruptor_compiler_barrier() EXPLORE_BARRIER()
#define disruptor_spin_hint() ((void)0)

#endif
