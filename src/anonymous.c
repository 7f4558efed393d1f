/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Rings without a name: whoever gets the descriptor may join. The memory is
 * sealed, so that no peer can truncate it under another.
 *
 * A descriptor that was passed shares its open file description with the one
 * who passed it, and locks belong to descriptions: so it is opened again.
 */

static struct disruptor *fill(const struct disruptor_header *header,
			      const struct disruptor_options *options, int fd)
{
	unsigned char *region =
		disruptor_fill_file(fd, header, options->huge_pages);
	struct disruptor *d;

	if (region == NULL)
		return NULL;
	d = disruptor_make(header, region, "", fd);
	if (d == NULL)
		disruptor_os_unmap(region, header->total_size);
	return d;
}

/* What the caller passes on. */
static int give_descriptor(struct disruptor *d, int *fd)
{
	int copy = disruptor_os_file_copy(d->probe_fd);

	if (copy < 0)
		return disruptor_fail(-copy,
				      "no descriptor to pass the ring by");
	*fd = copy;
	return 0;
}

static int fail_create(int error, uint64_t bytes)
{
	if (error == -EFBIG)
		return disruptor_fail_limit(bytes);
	return disruptor_fail(-error, "cannot make %llu bytes of sealed memory",
			      (unsigned long long)bytes);
}

struct disruptor *
disruptor_create_anonymous(const struct disruptor_options *given, int *fd)
{
	struct disruptor_options options;
	struct disruptor_header header;
	struct disruptor *d;
	int own;

	if (fd == NULL) {
		disruptor_fail(EINVAL, "nowhere to put the descriptor");
		return NULL;
	}
	*fd = -1;
	if (disruptor_options_resolve(&options, given) < 0 ||
	    disruptor_header_make(&header, &options) < 0)
		return NULL;
	own = disruptor_os_file_anonymous(header.total_size, options.mode);
	if (own < 0) {
		fail_create(own, header.total_size);
		return NULL;
	}
	d = fill(&header, &options, own);
	if (d == NULL)
		disruptor_keep_errno(disruptor_os_file_close(own));
	else if (give_descriptor(d, fd) < 0)
		disruptor_keep_errno((disruptor_free(d), d = NULL));
	return d;
}

/* A peer that could truncate it could make us fault at any time. */
static int check_seals(int fd)
{
	if (disruptor_os_file_is_sealed(fd))
		return 0;
	return disruptor_fail(EPERM, "the descriptor is no sealed memory: its "
				     "owner could cut it off; pass what "
				     "disruptor_create_anonymous() gave");
}

static int check_descriptor(int fd, struct disruptor_header *header)
{
	struct stat st;
	int error = disruptor_os_file_stat(fd, &st);

	if (error < 0)
		return disruptor_fail(-error, "the descriptor is not open");
	if (!S_ISREG(st.st_mode))
		return disruptor_fail(EBADMSG, "the descriptor is no ring");
	error = check_seals(fd);
	return error < 0 ? error :
			   disruptor_read_header(fd, &st, header, true);
}

struct disruptor *disruptor_attach_fd(int fd,
				      const struct disruptor_options *given)
{
	struct disruptor_options options;
	struct disruptor_header header;
	int own;

	/* Twice: what stands behind the number may change in between. */
	if (disruptor_attach_options(&options, given) < 0 ||
	    check_descriptor(fd, &header) < 0)
		return NULL;
	own = disruptor_os_file_reopen(fd);
	if (own < 0) {
		disruptor_fail(-own, "cannot open the ring's memory again; "
				     "/proc must be there, and the ring's mode "
				     "must let this user in");
		return NULL;
	}
	if (check_descriptor(own, &header) < 0) {
		disruptor_keep_errno(disruptor_os_file_close(own));
		return NULL;
	}
	return disruptor_attach_file("", own, &header, &options);
}
