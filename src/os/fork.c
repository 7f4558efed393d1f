/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <pthread.h>
#include <unistd.h>

/*
 * What fork() must not copy half-way. A thread that takes a lock holds the
 * guard from the descriptor's opening to its closing, so that no child is born
 * with a copy of it.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local unsigned int held; /* by this thread, how often */
static uint64_t generation = 1;
static bool unannounced; /* no memory: forks are not told to us */

static void before_fork(void)
{
	disruptor_os_fork_hold();
}

static void in_parent(void)
{
	disruptor_os_fork_release();
}

static void in_child(void)
{
	disruptor_os_fork_release();
	generation++;
}

static void prepare(void)
{
	unannounced = pthread_atfork(before_fork, in_parent, in_child) != 0;
}

void disruptor_os_fork_hold(void)
{
	pthread_once(&once, prepare);
	if (held++ == 0)
		pthread_mutex_lock(&guard);
}

void disruptor_os_fork_release(void)
{
	if (--held == 0)
		pthread_mutex_unlock(&guard);
}

uint64_t disruptor_os_generation(void)
{
	pthread_once(&once, prepare);
	/* Then the child's number is all that tells it from its parent. */
	return unannounced ? (uint64_t)getpid() : generation;
}
