/* SPDX-License-Identifier: MIT */
#include "engine.h"
#include "library.h"
#undef memcpy
#undef memset
#undef calloc
#undef free

#include <errno.h>
#include <link.h>
#include <string.h>

/*
 * Threads of the library for the explorer: a new one is a participant that the
 * scene left free. Mutexes and conditions are the kernel's. During setup there
 * is one thread, which waits for nobody.
 */

#define OWN_MAX 4096
#define NS_PER_S INT64_C(1000000000)

/* --- mutexes -------------------------------------------------------------- */

static void ready_again(enum state state, const void *object)
{
	int i;

	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state == state &&
		    engine.participant[i].object == object)
			engine.participant[i].state = READY;
}

int explore_mutex_lock(pthread_mutex_t *mutex)
{
	while (explore_mutex_trylock(mutex) != 0) {
		self()->object = mutex;
		engine_leave(BLOCKED);
	}
	return 0;
}

/* The first byte says whether it is held; it is nobody else's. */
int explore_mutex_trylock(pthread_mutex_t *mutex)
{
	unsigned char *held = (unsigned char *)mutex;

	if (!engine.running)
		return 0;
	system_enter(mutex);
	if (*held)
		return EBUSY;
	*held = 1;
	return 0;
}

int explore_mutex_unlock(pthread_mutex_t *mutex)
{
	if (!engine.running)
		return 0;
	system_enter(mutex);
	*(unsigned char *)mutex = 0;
	ready_again(BLOCKED, mutex);
	return 0;
}

/* --- conditions ----------------------------------------------------------- */

static int wait_on(pthread_cond_t *condition, pthread_mutex_t *mutex,
		   int64_t deadline)
{
	struct participant *p = self();

	explore_mutex_unlock(mutex);
	engine_trace(NULL, "waits on a condition");
	p->object = condition;
	p->deadline = deadline;
	p->expired = false;
	engine_leave(SLEEPING);
	p->object = NULL;
	engine_note('C', (uint64_t)p->expired);
	explore_mutex_lock(mutex);
	return p->expired ? ETIMEDOUT : 0;
}

int explore_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	return wait_on(condition, mutex, INT64_MAX);
}

int explore_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
			   const struct timespec *t)
{
	return wait_on(condition, mutex,
		       (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec);
}

int explore_cond_broadcast(pthread_cond_t *condition)
{
	if (!engine.running)
		return 0;
	system_enter(NULL);
	ready_again(SLEEPING, condition);
	return 0;
}

/* --- threads -------------------------------------------------------------- */

int explore_thread_create(pthread_t *thread, void *(*run)(void *),
			  void *argument)
{
	int i;

	for (i = 1; i < PARTICIPANTS; i++) {
		struct participant *p = &engine.participant[i];

		if (engine.scene->participant[i - 1] != NULL || p->run != NULL)
			continue;
		system_enter(p);
		p->run = run;
		p->argument = argument;
		p->state = READY;
		*thread = (pthread_t)i;
		engine_trace(NULL, "starts participant %d", i - 1);
		return 0;
	}
	scene_violated("no participant is left for a thread");
}

/* What it did comes before what who joins it does. */
void threads_end(void)
{
	system_enter(self());
	ready_again(BLOCKED, self());
}

int explore_thread_join(pthread_t thread)
{
	struct participant *p = &engine.participant[(int)thread];

	system_enter(p);
	while (p->state != DONE) {
		self()->object = p;
		engine_leave(BLOCKED);
		system_enter(p);
	}
	return 0;
}

/* --- what each thread has of its own -------------------------------------- */

static struct {
	unsigned char *memory;
	size_t size;
	unsigned char of[PARTICIPANTS][OWN_MAX];
} own;

/* The program's own is the first. */
static int find_own(struct dl_phdr_info *info, size_t size, void *unused)
{
	int i;

	(void)size;
	(void)unused;
	own.memory = info->dlpi_tls_data;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			own.size = info->dlpi_phdr[i].p_memsz;
	return 1;
}

void threads_reset(void)
{
	int i;

	if (own.memory == NULL)
		dl_iterate_phdr(find_own, NULL);
	if (own.memory == NULL || own.size > OWN_MAX)
		own.size = 0;
	for (i = 0; i < PARTICIPANTS; i++)
		memset(own.of[i], 0, own.size);
}

void threads_leave(int who)
{
	memcpy(own.of[who], own.memory, own.size);
}

void threads_enter(int who)
{
	memcpy(own.memory, own.of[who], own.size);
}
