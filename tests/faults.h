/* SPDX-License-Identifier: MIT */
/*
 * Each call to the system, and each request for memory, fails once with each
 * error that it may have. fault_calls.h has the calls.
 */
#ifndef TEST_FAULTS_H
#define TEST_FAULTS_H

#include <child.h>

#include <dirent.h>

enum fault_kind {
	FAULT_OPEN, FAULT_FCNTL, FAULT_PREAD, FAULT_READ, FAULT_RESERVE,
	FAULT_FALLOCATE, FAULT_LSEEK, FAULT_FCHMOD, FAULT_LINKAT, FAULT_UNLINK,
	FAULT_READLINK, FAULT_LSTAT, FAULT_CLOSE, FAULT_LIMIT, FAULT_MMAP,
	FAULT_MPROTECT, FAULT_MADVISE, FAULT_RANDOM, FAULT_MEMFD, FAULT_FUTEX,
	FAULT_BARRIER, FAULT_NAP, FAULT_MEMORY, FAULT_THREAD,
	FAULT_THREAD_NAME, FAULT_THREAD_CPUS, FAULT_KINDS
};

#define FAULT_ERRORS 9

static const int fault_errors[FAULT_KINDS][FAULT_ERRORS] = {
	[FAULT_OPEN] = { EACCES, EMFILE, ENOENT, ENOMEM, EINTR, EOPNOTSUPP,
			 EISDIR, ENOSPC },
	[FAULT_FCNTL] = { EAGAIN, EACCES, ENOLCK, EINTR, EINVAL, EMFILE,
			  EPERM, EBUSY },
	[FAULT_PREAD] = { EIO, EINTR },
	[FAULT_READ] = { EIO, EINTR },
	[FAULT_RESERVE] = { ENOSPC, EINTR, EDQUOT, ENOMEM, EFBIG, EOPNOTSUPP },
	[FAULT_FALLOCATE] = { ENOSPC, EINTR, EDQUOT, ENOMEM, EOPNOTSUPP },
	[FAULT_LSEEK] = { EINVAL, ENXIO, EIO },
	[FAULT_FCHMOD] = { EPERM, EIO },
	[FAULT_LINKAT] = { ENOENT, EEXIST, EACCES, ENOSPC, EPERM },
	[FAULT_UNLINK] = { EACCES, EPERM, EBUSY, ENOENT },
	[FAULT_READLINK] = { EACCES, ENOENT },
	[FAULT_LSTAT] = { EACCES, ENOENT, ENOMEM },
	[FAULT_CLOSE] = { EINTR, EIO },
	[FAULT_LIMIT] = { EPERM },
	[FAULT_MMAP] = { ENOMEM, EAGAIN, EACCES, ENODEV, EPERM },
	[FAULT_MPROTECT] = { ENOMEM, EACCES },
	[FAULT_MADVISE] = { EINVAL, ENOMEM, EAGAIN },
	[FAULT_RANDOM] = { EINTR, ENOSYS, EAGAIN },
	[FAULT_MEMFD] = { EMFILE, ENFILE, ENOMEM, EINVAL, ENOSYS, EPERM },
	[FAULT_FUTEX] = { EINTR, EAGAIN, ETIMEDOUT, ENOSYS, EPERM },
	[FAULT_BARRIER] = { ENOSYS, EPERM, EINVAL },
	[FAULT_NAP] = { EINTR },
	[FAULT_MEMORY] = { ENOMEM },
	[FAULT_THREAD] = { EAGAIN, EPERM, ENOMEM },
	[FAULT_THREAD_NAME] = { EACCES, ENOMEM },
	[FAULT_THREAD_CPUS] = { EINVAL, EPERM },
};

static int64_t fault_calls;	/* since it was armed, of all threads */
static int64_t fault_at;	/* this one fails; 0: none */
static uint32_t fault_error;	/* with this of its errors */
static uint32_t fault_kind;	/* what it was; FAULT_KINDS: not reached */
static uint32_t fault_seen[FAULT_KINDS];	/* failures of each kind */

/* 0, or the error that this call must fail with. */
static int fault(enum fault_kind kind)
{
	int64_t at = disruptor_load_acquire_i64(&fault_at);
	int error = fault_errors[kind][fault_error];

	if (at == 0 || disruptor_fetch_add_i64(&fault_calls, 1) + 1 != at)
		return 0;
	disruptor_store_release_u32(&fault_kind, kind);
	if (error != 0) {
		fault_seen[kind]++;
		errno = error;
	}
	return error;
}

#include <fault_calls.h>

/* --- what may be left behind --- */

struct fault_balance {
	int64_t files, mappings, threads, blocks;
};

static int64_t fault_count_entries(const char *path)
{
	DIR *directory = opendir(path);
	int64_t n = 0;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		n++;
	closedir(directory);
	return n;
}

static int64_t fault_count_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int64_t n = 0;

	CHECK(maps != NULL);
	while (fgets(line, sizeof(line), maps) != NULL)
		n += strstr(line, "/dev/shm/") != NULL ||
		     strstr(line, "memfd:disruptor") != NULL;
	fclose(maps);
	return n;
}

static struct fault_balance fault_balance_now(void)
{
	struct fault_balance b;

	b.files = fault_count_entries("/proc/self/fd");
	b.threads = fault_threads;
	b.mappings = fault_count_mappings();
	b.blocks = fault_count_blocks();
	return b;
}

static void fault_check_balance(const struct fault_balance *before)
{
	struct fault_balance after = fault_balance_now();

	CHECK_EQ(after.files, before->files);
	CHECK_EQ(after.mappings, before->mappings);
	CHECK_EQ(after.blocks, before->blocks);
	CHECK_EQ(after.threads, before->threads);
}

/* --- each call of an attempt, in turn --- */

/* What the test does for itself neither fails nor counts. */
static int64_t fault_suspend(void)
{
	int64_t at = fault_at;

	disruptor_store_release_i64(&fault_at, 0);
	return at;
}

static void fault_resume(int64_t at)
{
	disruptor_store_release_i64(&fault_at, at);
}

/* Says whether all of it succeeded; leaves nothing behind in either case. */
typedef bool (*fault_attempt)(void);

/* In another thread: no lock was kept. */
static void *fault_try_again(void *attempt)
{
	CHECK((*(fault_attempt *)attempt)());
	return NULL;
}

static void fault_check(fault_attempt attempt, int64_t at, uint32_t error)
{
	struct fault_balance before = fault_balance_now();
	char stale[] = "a ring needs a name";
	bool through;

	CHECK_ERROR(disruptor_unlink(NULL), EINVAL);
	CHECK_STR(disruptor_error(), stale);
	fault_calls = 0;
	fault_error = error;
	fault_kind = FAULT_KINDS;
	fault_resume(at);
	through = attempt();
	fault_suspend();
	/* Nothing fails by itself; a failure has its words. */
	CHECK(through || (fault_kind != FAULT_KINDS &&
			  strcmp(disruptor_error(), stale) != 0));
	fault_check_balance(&before);
	thread_join(thread_start(fault_try_again, &attempt));
}

/* False: the attempt makes fewer calls than at. */
static bool fault_one(fault_attempt attempt, int64_t at, int64_t *n)
{
	char where[64];
	uint32_t error;

	for (error = 0; error < FAULT_ERRORS; error++) {
		snprintf(where, sizeof(where), "call %lld, error %u",
			 (long long)at, error);
		test_where = where;
		watchdog();
		fault_check(attempt, at, error);
		test_where = NULL;
		if (fault_kind == FAULT_KINDS)
			return false;
		if (fault_errors[fault_kind][error] == 0)
			break;
		++*n;
	}
	return true;
}

static void fault_each(fault_attempt attempt, int64_t at_least)
{
	int64_t at, n = 0;

	CHECK(attempt());
	for (at = 1; fault_one(attempt, at, &n); at++)
		;
	print_message("  %lld failures in %lld calls\n", (long long)n,
		      (long long)at - 1);
	CHECK(n >= at_least);
}

#endif
