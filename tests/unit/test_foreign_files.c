/* SPDX-License-Identifier: MIT */
/* shared_memory.h: files that are no ring, and things that are no file. */
#include <region.h>

#define HEADER sizeof(struct disruptor_header)

static bool still_there(const char *name)
{
	char path[RING_NAME_SIZE + 32];

	ring_path(path, sizeof(path), name);
	return access(path, F_OK) == 0;
}

/* Files of other programs: refused, and not taken away either. */
static void foreign(const void *bytes, size_t size)
{
	const char *name = region_write(bytes, size);

	region_refused(name, EBADMSG);
	CHECK_ERROR(disruptor_unlink(name), EBADMSG);
	CHECK(still_there(name));
	CHECK_NULL(disruptor_create_shared(name,
					   DISRUPTOR_OPTIONS(.event_size = 8,
							     .capacity = 8)),
		   EEXIST);
}

static void other_files(void **state)
{
	static unsigned char bytes[3 * DISRUPTOR_PAGE];
	uint64_t random = 1;
	size_t i, lap;

	(void)state;
	foreign(bytes, 0);
	foreign(bytes, 1);
	foreign(bytes, HEADER);
	foreign(bytes, sizeof(bytes));
	foreign("a text\n", 7);
	for (lap = 0; lap < 20; lap++) {
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(test_random(&random) >> 32);
		foreign(bytes, sizeof(bytes));
		foreign(bytes, (size_t)(test_random(&random) % 400));
	}
}

static void not_even_files(void **state)
{
	const char *name = ring_new_name();
	char path[RING_NAME_SIZE + 32], other[RING_NAME_SIZE + 32];

	(void)state;
	ring_path(path, sizeof(path), name);
	CHECK_EQ(mkdir(path, 0700), 0);
	region_refused(name, EBADMSG);
	CHECK_EQ(rmdir(path), 0);
	/* A FIFO that nobody writes must not hold us up. */
	CHECK_EQ(mkfifo(path, 0600), 0);
	region_refused(name, EBADMSG);
	CHECK_EQ(unlink(path), 0);
	/* Nor is a link followed, even if a ring is there. */
	disruptor_free(disruptor_create_shared(
		ring_new_name(),
		DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 8)));
	ring_path(other, sizeof(other), ring_name());
	CHECK_EQ(symlink(other, path), 0);
	region_refused(name, EBADMSG);
	CHECK_EQ(unlink(path), 0);
}

TEST_MAIN(TEST(other_files), TEST(not_even_files));
