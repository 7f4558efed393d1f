/* SPDX-License-Identifier: MIT */
#include "compat.h"
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE ((size_t)4096)
/* A joiner may come while the segment is being made, by one who has no CPU. */
#define TRIES 5000
#define TRY_US 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct segment *segments;

size_t segment_data_offset(const struct compat_geometry *g)
{
	return 8 * ((size_t)g->consumers + 2) + 4;
}

/* As the original maps it. */
static size_t original_length(const struct compat_geometry *g)
{
	return segment_data_offset(g) + (size_t)g->elements * g->element_size;
}

static size_t extension_offset(const struct compat_geometry *g)
{
	return (original_length(g) + PAGE - 1) / PAGE * PAGE;
}

static size_t extended_length(const struct compat_geometry *g)
{
	return extension_offset(g) + PAGE;
}

/* --- mappings that this process has --------------------------------------- */

static bool same_geometry(const struct compat_geometry *a,
			  const struct compat_geometry *b)
{
	return a->elements == b->elements &&
	       a->element_size == b->element_size &&
	       a->consumers == b->consumers;
}

static struct segment *find(const struct stat *st,
			    const struct compat_geometry *geometry)
{
	struct segment *s;

	for (s = segments; s != NULL; s = s->next)
		if (s->device == st->st_dev && s->inode == st->st_ino &&
		    same_geometry(&s->geometry, geometry))
			break;
	return s;
}

void segment_hold(struct segment *segment)
{
	pthread_mutex_lock(&lock);
	segment->references++;
	pthread_mutex_unlock(&lock);
}

void segment_drop(void *argument)
{
	struct segment *segment = argument, **link = &segments;

	pthread_mutex_lock(&lock);
	if (--segment->references == 0) {
		while (*link != segment)
			link = &(*link)->next;
		*link = segment->next;
		munmap(segment->base, segment->length);
		watch_memory_is_gone();
		free(segment);
	}
	pthread_mutex_unlock(&lock);
}

static struct segment *map(int fd, const struct stat *st,
			   const struct compat_geometry *geometry)
{
	struct segment *s = calloc(1, sizeof(*s));
	void *base;

	if (s == NULL)
		return NULL;
	s->length = original_length(geometry);
	if ((uint64_t)st->st_size == extended_length(geometry))
		s->length = extended_length(geometry);
	base = mmap(NULL, s->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED) {
		free(s);
		return NULL;
	}
	s->base = base;
	s->device = st->st_dev;
	s->inode = st->st_ino;
	s->geometry = *geometry;
	if (s->length != original_length(geometry))
		s->extension = (void *)(s->base + extension_offset(geometry));
	return s;
}

/* --- making and joining --------------------------------------------------- */

/* All memory is there from the start, or ENOSPC: nobody dies of a store. */
static bool reserve(int fd, size_t length)
{
	int error = posix_fallocate(fd, 0, (off_t)length);

	if (error == 0 || error == EOPNOTSUPP || error == EINVAL)
		return true;
	errno = error;
	return false;
}

static struct segment *enlist(int fd, const struct stat *st,
			      const struct compat_geometry *geometry)
{
	struct segment *s = find(st, geometry);

	if (s == NULL) {
		s = map(fd, st, geometry);
		if (s == NULL)
			return NULL;
		s->next = segments;
		segments = s;
	}
	s->references++;
	return s;
}

static struct segment *make(int fd, const char *name,
			    const struct compat_geometry *geometry,
			    enum segment_failure *failure)
{
	size_t length = extended_length(geometry);
	struct segment *s;
	struct stat st;
	int error;

	*failure = SEGMENT_SIZE;
	if (ftruncate(fd, (off_t)length) < 0 || !reserve(fd, length) ||
	    fstat(fd, &st) < 0) {
		error = errno;
		shm_unlink(name);
		errno = error;
		return NULL;
	}
	*failure = SEGMENT_MAP;
	s = enlist(fd, &st, geometry);
	if (s == NULL)
		return NULL;
	s->extension->geometry = *geometry;
	disruptor_store_release_u64(&s->extension->magic, COMPAT_MAGIC);
	return s;
}

/* 1: as it should be; 0: not yet, perhaps; -1: another geometry. */
static int check(int fd, const struct compat_geometry *geometry)
{
	struct compat_extension found = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if ((uint64_t)st.st_size == original_length(geometry))
		return 1;
	if ((uint64_t)st.st_size != extended_length(geometry))
		return st.st_size == 0 ? 0 : -1;
	if (pread(fd, &found, sizeof(found),
		  (off_t)extension_offset(geometry)) !=
		    (ssize_t)sizeof(found) ||
	    found.magic != COMPAT_MAGIC)
		return 0;
	return same_geometry(&found.geometry, geometry) ? 1 : -1;
}

/* Without the lock: a thread of this process may be the one who makes it. */
static bool await_made(int fd, const struct compat_geometry *geometry)
{
	int tries = 0, is;

	while ((is = check(fd, geometry)) == 0 && ++tries < TRIES)
		usleep(TRY_US);
	return is == 1;
}

static struct segment *join(int fd, const struct compat_geometry *geometry,
			    enum segment_failure *failure)
{
	struct stat st;

	*failure = SEGMENT_SIZE;
	if (fstat(fd, &st) < 0 || !reserve(fd, (size_t)st.st_size))
		return NULL;
	*failure = SEGMENT_MAP;
	return enlist(fd, &st, geometry);
}

static int open_anew(const char *name)
{
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd >= 0 || errno != EEXIST)
		return fd;
	shm_unlink(name);
	return shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
}

struct segment *segment_open(const char *name,
			     const struct compat_geometry *geometry, bool init,
			     enum segment_failure *failure)
{
	int fd = init ? open_anew(name) : shm_open(name, O_RDWR, 0600), error;
	struct segment *segment;

	*failure = SEGMENT_OPEN;
	if (fd < 0)
		return NULL;
	*failure = SEGMENT_GEOMETRY;
	if (!init && !await_made(fd, geometry)) {
		close(fd);
		return NULL;
	}
	pthread_mutex_lock(&lock);
	segment = init ? make(fd, name, geometry, failure) :
			 join(fd, geometry, failure);
	error = errno;
	pthread_mutex_unlock(&lock);
	close(fd);
	errno = error;
	return segment;
}
