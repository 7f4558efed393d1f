/* SPDX-License-Identifier: MIT */
/*
 * What scenarios and systems are written with. C11 and C++17.
 *
 *	clock, cpu, probe	time, CPUs, and how the CPUs stand to each other
 *	event.h			what is in an event, and its check
 *	crew.c			the members of a sample: threads or processes
 *	rows.c, harness.c	rows; samples, rounds
 *	statistics.c, report.c	medians; the table and the JSON lines
 *	one_to_one.c …		scenarios: shapes to measure
 *	libdisruptor_*.c	this library
 *	floor_*.c		the least that the hardware lets one do
 *	peer_*.c		others
 *
 * A system is one file: functions, a struct bench_system, BENCH_SYSTEM(). A
 * queue that has put and get needs less than that: see queue.h.
 */
#ifndef BENCH_H
#define BENCH_H

#ifdef __cplusplus
extern "C" {
#endif
#include "clock.h"
#include "histogram.h"
#ifdef __cplusplus
}
#endif

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_LINE 128
#define BENCH_ALIGNED __attribute__((aligned(BENCH_LINE)))
#define BENCH_INLINE static inline __attribute__((always_inline, unused))

#define BENCH_PRODUCERS_MAX 4
#define BENCH_CONSUMERS_MAX 3
#define BENCH_MEMBERS_MAX (BENCH_PRODUCERS_MAX + BENCH_CONSUMERS_MAX)
#define BENCH_BATCH_MAX 128

enum bench_kind {
	/* Events from producers to consumers, as fast as they go. */
	BENCH_STREAM,
	/* One event there, one back: the producer records each way and back. */
	BENCH_ROUND_TRIP,
	/* One event to a consumer that sleeps, which records the time. */
	BENCH_WAKE_UP,
	/* Events at a fixed rate; the consumer records how late each is. */
	BENCH_OPEN_LOOP,
	/* A producer alone that times its publishing and not its draining. */
	BENCH_PUBLISH
};

struct bench_shape {
	uint32_t event_size; /* bytes */
	uint32_t capacity;   /* events */
	uint32_t batch;	     /* events that are published at once */
	uint32_t producers;
	uint32_t consumers;
	/* Bit k: the consumer takes an event when consumer k is done with it */
	uint32_t after[BENCH_CONSUMERS_MAX];
	bool processes; /* members are processes, not threads */
	uint32_t rate;	/* million events a second (BENCH_OPEN_LOOP) */
};

/* What a consumer expects. Copied to a local variable for the hot loop. */
struct bench_check {
	uint64_t next[BENCH_PRODUCERS_MAX]; /* value of each producer's next */
	uint64_t wrong; /* bits that were not as they had to be */
	uint32_t after;
	uint32_t stage; /* which consumer this is */
};

struct bench_run;

/* One producer or consumer of a sample. */
struct bench_member {
	struct bench_run *run BENCH_ALIGNED;
	uint32_t index; /* consumers from 0, then producers */
	uint32_t stage; /* of the consumers, or of the producers */
	bool is_producer;
	void *handle;	/* the system's own; valid in this member */
	uint64_t count; /* events to produce or to consume now */
	uint64_t value; /* what a producer puts into its next event */
	struct bench_check check;
	int64_t began, ended; /* bench_now() */
	long preempted;	      /* how often, by others, while it worked */
	/* Consumers without a thread of their own (hosts_consumers). */
	uint64_t hosted_target; /* events they have seen at the phase's end */
	uint32_t hosted_phase;
	bool hosted_placed;
};

struct bench_barrier {
	uint32_t left BENCH_ALIGNED;
	uint32_t phase;
};

struct bench_system;

/* One sample. Lies in memory that processes share. */
struct bench_run {
	const struct bench_system *system;
	struct bench_shape shape;
	void *ring;	    /* what the system opened */
	bool crowded;	    /* fewer CPUs than members: who waits yields */
	uint64_t counts[2]; /* events of a producer: to warm up, to measure */
	uint32_t turn BENCH_ALIGNED;
	struct bench_barrier barrier;
	uint64_t word BENCH_ALIGNED; /* for the system to use; starts as 0 */
	struct bench_member members[BENCH_MEMBERS_MAX];
	struct histogram latency; /* of each event, in ticks */
	/* Where a sample is timed in blocks, its value is their median. */
	struct histogram blocks; /* in ticks */
	uint64_t block;		 /* events in each */
};

struct bench_system {
	const char *name; /* "libdisruptor …", "floor …", or a peer's */
	enum bench_kind kind;
	/* Whether it can do this. NULL: everything, but no processes. */
	bool (*fits)(const struct bench_system *system,
		     const struct bench_shape *shape);
	/* Before the members start; NULL and errno: failed. */
	void *(*open)(struct bench_run *run);
	void (*close)(void *ring);
	/* In each member, one after the other, in order of index. Or NULL. */
	void (*join)(struct bench_member *m);
	void (*leave)(struct bench_member *m);
	/* m->count events, in this member. The loops that are measured. */
	void (*produce)(struct bench_member *m);
	void (*consume)(struct bench_member *m);
	/* Consumers run in threads of the system's own, see crew.c. */
	bool hosts_consumers;
	/* A variant: measured in main cells only, and not by QUICK=1. */
	bool detail;
};

struct bench_cell {
	uint32_t event_size, capacity, batch;
	bool main; /* QUICK=1 measures only these */
};

struct bench_scenario {
	const char *name;
	const char *process_name; /* between processes; NULL: threads only */
	enum bench_kind kind;
	uint32_t producers, consumers;
	uint32_t after[BENCH_CONSUMERS_MAX];
	const struct bench_cell *cells; /* ends with one of size 0 */
	uint32_t rate;
};

#ifdef __cplusplus
extern "C" {
#endif

void bench_add_system(const struct bench_system *system);
void bench_add_scenario(const struct bench_scenario *scenario);

/* Says what was measured, then this, and ends the program. */
__attribute__((noreturn, format(printf, 1, 2))) void
bench_fail(const char *format, ...);

/* Zeroed memory, shared with processes to come if the run has some. */
void *bench_map(const struct bench_run *run, size_t size);
void bench_unmap(void *memory, size_t size);

/* This thread to the member's CPU. Hosted consumers call it themselves. */
void bench_place(const struct bench_member *m);
/* A hosted consumer has seen hosted_target events. Does not wait. */
void bench_hosted_done(struct bench_member *m);

#ifdef __cplusplus
}
#endif

/* At file scope. What is linked in is measured. */
#define BENCH_REGISTER(add, object)                                            \
	__attribute__((constructor)) static void register_##object(void)       \
	{                                                                      \
		add(&(object));                                                \
	}                                                                      \
	struct bench_semicolon_
#define BENCH_SYSTEM(object) BENCH_REGISTER(bench_add_system, object)
#define BENCH_SCENARIO(object) BENCH_REGISTER(bench_add_scenario, object)

BENCH_INLINE uint64_t bench_load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

BENCH_INLINE void bench_store(uint64_t *p, uint64_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
}

BENCH_INLINE void bench_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

/* Between two looks at a ring that was empty or full: the same for all. */
BENCH_INLINE void bench_wait(const struct bench_member *m)
{
	if (m->run->crowded)
		sched_yield();
	else
		bench_pause();
}

#endif
