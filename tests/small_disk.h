/* SPDX-License-Identifier: MIT */
/* A /dev/shm of one's own, as small as one likes, in a child. */
#ifndef TEST_SMALL_DISK_H
#define TEST_SMALL_DISK_H

#include <region.h>

#include <child.h>
#include <dirent.h>
#include <sys/mount.h>

#define DISK "/dev/shm"
#define DISK_FILLER DISK "/.filler"
#define DISK_CANNOT 77 /* of a child, and of CTest: no such name space here */

static inline bool disk_write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, line, strlen(line)) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

/* Who is not root may be it in a name space of users. */
static inline bool disk_become_root(void)
{
	long uid = (long)geteuid(), gid = (long)getegid();
	char users[32], groups[32];

	snprintf(users, sizeof(users), "0 %ld 1", uid);
	snprintf(groups, sizeof(groups), "0 %ld 1", gid);
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
	       disk_write_line("/proc/self/setgroups", "deny") &&
	       disk_write_line("/proc/self/uid_map", users) &&
	       disk_write_line("/proc/self/gid_map", groups);
}

static inline bool disk_mount(const char *type, const char *options)
{
	return (unshare(CLONE_NEWNS) == 0 || disk_become_root()) &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", DISK, type, 0, options) == 0;
}

static inline void disk_new(const char *type, const char *options)
{
	if (!disk_mount(type, options))
		_exit(DISK_CANNOT);
}

/* To the last page; disk_empty() gives it back. */
static inline void disk_fill(void)
{
	static const char page[4096];
	int fd = open(DISK_FILLER, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		      0600);

	CHECK(fd >= 0);
	while (write(fd, page, sizeof(page)) > 0)
		;
	CHECK_EQ(errno, ENOSPC);
	close(fd);
}

static inline void disk_empty(void)
{
	CHECK_EQ(unlink(DISK_FILLER), 0);
}

/* Other than "." and "..". */
static inline int64_t disk_files(void)
{
	DIR *directory = opendir(DISK);
	int64_t n = -2;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		n++;
	closedir(directory);
	return n;
}

static inline void disk_try(void (*run)(void *))
{
	pid_t pid = child_start(run, NULL);
	int status = -1;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == DISK_CANNOT)
		skip();
	CHECK_EQ(status, 0);
}

static inline void disk_probe(void *argument)
{
	(void)argument;
	disk_new("tmpfs", "size=64k");
}

static inline bool disk_is_possible(void)
{
	int status = -1;
	pid_t pid = child_start(disk_probe, NULL);

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

struct disk_test {
	void (*run)(void *);
};

static inline void disk_run(void **state)
{
	disk_try(((const struct disk_test *)*state)->run);
}

/* A test that runs in a child; disk_new() comes first in it. */
#define TEST_DISK(function)                                                    \
	{                                                                      \
#function, disk_run, test_setup, test_teardown,                \
			&(struct disk_test){ function }                        \
	}

#define TEST_MAIN_DISK(...)                                                    \
	int main(void)                                                         \
	{                                                                      \
		const struct CMUnitTest tests[] = { __VA_ARGS__ };             \
									       \
		if (!disk_is_possible()) {                                     \
			print_message("SKIPPED: no mount name space here\n");  \
			return DISK_CANNOT;                                    \
		}                                                              \
		cmocka_set_test_filter(getenv("DISRUPTOR_TEST_ONLY"));         \
		return cmocka_run_group_tests(tests, NULL, NULL);              \
	}                                                                      \
	struct disruptor_semicolon_

#endif
