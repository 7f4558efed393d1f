/* SPDX-License-Identifier: MIT */
/*
 * A full /dev/shm is an error, with words, where a ring is made or joined, and
 * never a SIGBUS: not of a new ring, not of one whose file has holes, and not
 * of one in use when the last page is taken by somebody else.
 */
#include <small_disk.h>

#include <sys/resource.h>

#define PAGE 4096
#define SMALL "size=256k"

static const struct disruptor_options *ring_of(int64_t capacity)
{
	static struct disruptor_options o;

	o = *DISRUPTOR_OPTIONS(.event_size = 1024, .consumers_max = 64,
			       .producers_max = 4, .mode = 0644,
			       .producer_type = DISRUPTOR_MULTI_PRODUCER);
	o.capacity = (uint64_t)capacity;
	return &o;
}

static struct disruptor *create(const char *name, int64_t capacity)
{
	struct disruptor *d = disruptor_create_shared(name, ring_of(capacity));

	CHECK(d != NULL);
	return d;
}

static struct stat stat_of(const char *name)
{
	char path[RING_NAME_SIZE + 32];
	struct stat st;

	ring_path(path, sizeof(path), name);
	CHECK_EQ(stat(path, &st), 0);
	return st;
}

static bool has_holes(const char *name)
{
	struct stat st = stat_of(name);

	return st.st_blocks * 512 < st.st_size;
}

/* What cp --sparse or a backup makes of a ring: pages of zeroes are holes. */
static void make_sparse(const char *name, const char *copy)
{
	static const char zeroes[PAGE];
	struct region r = region_open(name);
	int fd = region_open_file(region_write("", 0));
	char path[RING_NAME_SIZE + 32], from[RING_NAME_SIZE + 32];
	size_t at;

	CHECK_EQ(ftruncate(fd, (off_t)r.size), 0);
	for (at = 0; at < r.size; at += PAGE)
		if (memcmp(r.bytes + at, zeroes, PAGE) != 0)
			CHECK_EQ(pwrite(fd, r.bytes + at, PAGE, (off_t)at),
				 PAGE);
	CHECK_EQ(fchmod(fd, 0644), 0);
	close(fd);
	region_close(&r);
	ring_path(from, sizeof(from), ring_name());
	ring_path(path, sizeof(path), copy);
	CHECK_EQ(rename(from, path), 0);
	CHECK(has_holes(copy));
}

/* All pages: three laps, names, gaps, those who leave and come. */
static void use(const char *name)
{
	struct disruptor *d = ATTACH(name);
	struct disruptor_poller *poller = POLLER(d, "name");
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i, n, laps = 3 * disruptor_capacity(d);

	for (i = 0; i < laps; i++) {
		void *event = disruptor_claim(p);

		CHECK(event != NULL);
		memset(event, 7, disruptor_event_size(d));
		if (i % 5 == 0)
			disruptor_abandon(p);
		else
			disruptor_publish(p);
		n = disruptor_poll(poller);
		CHECK(n >= 0);
		disruptor_poller_advance(poller, n);
	}
	disruptor_free(d);
	d = ATTACH(name);
	CHECK_EQ(disruptor_remove_consumer(d, "name"), 0);
	CHECK_EQ(disruptor_repair(d, NULL, NULL), 0);
	disruptor_free(d);
}

static void remember(void *context, const char *text)
{
	snprintf(context, 256, "%s", text);
}

/* Post mortem, on a full disk, by one who may only read. */
static void look(const char *name, int64_t published, int problems)
{
	struct disruptor_ring_info *info = disruptor_inspect(name);
	char problem[256] = "holes";

	CHECK(info != NULL);
	CHECK_EQ(info->published, published);
	disruptor_inspect_free(info);
	CHECK_EQ(disruptor_check(name, remember, problem), problems);
	CHECK(strstr(problem, "holes") != NULL);
}

/* --- new rings --- */

/* With each number of pages that may be left. */
static void create_on_what_is_left(void *argument)
{
	int64_t left, made = 0, pages = 0;
	struct disruptor *d;

	disk_new("tmpfs", SMALL);
	disruptor_free(create("ring", 16));
	pages = stat_of("ring").st_size / PAGE;
	CHECK_EQ(disruptor_unlink("ring"), 0);
	disk_fill();
	for (left = 0; left <= pages + 2; left++) {
		CHECK_EQ(truncate(DISK_FILLER, (off_t)(64 - left) * PAGE), 0);
		errno = 0;
		d = disruptor_create_shared("ring", ring_of(16));
		CHECK(d != NULL || errno == ENOSPC);
		CHECK(d != NULL || strstr(disruptor_error(), "no room"));
		CHECK_EQ(disk_files(), d != NULL ? 2 : 1);
		if (d == NULL)
			continue;
		made++;
		disk_fill();
		use("ring");
		disruptor_free(d);
		CHECK_EQ(disruptor_unlink("ring"), 0);
	}
	CHECK_EQ(made, 3);
}

static void no_files_left(void *argument)
{
	disk_new("tmpfs", "nr_inodes=3");
	close(open(DISK "/a", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	close(open(DISK "/b", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	CHECK_NULL(disruptor_create_shared("ring", ring_of(16)), ENOSPC);
	CHECK_EQ(unlink(DISK "/b"), 0);
	disruptor_free(create("ring", 16));
	use("ring");
}

/* What is not reserved by one call is by two: nobody else writes there yet. */
static void no_fallocate(void *argument)
{
	disk_new("ramfs", NULL);
	disruptor_free(create("ring", 16));
	use("ring");
	look("ring", 3 * 16, 0);
}

/* SIGXFSZ is for programs that write; this one only asked for a ring. */
static void limit_of_file_size(void *argument)
{
	struct rlimit limit;
	int fd = -1;

	disk_new("tmpfs", "size=1m");
	CHECK_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = 32 * PAGE;
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_NULL(disruptor_create_shared("ring", ring_of(128)), EFBIG);
	CHECK(strstr(disruptor_error(), "ulimit -f") != NULL);
	CHECK_NULL(disruptor_create_anonymous(ring_of(128), &fd), EFBIG);
	CHECK(strstr(disruptor_error(), "ulimit -f") != NULL);
	CHECK_EQ(fd, -1);
	CHECK_EQ(disk_files(), 0);
	disruptor_free(create("ring", 16));
	use("ring");
	limit.rlim_cur = PAGE;
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
	use("ring");
}

/* --- rings with holes --- */

static void join_with_holes(void *argument)
{
	struct disruptor *d;

	disk_new("tmpfs", SMALL);
	d = create("whole", 64);
	put_many(PRODUCER(d), 0, 3);
	disruptor_free(d);
	make_sparse("whole", "ring");
	disk_fill();
	CHECK_NULL(disruptor_attach("ring", 0), ENOSPC);
	CHECK(strstr(disruptor_error(), "holes") != NULL);
	look("ring", 3, 1);
	look("whole", 3, 0);
	CHECK(has_holes("ring"));
	disk_empty();
	disruptor_free(ATTACH("ring"));
	CHECK(!has_holes("ring"));
	disk_fill();
	use("ring");
	look("ring", 3 + 3 * 64, 0);
}

static void look_without_permission(void *argument)
{
	struct disruptor *d;

	disk_new("tmpfs", SMALL);
	if (geteuid() != 0)
		_exit(DISK_CANNOT);
	d = create("whole", 64);
	put_many(PRODUCER(d), 0, 3);
	disruptor_free(d);
	make_sparse("whole", "ring");
	disk_fill();
	if (setuid(65534) != 0)
		_exit(DISK_CANNOT); /* a name space without other users */
	CHECK_NULL(disruptor_attach("ring", 0), EACCES);
	look("ring", 3, 1);
}

/* More holes than there can ever be memory. */
static void join_too_large(void *argument)
{
	disk_new("tmpfs", "size=1m");
	disruptor_free(create("ring", 512));
	make_sparse("ring", "sparse");
	CHECK_EQ(disruptor_unlink("ring"), 0);
	CHECK_EQ(mount("none", DISK, "tmpfs", MS_REMOUNT, SMALL), 0);
	CHECK_NULL(disruptor_attach("sparse", 0), ENOSPC);
	look("sparse", 0, 1);
	CHECK(has_holes("sparse"));
}

/* Holes in a ring in use: the next one who joins fills them. */
static void punched(void *argument)
{
	struct disruptor *d;
	int fd;

	disk_new("tmpfs", SMALL);
	d = create("ring", 64);
	fd = region_open_file("ring");
	CHECK_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   8 * PAGE, 4 * PAGE),
		 0);
	close(fd);
	disk_fill();
	CHECK_NULL(disruptor_attach("ring", 0), ENOSPC);
	look("ring", 0, 1);
	disk_empty();
	use("ring");
	disk_fill();
	put_many(PRODUCER(d), 0, 64);
	look("ring", 4 * 64, 0);
	disruptor_free(d);
}

/* Whoever made this memory, it is all there once it is joined. */
static void sealed_with_holes(void *argument)
{
	int fd, sparse;
	struct disruptor *d = disruptor_create_anonymous(ring_of(64), &fd);
	char header[PAGE];
	struct stat st;

	CHECK(d != NULL);
	CHECK_EQ(pread(fd, header, PAGE, 0), PAGE);
	CHECK_EQ(fstat(fd, &st), 0);
	sparse = memfd_create("sparse", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	CHECK(sparse >= 0);
	CHECK_EQ(ftruncate(sparse, st.st_size), 0);
	CHECK_EQ(pwrite(sparse, header, PAGE, 0), PAGE);
	CHECK_EQ(fcntl(sparse, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	disruptor_free(d);
	d = disruptor_attach_fd(sparse, ring_of(64));
	CHECK(d != NULL);
	CHECK_EQ(fstat(sparse, &st), 0);
	CHECK(st.st_blocks * 512 >= st.st_size);
	PUT(PRODUCER(d), 1);
	disruptor_free(d);
}

TEST_MAIN_DISK(TEST_DISK(create_on_what_is_left), TEST_DISK(no_files_left),
	       TEST_DISK(no_fallocate), TEST_DISK(limit_of_file_size),
	       TEST_DISK(join_with_holes), TEST_DISK(look_without_permission),
	       TEST_DISK(join_too_large), TEST_DISK(punched),
	       TEST_DISK(sealed_with_holes));
