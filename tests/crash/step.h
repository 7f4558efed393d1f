/* SPDX-License-Identifier: MIT */
/*
 * A process that runs a piece of its own code instruction by instruction, by
 * the processor's trap flag: after each one a signal handler counts, and at the
 * chosen one kills or stops the process. What a kill leaves behind is what the
 * process has stored into shared memory and asked of the kernel, so kills
 * between two such instructions are all alike: a first run finds the distinct
 * ones (points), and every instruction is tried beside them where stride is 1.
 * leap.h saves most of the traps on the way there.
 */
#ifndef CRASH_STEP_H
#define CRASH_STEP_H

#include "leap.h"

#include <region.h>

#if defined(__x86_64__)
#include <ucontext.h>
#endif

#define STEP_POINTS 4096
#define STEP_END INT64_MAX /* as a target: behind the last instruction */
#define STEP_TRAP_FLAG 0x100
#define STEP_TRAP_BREAKPOINT 3
#define STEP_WATCHED (64 * 1024)

enum step_mode { STEP_RECORD, STEP_KILL, STEP_STOP };

/* Shared by the process that steps and the one that judges. */
struct step {
	enum step_mode mode;
	int64_t target;	 /* instructions until the kill or the stop */
	int64_t count;	 /* that it has run */
	uint32_t over;	 /* the window was left */
	uint32_t missed; /* so was the place where it was to wait */
	struct leap leap;
	struct route *route; /* STEP_RECORD: here it goes, if anywhere */
	uint32_t points;     /* STEP_RECORD: how many, and which */
	int64_t point[STEP_POINTS];
};

static struct step *stepping; /* this process's own */
/* What others may see change, and how it was after the last instruction. */
static const unsigned char *step_watched TEST_UNUSED;
static size_t step_watched_size TEST_UNUSED;
static unsigned char step_before[STEP_WATCHED];
static bool step_was_call TEST_UNUSED;

static inline void step_watch(const void *memory, size_t size)
{
	step_watched = memory;
	step_watched_size = size < STEP_WATCHED ? size : STEP_WATCHED;
	memcpy(step_before, step_watched, step_watched_size);
}

#if defined(__x86_64__)

static inline void step_add_point(void)
{
	if (stepping->points < STEP_POINTS)
		stepping->point[stepping->points++] = stepping->count;
}

static inline void step_record(const unsigned char *instruction)
{
	bool changed = step_watched_size != 0 &&
		       memcmp(step_before, step_watched, step_watched_size);

	if (changed)
		memcpy(step_before, step_watched, step_watched_size);
	if (changed || step_was_call)
		step_add_point();
	/* 0f 05: syscall */
	step_was_call = instruction[0] == 0x0f && instruction[1] == 0x05;
}

static inline void step_go_on(greg_t *registers)
{
	registers[REG_EFL] |= STEP_TRAP_FLAG;
	if (stepping->count < stepping->target)
		return;
	kill(getpid(), stepping->mode == STEP_KILL ? SIGKILL : SIGSTOP);
	registers[REG_EFL] &= ~STEP_TRAP_FLAG;
}

static inline void step_count(greg_t *registers)
{
	stepping->count++;
	if (stepping->mode != STEP_RECORD) {
		step_go_on(registers);
		return;
	}
	/* Code is where it says. */
	step_record((const unsigned char *)registers[REG_RIP]);
	if (stepping->route != NULL)
		route_add(stepping->route, stepping->count,
			  (uint64_t)registers[REG_RIP]);
}

/* It came to the place where it was to wait. */
static inline void step_meet(greg_t *registers)
{
	leap_lift();
	registers[REG_RIP]--;
	leap_passing = leaping.visits-- > 0;
	if (leap_passing) {
		registers[REG_EFL] |= STEP_TRAP_FLAG;
		return;
	}
	leaping.address = 0;
	stepping->count = leaping.index;
	step_go_on(registers);
}

/* It will come there again. */
static inline void step_pass(greg_t *registers)
{
	leap_passing = false;
	leap_lay();
	registers[REG_EFL] &= ~STEP_TRAP_FLAG;
}

/* The instruction that ends the steps is one, too: it traps once more. */
static bool step_ended TEST_UNUSED;

static inline void step_trap(int number, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)number;
	(void)info;
	if (step_ended)
		registers[REG_EFL] &= ~STEP_TRAP_FLAG;
	else if (registers[REG_TRAPNO] == STEP_TRAP_BREAKPOINT)
		step_meet(registers);
	else if (leap_passing)
		step_pass(registers);
	else
		step_count(registers);
}

/* Below the red zone, whose contents belong to the caller. */
static inline void step_flag(uint64_t keep, uint64_t set)
{
	__asm__ volatile("leaq -128(%%rsp), %%rsp\n\t"
			 "pushfq\n\t"
			 "andq %0, (%%rsp)\n\t"
			 "orq %1, (%%rsp)\n\t"
			 "popfq\n\t"
			 "leaq 128(%%rsp), %%rsp" ::"r"(keep),
			 "r"(set)
			 : "memory", "cc");
}

static inline bool step_possible(void)
{
	return true;
}

static inline void step_begin(struct step *step)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	uint64_t set = STEP_TRAP_FLAG;

	stepping = step;
	step_was_call = false;
	action.sa_sigaction = step_trap;
	CHECK_EQ(sigaction(SIGTRAP, &action, NULL), 0);
	if (step->mode == STEP_RECORD)
		step_add_point();
	else if (step->target == 0)
		kill(getpid(), step->mode == STEP_KILL ? SIGKILL : SIGSTOP);
	if (step->mode != STEP_RECORD &&
	    (step->target == 0 || step->target == STEP_END))
		set = 0;
	if (leap_begin(&step->leap)) {
		set = 0;
		leap_lay();
	}
	/* From here on all runs are alike. */
	step_flag(UINT64_MAX, set);
}

/* Who was to be killed later than this is killed here. */
static inline void step_end(void)
{
	leap_lift();
	step_ended = true;
	step_flag(~(uint64_t)STEP_TRAP_FLAG, 0);
	stepping->missed = leaping.address != 0;
	disruptor_store_seq_cst_u32(&stepping->over, 1);
	if (stepping->mode != STEP_STOP)
		kill(getpid(), SIGKILL);
	else if (stepping->count < stepping->target)
		kill(getpid(), SIGSTOP);
}

#else

static inline bool step_possible(void)
{
	return false;
}

static inline void step_begin(struct step *step)
{
	stepping = step;
}

static inline void step_end(void)
{
}

#endif

/* --- the judge's half --- */

/*
 * A string instruction traps once for each byte: the C library is asked for
 * loops instead, which halves what there is to step through. And what it calls
 * is looked up once for all. Both are asked for when a program starts, so this
 * one starts again.
 */
static inline void step_setup(char **argv)
{
	if (!step_possible())
		exit(77);
	if (getenv("GLIBC_TUNABLES") != NULL)
		return;
	setenv("GLIBC_TUNABLES",
	       "glibc.cpu.x86_rep_stosb_threshold=1000000000:"
	       "glibc.cpu.x86_rep_movsb_threshold=1000000000",
	       1);
	setenv("LD_BIND_NOW", "1", 1);
	execv("/proc/self/exe", argv);
}

static inline void step_prepare(struct step *step, enum step_mode mode,
				int64_t target)
{
	step->mode = mode;
	step->target = target;
	step->count = 0;
	step->over = 0;
	step->missed = 0;
	step->points = 0;
	step->leap = (struct leap){ 0 };
	step->route = NULL;
}

static inline void step_join_killed(pid_t pid)
{
	int status = -1;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static inline void step_wait_stopped(pid_t pid)
{
	int status = -1;

	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
}

#endif
