/* SPDX-License-Identifier: MIT */
/* The bytes of a shared ring, as docs/shared-memory-format.md has them. */
#ifndef TEST_REGION_H
#define TEST_REGION_H

#include <ring.h>

#include <sys/mman.h>

struct region {
	unsigned char *bytes;
	size_t size;
	struct disruptor_header *header;
	struct disruptor_shared_words *words;
	struct disruptor_producer_record *producers;
	struct disruptor_consumer_record *consumers;
};

/* CRC-32C, written down here once more, bit by bit. */
static inline uint32_t region_crc32c(const void *data, size_t size)
{
	const unsigned char *bytes = data;
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < size; i++)
		for (bit = 0; bit < 8; bit++) {
			uint32_t in = (crc ^ (uint32_t)bytes[i] >> bit) & 1;

			crc = (crc >> 1) ^ (in ? UINT32_C(0x82f63b78) : 0);
		}
	return ~crc;
}

static inline int region_open_file(const char *name)
{
	char path[RING_NAME_SIZE + 32];
	int fd;

	ring_path(path, sizeof(path), name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

static inline struct region region_open(const char *name)
{
	int fd = region_open_file(name);
	struct region r;
	struct stat st;

	CHECK_EQ(fstat(fd, &st), 0);
	r.size = (size_t)st.st_size;
	r.bytes = mmap(NULL, r.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(r.bytes != MAP_FAILED);
	close(fd);
	r.header = (void *)r.bytes;
	r.words = (void *)(r.bytes + r.header->control_offset);
	r.producers = (void *)(r.bytes + r.header->producers_offset);
	r.consumers = (void *)(r.bytes + r.header->consumers_offset);
	return r;
}

static inline void region_close(struct region *r)
{
	CHECK_EQ(munmap(r->bytes, r->size), 0);
}

static inline uint64_t *region_word(const struct region *r, int64_t sequence)
{
	uint64_t slot = (uint64_t)sequence & (r->header->capacity - 1);

	return (uint64_t *)(void *)(r->bytes + r->header->words_offset +
				    slot * r->header->word_stride);
}

static inline void *region_event(const struct region *r, int64_t sequence)
{
	uint64_t slot = (uint64_t)sequence & (r->header->capacity - 1);

	return r->bytes + r->header->events_offset +
	       slot * r->header->event_stride;
}

/* Makes a changed header consistent again with its checksum. */
static inline void region_sign(struct disruptor_header *header)
{
	header->checksum = region_crc32c(
		header, offsetof(struct disruptor_header, checksum));
}

/* A file of these bytes under a new name, that nobody maps. */
static inline const char *region_write(const void *bytes, size_t size)
{
	const char *name = ring_new_name();
	char path[RING_NAME_SIZE + 32];
	int fd;

	ring_path(path, sizeof(path), name);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CHECK(fd >= 0);
	CHECK_EQ(write(fd, bytes, size), (ssize_t)size);
	CHECK_EQ(close(fd), 0);
	return name;
}

/* A file that is refused by all who look at it. */
static inline void region_refused(const char *name, int error)
{
	CHECK_NULL(disruptor_attach(name, 0), error);
	CHECK(disruptor_error()[0] != '\0');
	CHECK_NULL(disruptor_inspect(name), error);
	CHECK_ERROR(disruptor_check(name, NULL, NULL), error);
}

#endif
