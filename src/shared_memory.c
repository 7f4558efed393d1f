/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

#define NAME_MAX_LENGTH 240

const char *disruptor_plain_name(const char *name)
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

int disruptor_fail_limit(uint64_t bytes)
{
	return disruptor_fail(EFBIG,
			      "a file of %llu bytes is more than this process "
			      "may make (ulimit -f, RLIMIT_FSIZE)",
			      (unsigned long long)bytes);
}

static int fail_create(int error, uint64_t bytes)
{
	switch (-error) {
	case ENOSPC:
		return disruptor_fail(ENOSPC,
				      "no room for %llu bytes in %s",
				      (unsigned long long)bytes,
				      disruptor_os_directory());
	case EFBIG:
		return disruptor_fail_limit(bytes);
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

static void fail_exists(void)
{
	disruptor_fail(EEXIST, "a ring or file of that name exists");
}

unsigned char *disruptor_fill_file(int fd, const struct disruptor_header *header,
				   bool huge_pages)
{
	unsigned char *region =
		disruptor_os_map_shared(fd, header->total_size, true);
	struct disruptor_shared_words *words;

	if (region == NULL) {
		disruptor_fail(errno, "cannot map the new ring");
		return NULL;
	}
	if (huge_pages)
		disruptor_os_want_huge_pages(region, header->total_size);
	memcpy(region, header, sizeof(*header));
	words = (void *)(region + header->control_offset);
	disruptor_sequence_store_relaxed(&words->cursor,
					 header->first_sequence);
	if (disruptor_secure(region, header) == 0)
		return region;
	disruptor_os_unmap(region, header->total_size);
	return NULL;
}

static struct disruptor *create_named(const char *name,
				      const struct disruptor_header *header,
				      const struct disruptor_options *options,
				      int fd)
{
	unsigned char *region =
		disruptor_fill_file(fd, header, options->huge_pages);
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
	const char *name = disruptor_plain_name(given_name);
	struct disruptor_options options;
	struct disruptor_header header;
	struct disruptor *d;
	int fd;

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
	if (d == NULL)
		disruptor_keep_errno(disruptor_os_file_discard(fd));
	return d;
}

int disruptor_unlink(const char *given_name)
{
	const char *name = disruptor_plain_name(given_name);
	struct disruptor_header header;
	int fd, error;

	if (name == NULL)
		return -errno;
	/* Only a ring: never another program's shared memory. */
	fd = disruptor_os_file_open(name, false);
	if (fd < 0)
		return disruptor_fail_open(fd);
	error = disruptor_os_file_read(fd, &header, sizeof(header));
	disruptor_os_file_close(fd);
	if (error < (int)sizeof(header.magic) ||
	    header.magic != DISRUPTOR_MAGIC)
		return disruptor_fail(EBADMSG,
				      "the file is no ring; it was left alone");
	error = disruptor_os_file_unlink(name);
	return error < 0 ? disruptor_fail_open(error) : 0;
}
