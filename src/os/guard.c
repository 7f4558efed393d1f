/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <disruptor/atomic.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * What a truncated file was mapped to raises SIGBUS at each access. The handler
 * puts zeroed memory of this process there instead, and the access goes on: the
 * ring is lost, the process is not. Nothing read from a ring is trusted anyway.
 */

#define GUARDS_MAX 256

struct guard {
	uint32_t used;
	uint32_t cut;
	uint64_t process;	/* a child has no such mapping */
	uint64_t from;		/* 0: none; stored last */
	uint64_t length;
	uint32_t *word;
	uint32_t value;
};

static struct guard guards[GUARDS_MAX];
static struct sigaction before;
static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;

static struct guard *find(const void *address)
{
	uint64_t at = (uintptr_t)address, from;
	struct guard *g;

	for (g = guards; g < guards + GUARDS_MAX; g++) {
		from = disruptor_load_acquire_u64(&g->from);
		if (from != 0 && at - from < g->length &&
		    g->process == (uint64_t)getpid())
			return g;
	}
	return NULL;
}

static bool replace(struct guard *g)
{
	void *from = (void *)(uintptr_t)g->from;

	if (mmap(from, (size_t)g->length, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
		 0) == MAP_FAILED)
		return false;
	if (g->word != NULL)
		disruptor_store_release_u32(g->word, g->value);
	disruptor_store_release_u32(&g->cut, 1);
	return true;
}

/* Not ours: as if nobody had come before the other handler, or the default. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	if (before.sa_flags & SA_SIGINFO)
		before.sa_sigaction(number, info, context);
	else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(number);
	else	/* the access is repeated, and ends the process */
		sigaction(number, &before, NULL);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	int saved = errno;
	struct guard *g = info->si_code == BUS_ADRERR ? find(info->si_addr) :
							NULL;

	if (g == NULL || !replace(g))
		pass_on(number, info, context);
	errno = saved;
}

static int install(void)
{
	struct sigaction action, now;

	if (sigaction(SIGBUS, NULL, &now) < 0)
		return -errno;
	if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_fault)
		return 0;
	before = now;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	return sigaction(SIGBUS, &action, NULL) < 0 ? -errno : 0;
}

int disruptor_os_guard_install(void)
{
	int error;

	pthread_mutex_lock(&installing);
	error = install();
	pthread_mutex_unlock(&installing);
	return error;
}

void disruptor_os_guard_add(void *address, uint64_t length, uint32_t *word,
			    uint32_t value)
{
	struct guard *g;
	uint32_t unused;

	for (g = guards; g < guards + GUARDS_MAX; g++) {
		unused = 0;
		if (!disruptor_cas_u32(&g->used, &unused, 1))
			continue;
		disruptor_store_release_u32(&g->cut, 0);
		g->process = (uint64_t)getpid();
		g->length = length;
		g->word = word;
		g->value = value;
		disruptor_store_release_u64(&g->from, (uintptr_t)address);
		return;
	}
}

void disruptor_os_guard_drop(const void *address)
{
	struct guard *g;

	for (g = guards; g < guards + GUARDS_MAX; g++) {
		if (disruptor_load_acquire_u64(&g->from) != (uintptr_t)address)
			continue;
		disruptor_store_release_u64(&g->from, 0);
		disruptor_store_release_u32(&g->used, 0);
		return;
	}
}

bool disruptor_os_guard_was_cut(const void *address)
{
	const struct guard *g = find(address);

	return g != NULL && disruptor_load_acquire_u32(&g->cut) != 0;
}
