/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <pthread.h>

/*
 * What fork() must not copy half-way. A thread that takes a lock holds the
 * guard from the descriptor's opening to its closing, so that no child is born
 * with a copy of it.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t guard;
static uint64_t generation = 1;

static void make_guard(void)
{
	pthread_mutexattr_t recursive;

	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&guard, &recursive);
	pthread_mutexattr_destroy(&recursive);
}

static void before_fork(void)
{
	pthread_mutex_lock(&guard);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&guard);
}

/* The child's only thread does not own what its parent's thread locked. */
static void in_child(void)
{
	make_guard();
	generation++;
}

static void prepare(void)
{
	make_guard();
	pthread_atfork(before_fork, in_parent, in_child);
}

void disruptor_os_fork_hold(void)
{
	pthread_once(&once, prepare);
	pthread_mutex_lock(&guard);
}

void disruptor_os_fork_release(void)
{
	pthread_mutex_unlock(&guard);
}

uint64_t disruptor_os_generation(void)
{
	pthread_once(&once, prepare);
	return generation;
}
