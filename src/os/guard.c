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

/*
 * Another thread may give a guard back meanwhile, and a third one take it: then
 * its start is another one at the second look.
 */
static bool covers(struct guard *g, const void *address, struct guard *copy)
{
	uint64_t from = disruptor_load_acquire_u64(&g->from);

	if (from == 0)
		return false;
	copy->from = from;
	copy->length = disruptor_load_relaxed_u64(&g->length);
	copy->process = disruptor_load_relaxed_u64(&g->process);
	copy->word = g->word;
	copy->value = g->value;
	disruptor_fence_acquire();
	return disruptor_load_relaxed_u64(&g->from) == from &&
	       (uintptr_t)address - from < copy->length &&
	       copy->process == (uint64_t)getpid();
}

static struct guard *find(const void *address, struct guard *copy)
{
	struct guard *g;

	for (g = guards; g < guards + GUARDS_MAX; g++)
		if (covers(g, address, copy))
			return g;
	return NULL;
}

static bool replace(struct guard *g, const struct guard *copy)
{
	void *from = (void *)(uintptr_t)copy->from;

	if (mmap(from, (size_t)copy->length, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1,
		 0) == MAP_FAILED)
		return false;
	if (copy->word != NULL)
		disruptor_store_release_u32(copy->word, copy->value);
	disruptor_store_release_u32(&g->cut, 1);
	return true;
}

/* Not ours: as if nobody had come before the other handler, or the default. */
static void pass_on(int number, siginfo_t *info, void *context)
{
	bool sent = info->si_code <= 0; /* by kill(2): no access is repeated */

	if (before.sa_flags & SA_SIGINFO) {
		before.sa_sigaction(number, info, context);
	} else if (before.sa_handler != SIG_DFL &&
		   before.sa_handler != SIG_IGN) {
		before.sa_handler(number);
	} else if (!sent || before.sa_handler == SIG_DFL) {
		/* the access is repeated, and ends the process */
		sigaction(number, &before, NULL);
		if (sent)
			raise(number);
	}
}

static void on_fault(int number, siginfo_t *info, void *context)
{
	int saved = errno;
	struct guard *g = NULL, copy;

	if (info->si_code == BUS_ADRERR)
		g = find(info->si_addr, &copy);
	if (g == NULL || !replace(g, &copy))
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
		disruptor_store_relaxed_u64(&g->process, (uint64_t)getpid());
		disruptor_store_relaxed_u64(&g->length, length);
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
		/* A child may have its own where its parent's was. */
		if (disruptor_load_acquire_u64(&g->from) !=
			    (uintptr_t)address ||
		    g->process != (uint64_t)getpid())
			continue;
		disruptor_store_release_u64(&g->from, 0);
		disruptor_store_release_u32(&g->used, 0);
		return;
	}
}

bool disruptor_os_guard_was_cut(const void *address)
{
	struct guard copy;
	const struct guard *g = find(address, &copy);

	return g != NULL && disruptor_load_acquire_u32(&g->cut) != 0;
}
