/* SPDX-License-Identifier: MIT */
/* shared_memory.h: permissions, and memory that is really there. */
#include <child.h>

#include <dirent.h>
#include <sys/mount.h>

#define NOBODY 65534

static mode_t mode_of(const char *name)
{
	char path[RING_NAME_SIZE + 32];
	struct stat st;

	ring_path(path, sizeof(path), name);
	CHECK_EQ(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void create_with(uint32_t mode)
{
	struct disruptor *d = disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8,
				  .mode = mode));

	CHECK(d != NULL);
	CHECK_EQ(mode_of(ring_name()), mode != 0 ? mode : 0600);
	disruptor_free(d);
}

/* The umask has no say in what was asked for, nor in what was not. */
static void modes(void **state)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };
	mode_t before = umask(0);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		umask(masks[i]);
		create_with(0);
		create_with(0600);
		create_with(0640);
		create_with(0660);
		create_with(0666);
	}
	umask(before);
}

static void all_memory_is_reserved(void **state)
{
	struct disruptor *d = disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 4096, .capacity = 64));
	char path[RING_NAME_SIZE + 32];
	struct stat st;

	(void)state;
	CHECK(d != NULL);
	ring_path(path, sizeof(path), ring_name());
	CHECK_EQ(stat(path, &st), 0);
	CHECK(st.st_size >= 4096 * 64);
	CHECK(st.st_blocks * 512 >= st.st_size);
	disruptor_free(d);
}

static int64_t files_in(const char *path)
{
	DIR *directory = opendir(path);
	int64_t n = 0;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		n++;
	closedir(directory);
	return n;
}

static void fill_a_small_disk(void *argument)
{
	struct disruptor_options small =
		*DISRUPTOR_OPTIONS(.event_size = 64, .capacity = 64);
	struct disruptor_options large =
		*DISRUPTOR_OPTIONS(.event_size = 64, .capacity = 1 << 16);
	struct disruptor *d;

	(void)argument;
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/dev/shm", "tmpfs", 0, "size=1m") != 0)
		_exit(77);
	CHECK_NULL(disruptor_create_shared("large", &large), ENOSPC);
	CHECK(disruptor_error()[0] != '\0');
	CHECK_EQ(files_in("/dev/shm"), 2);
	CHECK_NULL(disruptor_attach("large", 0), ENOENT);
	d = disruptor_create_shared("small", &small);
	CHECK(d != NULL);
	PUT(PRODUCER(d), 1);
	CHECK_EQ(files_in("/dev/shm"), 3);
	disruptor_free(d);
	CHECK_NULL(disruptor_create_shared("large", &large), ENOSPC);
	CHECK_EQ(disruptor_unlink("small"), 0);
	CHECK_EQ(files_in("/dev/shm"), 2);
}

/* A full disk is an error at creation, never a signal later. */
static void full_disk(void **state)
{
	pid_t pid = child_start(fill_a_small_disk, NULL);
	int status = -1;

	(void)state;
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	CHECK_EQ(status, 0);
}

static void become_nobody(void)
{
	CHECK_EQ(setgid(NOBODY), 0);
	CHECK_EQ(setuid(NOBODY), 0);
}

static void knock(void *argument)
{
	const char *name = argument;

	become_nobody();
	CHECK_NULL(disruptor_attach(name, 0), EACCES);
	CHECK_NULL(disruptor_inspect(name), EACCES);
	CHECK_ERROR(disruptor_check(name, NULL, NULL), EACCES);
	CHECK_ERROR(disruptor_unlink(name), EACCES);
	CHECK_NULL(disruptor_create_shared(name,
					   DISRUPTOR_OPTIONS(.event_size = 8,
							     .capacity = 8)),
		   EEXIST);
}

static void look_only(void *argument)
{
	const char *name = argument;
	struct disruptor_ring_info *info;

	become_nobody();
	CHECK_NULL(disruptor_attach(name, 0), EACCES);
	info = disruptor_inspect(name);
	CHECK(info != NULL);
	CHECK_EQ(info->published, 3);
	CHECK_EQ(info->mode, 0644);
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_check(name, NULL, NULL), 0);
}

static void join_in(void *argument)
{
	struct disruptor *d;

	become_nobody();
	d = ATTACH(argument);
	take_many(POLLER(d, "home"), 0, 3);
	PUT(PRODUCER(d), 9);
	disruptor_free(d);
}

static void as_nobody(void (*run)(void *), uint32_t mode)
{
	struct disruptor *d;
	struct disruptor_producer *p;

	if (geteuid() != 0)
		skip();
	d = disruptor_create_shared(ring_new_name(),
				    DISRUPTOR_OPTIONS(.event_size = 8,
						      .capacity = 8,
						      .mode = mode));
	CHECK(d != NULL);
	disruptor_poller_free(POLLER(d, "home"));
	p = PRODUCER(d);
	put_many(p, 0, 3);
	disruptor_producer_free(p);
	CHILD_JOIN(child_start(run, (void *)(uintptr_t)ring_name()));
	disruptor_free(d);
}

static void no_permission(void **state)
{
	(void)state;
	as_nobody(knock, 0600);
}

static void permission_to_read(void **state)
{
	(void)state;
	as_nobody(look_only, 0644);
}

static void permission_to_join(void **state)
{
	(void)state;
	as_nobody(join_in, 0666);
}

static void create_elsewhere(void *argument)
{
	(void)argument;
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/dev/shm", "tmpfs", 0, "mode=0755") != 0)
		_exit(77);
	become_nobody();
	CHECK_NULL(disruptor_create_shared("x",
					   DISRUPTOR_OPTIONS(.event_size = 8,
							     .capacity = 8)),
		   EACCES);
	CHECK_EQ(files_in("/dev/shm"), 2);
}

static void no_permission_to_create(void **state)
{
	pid_t pid;
	int status = -1;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid = child_start(create_elsewhere, NULL);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	CHECK_EQ(status, 0);
}

TEST_MAIN(TEST(modes), TEST(all_memory_is_reserved), TEST(full_disk),
	  TEST(no_permission), TEST(permission_to_read),
	  TEST(permission_to_join), TEST(no_permission_to_create));
