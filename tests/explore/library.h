/* SPDX-License-Identifier: MIT */
/*
 * Included before every source of the library that the explorer compiles: its
 * mutexes and its memory are the explorer's. What is copied in one call is told
 * to the race detector; single accesses are told by the compiler, which is
 * asked for the thread sanitizer's calls (plain.c).
 */
#ifndef EXPLORE_LIBRARY_H
#define EXPLORE_LIBRARY_H

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void *explore_allocate(size_t alignment, size_t size);
void *explore_copy(void *to, const void *from, size_t size);
void *explore_fill(void *to, int byte, size_t size);
int explore_mutex_lock(pthread_mutex_t *mutex);
int explore_mutex_trylock(pthread_mutex_t *mutex);
int explore_mutex_unlock(pthread_mutex_t *mutex);
int explore_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);
int explore_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
			   const struct timespec *t);
int explore_cond_broadcast(pthread_cond_t *condition);
int explore_thread_create(pthread_t *thread, void *(*run)(void *),
			  void *argument);
int explore_thread_join(pthread_t thread);

#define aligned_alloc(alignment, size) explore_allocate(alignment, size)
#define calloc(count, size) explore_allocate(16, (count) * (size))
#define free(memory) ((void)(memory))
#define memcpy(to, from, size) explore_copy(to, from, size)
#define memset(to, byte, size) explore_fill(to, byte, size)
#define pthread_mutex_init(mutex, how) ((void)(mutex))
#define pthread_mutex_destroy(mutex) ((void)(mutex))
#define pthread_mutex_lock(mutex) explore_mutex_lock(mutex)
#define pthread_mutex_trylock(mutex) explore_mutex_trylock(mutex)
#define pthread_mutex_unlock(mutex) explore_mutex_unlock(mutex)
#define pthread_condattr_init(attributes) ((void)(attributes))
#define pthread_condattr_setclock(attributes, clock) ((void)(attributes))
#define pthread_condattr_destroy(attributes) ((void)(attributes))
#define pthread_cond_init(condition, how) ((void)(condition))
#define pthread_cond_destroy(condition) ((void)(condition))
#define pthread_cond_wait(condition, mutex) explore_cond_wait(condition, mutex)
#define pthread_cond_timedwait(condition, mutex, t)                            \
	explore_cond_timedwait(condition, mutex, t)
#define pthread_cond_broadcast(condition) explore_cond_broadcast(condition)
#define pthread_create(thread, attributes, run, argument)                      \
	explore_thread_create(thread, run, argument)
#define pthread_join(thread, result) explore_thread_join(thread)

#endif
