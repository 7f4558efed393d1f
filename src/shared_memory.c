/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

#define NAME_MAX_LENGTH 240

/* The name without its leading slash, or NULL with the reason. */
static const char *plain_name(const char *name)
{
	if (name == NULL) {
		disruptor_fail(EINVAL, "a ring needs a name");
		return NULL;
	}
	if (*name == '/')
		name++;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		disruptor_fail(EINVAL, "a ring needs a name");
	else if (strchr(name, '/') != NULL)
		disruptor_fail(EINVAL, "a ring's name has no slash in it");
	else if (strlen(name) > NAME_MAX_LENGTH)
		disruptor_fail(ENAMETOOLONG,
			       "a ring's name has at most %d bytes",
			       NAME_MAX_LENGTH);
	else
		return name;
	return NULL;
}

static int fail_create(int error, uint64_t bytes)
{
	switch (-error) {
	case ENOSPC:
	case EFBIG:
		return disruptor_fail(ENOSPC,
				      "no room for %llu bytes in %s",
				      (unsigned long long)bytes,
				      disruptor_os_directory());
	case EACCES:
	case EPERM:
		return disruptor_fail(EACCES, "no permission to make files in "
					      "%s", disruptor_os_directory());
	case ENOENT:
		return disruptor_fail(ENOENT, "there is no %s to make rings in",
				      disruptor_os_directory());
	default:
		return disruptor_fail(-error, "cannot make a file of %llu "
					      "bytes in %s",
				      (unsigned long long)bytes,
				      disruptor_os_directory());
	}
}

/*
 * The header is for reading only. And a child that goes on with its parent's
 * handles faults at once, instead of being two users of one handle.
 */
static void secure(unsigned char *region, const struct disruptor_header *header)
{
	disruptor_os_protect_read_only(region, DISRUPTOR_PAGE);
	disruptor_os_keep_from_children(region, header->total_size);
}

static void fail_exists(void)
{
	disruptor_fail(EEXIST, "a ring or file of that name exists");
}

/* Writes the whole ring into a file that has no name yet. */
static unsigned char *fill_file(int fd, const struct disruptor_header *header,
				bool huge_pages)
{
	unsigned char *region =
		disruptor_os_map_shared(fd, header->total_size, true);
	struct disruptor_shared_words *words;

	if (region == NULL) {
		disruptor_fail(ENOMEM, "no memory to map the ring");
		return NULL;
	}
	if (huge_pages)
		disruptor_os_want_huge_pages(region, header->total_size);
	memcpy(region, header, sizeof(*header));
	words = (void *)(region + header->control_offset);
	disruptor_sequence_store_release(&words->cursor,
					 header->first_sequence);
	secure(region, header);
	return region;
}

static struct disruptor *create_named(const char *name,
				      const struct disruptor_header *header,
				      const struct disruptor_options *options,
				      int fd)
{
	unsigned char *region = fill_file(fd, header, options->huge_pages);
	struct disruptor *d;
	int error;

	if (region == NULL)
		return NULL;
	d = disruptor_make(header, region, name, fd);
	if (d == NULL) {
		disruptor_os_unmap(region, header->total_size);
		return NULL;
	}
	/* E6: all that was stored is in the file before the file has a name. */
	error = disruptor_os_file_link(fd, name);
	if (error == 0)
		return d;
	d->probe_fd = -1;
	disruptor_free(d);
	if (error == -EEXIST)
		fail_exists();
	else
		fail_create(error, header->total_size);
	return NULL;
}

struct disruptor *
disruptor_create_shared(const char *given_name,
			const struct disruptor_options *given)
{
	const char *name = plain_name(given_name);
	struct disruptor_options options;
	struct disruptor_header header;
	struct disruptor *d;
	int fd, saved;

	if (name == NULL || disruptor_options_resolve(&options, given) < 0 ||
	    disruptor_header_make(&header, &options) < 0)
		return NULL;
	/* Before the memory is taken; linkat() decides in the end. */
	if (disruptor_os_file_exists(name)) {
		fail_exists();
		return NULL;
	}
	fd = disruptor_os_file_create(header.total_size, options.mode);
	if (fd < 0) {
		fail_create(fd, header.total_size);
		return NULL;
	}
	d = create_named(name, &header, &options, fd);
	if (d == NULL) {
		saved = errno;
		disruptor_os_file_discard(fd);
		errno = saved;
	}
	return d;
}

static int fail_open(int error)
{
	switch (-error) {
	case ENOENT:
		return disruptor_fail(ENOENT, "there is no ring of that name");
	case EACCES:
	case EPERM:
		return disruptor_fail(EACCES, "no permission to read and write "
					      "the ring's file");
	case ELOOP:
	case ENXIO:
	case EISDIR:
		return disruptor_fail(EBADMSG, "the file is no ring");
	default:
		return disruptor_fail(-error, "cannot open the ring's file");
	}
}

/* Reads the header into private memory and checks it there. */
static int read_header(int fd, struct disruptor_header *header, bool to_join)
{
	struct stat st;
	int n = disruptor_os_file_stat(fd, &st);

	if (n < 0)
		return fail_open(n);
	if (!S_ISREG(st.st_mode))
		return disruptor_fail(EBADMSG, "the file is no ring");
	memset(header, 0, sizeof(*header));
	n = disruptor_os_file_read(fd, header, sizeof(*header));
	if (n < 0)
		return fail_open(n);
	if (n < (int)sizeof(*header))
		return disruptor_fail(EBADMSG,
				      n == 0 ? "the file is no ring: it is "
					       "empty" :
					       "the file is no ring: it is too "
					       "short");
	return disruptor_header_verify(header, (uint64_t)st.st_size, to_join);
}

int disruptor_open_ring(const char *given_name, bool writable,
			struct disruptor_header *header)
{
	const char *name = plain_name(given_name);
	int fd, error;

	if (name == NULL)
		return -errno;
	fd = disruptor_os_file_open(name, writable);
	if (fd < 0)
		return fail_open(fd);
	error = read_header(fd, header, writable);
	if (error < 0) {
		disruptor_os_file_close(fd);
		errno = -error;
		return error;
	}
	return fd;
}

static int fail_mismatch(const char *what, uint64_t ring, uint64_t wanted)
{
	return disruptor_fail(EPROTO, "the ring has %s %llu, not %llu", what,
			      (unsigned long long)ring,
			      (unsigned long long)wanted);
}

static int compare(const struct disruptor_header *h,
		   const struct disruptor_options *o)
{
	if (o->event_size != 0 && o->event_size != h->event_size)
		return fail_mismatch("event size", h->event_size,
				     o->event_size);
	if (o->capacity != 0 &&
	    disruptor_round_capacity(o->capacity) != h->capacity)
		return fail_mismatch("capacity", h->capacity, o->capacity);
	if (o->producer_type == DISRUPTOR_MULTI_PRODUCER &&
	    h->producer_type != DISRUPTOR_MULTI_PRODUCER)
		return disruptor_fail(EPROTO,
				      "the ring has a single producer");
	if (o->slot_layout != DISRUPTOR_SLOTS_DEFAULT &&
	    o->slot_layout != h->slot_layout)
		return fail_mismatch("slot layout", h->slot_layout,
				     o->slot_layout);
	if (o->type_name != NULL && strcmp(o->type_name, h->type_name) != 0)
		return disruptor_fail(EPROTO,
				      "the ring's events are of type '%s'",
				      h->type_name);
	return 0;
}

static struct disruptor *map_ring(const char *name, int fd,
				  const struct disruptor_header *header)
{
	unsigned char *region =
		disruptor_os_map_shared(fd, header->total_size, true);
	struct disruptor *d;

	if (region == NULL) {
		disruptor_fail(ENOMEM, "no memory to map the ring");
		return NULL;
	}
	secure(region, header);
	d = disruptor_make(header, region, name, fd);
	if (d == NULL)
		disruptor_os_unmap(region, header->total_size);
	return d;
}

static int take_wait(struct disruptor *d, const struct disruptor_options *o)
{
	struct disruptor_wait wait = { o->wait_strategy, o->wait_fallback,
				       o->wait_spin_ns, o->wait_yield_ns,
				       o->wait_sleep_ns };

	if (o->wait_strategy == DISRUPTOR_WAIT_DEFAULT)
		return 0;
	d->wait = wait;
	return disruptor_wait_resolve(&d->wait);
}

struct disruptor *disruptor_attach_opts(const char *name,
					const struct disruptor_options *given)
{
	struct disruptor_options options;
	struct disruptor_header header;
	struct disruptor *d = NULL;
	int fd, saved;

	if (disruptor_options_copy(&options, sizeof(options), sizeof(options),
				   given) < 0)
		return NULL;
	fd = disruptor_open_ring(name, true, &header);
	if (fd < 0)
		return NULL;
	if (compare(&header, &options) == 0)
		d = map_ring(plain_name(name), fd, &header);
	if (d == NULL) {
		saved = errno;
		disruptor_os_file_close(fd);
		errno = saved;
		return NULL;
	}
	if (take_wait(d, &options) < 0) {
		saved = errno;
		disruptor_free(d);
		errno = saved;
		return NULL;
	}
	return d;
}

struct disruptor *disruptor_attach(const char *name, size_t event_size)
{
	return disruptor_attach_opts(
		name, DISRUPTOR_OPTIONS(.event_size = event_size));
}

int disruptor_unlink(const char *given_name)
{
	const char *name = plain_name(given_name);
	struct disruptor_header header;
	int fd, error;

	if (name == NULL)
		return -errno;
	/* Only a ring: never another program's shared memory. */
	fd = disruptor_os_file_open(name, false);
	if (fd < 0)
		return fail_open(fd);
	error = disruptor_os_file_read(fd, &header, sizeof(header));
	disruptor_os_file_close(fd);
	if (error < (int)sizeof(header.magic) ||
	    header.magic != DISRUPTOR_MAGIC)
		return disruptor_fail(EBADMSG,
				      "the file is no ring; it was left alone");
	error = disruptor_os_file_unlink(name);
	return error < 0 ? fail_open(error) : 0;
}
