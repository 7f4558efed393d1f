/* SPDX-License-Identifier: MIT */
/* This library's systems: which ring, who waits how; opening and joining. */
#ifndef BENCH_LIBDISRUPTOR_H
#define BENCH_LIBDISRUPTOR_H

#include "event.h"

#include <disruptor/disruptor.h>

struct libdisruptor {
	struct bench_system system; /* first: a system is one of these */
	enum disruptor_slot_layout slots;
	/* BUSY_SPIN_HINT becomes YIELDING where members outnumber the CPUs. */
	enum disruptor_wait_strategy wait;
	bool shared; /* a shared ring; else a private one */
};

/* What a run has open. */
struct libdisruptor_ring {
	struct disruptor *there;
	struct disruptor *back; /* round trips */
	char names[2][64];	/* of shared rings */
	struct bench_run *run;
};

/* What a member has. In another process the rings are attached anew. */
struct libdisruptor_member {
	struct disruptor *there, *back;
	struct disruptor_producer *producer;
	struct disruptor_poller *poller;
};

#define LIBDISRUPTOR_OF(m) ((const struct libdisruptor *)(m)->run->system)
#define LIBDISRUPTOR_MEMBER(m) ((struct libdisruptor_member *)(m)->handle)

/* Threads on any ring, processes on a shared one. */
bool libdisruptor_fits(const struct bench_system *system,
		       const struct bench_shape *shape);
void *libdisruptor_open(struct bench_run *run);
void libdisruptor_close(void *ring);
void libdisruptor_join(struct bench_member *m);
void libdisruptor_leave(struct bench_member *m);

/* A function that fails says why by disruptor_error(). */
void libdisruptor_must(bool done);

/* Defines and registers one; the rest are fields of struct bench_system. */
#define LIBDISRUPTOR_VARIANT(object, slot, strategy, is_shared, ...)           \
	static const struct libdisruptor object = {                            \
		.system = { __VA_ARGS__ },                                     \
		.slots = DISRUPTOR_SLOTS_##slot,                               \
		.wait = DISRUPTOR_WAIT_##strategy,                             \
		.shared = is_shared,                                           \
	};                                                                     \
	__attribute__((constructor)) static void register_##object(void)       \
	{                                                                      \
		bench_add_system(&(object).system);                            \
	}                                                                      \
	struct bench_semicolon_

#endif
