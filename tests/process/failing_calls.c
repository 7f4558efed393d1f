/* SPDX-License-Identifier: MIT */
/*
 * Each call to the system that the library makes fails once, with each error
 * that it may have: that is reported or got over, nothing is left behind, and
 * the next attempt works. The calls are taken by the definitions below, which
 * come before those of the C library. (Not fstat(): of an open descriptor it
 * cannot fail, and of one that is not ours the library must not close it.)
 */
#include <child.h>

#include <dirent.h>
#include <dlfcn.h>
#include <sys/random.h>

static int64_t calls;	/* since it was armed */
static int64_t fails;	/* this one; 0: none */
static int fails_with;

static bool must_fail(void)
{
	if (fails == 0 || ++calls != fails)
		return false;
	errno = fails_with;
	return true;
}

#define NEXT(name) dlsym(RTLD_NEXT, name)
/* The argument that may follow. */
#define LAST(type, before)                                                     \
	va_list arguments;                                                     \
	type last;                                                             \
									       \
	va_start(arguments, before);                                           \
	last = va_arg(arguments, type);                                        \
	va_end(arguments)

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) = NEXT("open64");
	LAST(mode_t, flags);

	return must_fail() ? -1 : next(path, flags, last);
}

int fcntl(int fd, int command, ...)
{
	int (*next)(int, int, ...) = NEXT("fcntl64");
	LAST(void *, command);

	return must_fail() ? -1 : next(fd, command, last);
}

ssize_t pread(int fd, void *buffer, size_t length, off_t offset)
{
	ssize_t (*next)(int, void *, size_t, off_t) = NEXT("pread64");

	return must_fail() ? -1 : next(fd, buffer, length, offset);
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
	int (*next)(int, off_t, off_t) = NEXT("posix_fallocate64");

	return must_fail() ? errno : next(fd, offset, length);
}

int fchmod(int fd, mode_t mode)
{
	int (*next)(int, mode_t) = NEXT("fchmod");

	return must_fail() ? -1 : next(fd, mode);
}

int linkat(int from, const char *path, int to, const char *name, int flags)
{
	int (*next)(int, const char *, int, const char *, int) =
		NEXT("linkat");

	return must_fail() ? -1 : next(from, path, to, name, flags);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd,
	   off_t offset)
{
	void *(*next)(void *, size_t, int, int, int, off_t) = NEXT("mmap64");

	return must_fail() ? MAP_FAILED :
			     next(address, length, protection, flags, fd,
				  offset);
}

int mprotect(void *address, size_t length, int protection)
{
	int (*next)(void *, size_t, int) = NEXT("mprotect");

	return must_fail() ? -1 : next(address, length, protection);
}

int madvise(void *address, size_t length, int advice)
{
	int (*next)(void *, size_t, int) = NEXT("madvise");

	return must_fail() ? -1 : next(address, length, advice);
}

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
	ssize_t (*next)(void *, size_t, unsigned int) = NEXT("getrandom");

	return must_fail() ? -1 : next(buffer, length, flags);
}

int memfd_create(const char *name, unsigned int flags)
{
	int (*next)(const char *, unsigned int) = NEXT("memfd_create");

	return must_fail() ? -1 : next(name, flags);
}

/* --- what may be left behind --- */

static int64_t open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int64_t n = 0;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		n++;
	closedir(directory);
	return n;
}

static int64_t mappings(void)
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

/* --- what is tried: each says whether it got through --- */

static bool use(struct disruptor *d)
{
	struct disruptor_poller *poller = disruptor_poller_new(d, "name");
	struct disruptor_poller *next =
		poller == NULL ? NULL :
				 disruptor_poller_new_after(
					 d, NULL,
					 DISRUPTOR_AFTER_NAMES("name"));
	struct disruptor_producer *p = disruptor_producer_new(d);
	bool all = poller != NULL && next != NULL && p != NULL;

	if (all) {
		PUT(p, 1);
		TAKE(poller, 1);
		CHECK(disruptor_claim(p) != NULL);
		disruptor_abandon(p);
		CHECK_EQ(disruptor_poll_wait(poller, MS / 10), 0);
	}
	disruptor_poller_free(next);
	disruptor_poller_free(poller);
	all &= disruptor_remove_consumer(d, "name") == 0;
	all &= disruptor_repair(d, NULL, NULL) >= 0;
	return all;
}

static bool named(const char *name)
{
	struct disruptor_options o = *DISRUPTOR_OPTIONS(
		.event_size = 8, .capacity = 8, .consumers_max = 2,
		.producers_max = 2,
		.producer_type = DISRUPTOR_MULTI_PRODUCER);
	struct disruptor *d = disruptor_create_shared(name, &o), *e;
	struct disruptor_ring_info *info;
	bool all = d != NULL;

	if (d == NULL)
		return false;
	e = disruptor_attach_opts(
		name, DISRUPTOR_OPTIONS(.read_only_events = true));
	all &= e != NULL;
	disruptor_free(e);
	all &= use(d);
	info = disruptor_inspect(name);
	all &= info != NULL;
	disruptor_inspect_free(info);
	all &= disruptor_check(name, NULL, NULL) >= 0;
	disruptor_free(d);
	fails = 0; /* cleaning up is the test's */
	CHECK_EQ(disruptor_unlink(name), 0);
	return all;
}

static bool nameless(const char *name)
{
	int fd;
	struct disruptor *d = disruptor_create_anonymous(
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8,
				  .consumers_max = 2), &fd);
	struct disruptor *e;
	bool all = d != NULL;

	(void)name;
	if (d == NULL) {
		CHECK_EQ(fd, -1);
		return false;
	}
	e = disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.event_size = 8));
	all &= e != NULL && use(e);
	disruptor_free(e);
	disruptor_free(d);
	close(fd);
	return all;
}

static bool try_with(bool (*attempt)(const char *), int64_t call, int error)
{
	const char *name = ring_new_name();
	int64_t files = open_files(), maps = mappings();
	bool through, reached;

	calls = 0;
	fails_with = error;
	fails = call;
	through = attempt(name);
	fails = 0;
	reached = calls >= call;
	/* Without a failure nothing fails; a failure has its words. */
	CHECK(through || (reached && disruptor_error()[0] != '\0'));
	CHECK_EQ(open_files(), files);
	CHECK_EQ(mappings(), maps);
	CHECK(access("/dev/shm", F_OK) == 0);
	CHECK(attempt(ring_new_name()));
	return reached;
}

static void each_call(bool (*attempt)(const char *))
{
	static const int errors[] = { ENOMEM, EMFILE, ENOSPC, EACCES, EINTR,
				      EAGAIN };
	int64_t call, n = 0;
	size_t i;

	CHECK(attempt(ring_new_name()));
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		for (call = 1; try_with(attempt, call, errors[i]); call++)
			n++;
	print_message("  %lld calls failed\n", (long long)n);
	CHECK(n > 100);
}

static void of_named_rings(void **state)
{
	(void)state;
	each_call(named);
}

static void of_nameless_rings(void **state)
{
	(void)state;
	each_call(nameless);
}

TEST_MAIN(TEST(of_named_rings), TEST(of_nameless_rings));
