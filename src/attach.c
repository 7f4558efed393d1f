/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <string.h>

/*
 * Joining a ring that somebody else made: whose file is it, is it a ring, is it
 * the ring that was asked for. Nothing is used before it is checked.
 */

#define TRUST_KNOWN (DISRUPTOR_TRUST_ANY_OWNER | DISRUPTOR_TRUST_ANY_MODE)

/*
 * The header is for reading only. And a child that goes on with its parent's
 * handles faults at once, instead of being two users of one handle.
 */
int disruptor_secure(unsigned char *region,
		     const struct disruptor_header *header)
{
	int error = disruptor_os_protect_read_only(region, DISRUPTOR_PAGE);

	if (error == 0)
		error = disruptor_os_keep_from_children(region,
							header->total_size);
	if (error < 0)
		return disruptor_fail(-error, "cannot protect the ring's "
					      "mapping");
	return 0;
}

/* What a consumer has no business to write: events and commit words. */
static int protect_events(unsigned char *region,
			  const struct disruptor_header *header)
{
	int error = disruptor_os_protect_read_only(
		region + header->events_offset,
		header->total_size - header->events_offset);

	if (error < 0)
		return disruptor_fail(-error, "cannot protect the ring's "
					      "events");
	return 0;
}

int disruptor_fail_open(int error)
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

/*
 * Anybody may put a file into the directory of rings. Who wrote this one, and
 * who can truncate it under us, is its owner; root can do that anyway.
 */
static int check_owner(const struct stat *st, uint32_t trust)
{
	if (st->st_uid == disruptor_os_user_id() || st->st_uid == 0 ||
	    (trust & DISRUPTOR_TRUST_ANY_OWNER) != 0)
		return 0;
	return disruptor_fail(EPERM,
			      "the ring belongs to user %u, who is neither you "
			      "nor root; attach with DISRUPTOR_TRUST_ANY_OWNER "
			      "if you trust that user",
			      (unsigned int)st->st_uid);
}

/*
 * The creator may let others write: the header says whom. More than that is a
 * chmod that the ring's other users do not know of.
 */
static int check_mode(const struct stat *st,
		      const struct disruptor_header *header, uint32_t trust)
{
	uint32_t meant = 0;

	if (header->compatible & DISRUPTOR_COMPATIBLE_GROUP_WRITES)
		meant |= 0020;
	if (header->compatible & DISRUPTOR_COMPATIBLE_OTHERS_WRITE)
		meant |= 0002;
	if ((st->st_mode & 0022 & ~meant) == 0 ||
	    (trust & DISRUPTOR_TRUST_ANY_MODE) != 0)
		return 0;
	return disruptor_fail(EPERM,
			      "the ring's file has mode %04o: more users may "
			      "write to it than it was made for; change that "
			      "back, or attach with DISRUPTOR_TRUST_ANY_MODE",
			      (unsigned int)(st->st_mode & 07777));
}

static int check_file(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return disruptor_fail(EBADMSG, "the file is no ring");
	if (st->st_nlink == 0)
		return disruptor_fail_open(-ENOENT);
	return 0;
}

int disruptor_read_header(int fd, const struct stat *st,
			  struct disruptor_header *header, bool to_join)
{
	int n;

	memset(header, 0, sizeof(*header));
	n = disruptor_os_file_read(fd, header, sizeof(*header));
	if (n < 0)
		return disruptor_fail_open(n);
	if (n < (int)sizeof(*header))
		return disruptor_fail(EBADMSG,
				      n == 0 ? "the file is no ring: it is "
					       "empty" :
					       "the file is no ring: it is too "
					       "short");
	return disruptor_header_verify(header, (uint64_t)st->st_size, to_join);
}

static int check_to_look(int fd, struct disruptor_header *header)
{
	struct stat st;
	int error = disruptor_os_file_stat(fd, &st);

	if (error < 0)
		return disruptor_fail_open(error);
	error = check_file(&st);
	return error < 0 ? error : disruptor_read_header(fd, &st, header, false);
}

static int check_to_join(int fd, uint32_t trust,
			 struct disruptor_header *header)
{
	struct stat st;
	int error = disruptor_os_file_stat(fd, &st);

	if (error < 0)
		return disruptor_fail_open(error);
	error = check_file(&st);
	if (error == 0)
		error = check_owner(&st, trust);
	if (error == 0)
		error = disruptor_read_header(fd, &st, header, true);
	return error < 0 ? error : check_mode(&st, header, trust);
}

static int open_ring(const char *given_name, bool to_join, uint32_t trust,
		     struct disruptor_header *header)
{
	const char *name = disruptor_plain_name(given_name);
	int fd, error;

	if (name == NULL)
		return -errno;
	fd = disruptor_os_file_open(name, to_join);
	if (fd < 0)
		return disruptor_fail_open(fd);
	error = to_join ? check_to_join(fd, trust, header) :
			  check_to_look(fd, header);
	if (error < 0) {
		disruptor_os_file_close(fd);
		errno = -error;
		return error;
	}
	return fd;
}

int disruptor_open_to_look(const char *name, struct disruptor_header *header)
{
	return open_ring(name, false, 0, header);
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
				  const struct disruptor_header *header,
				  bool read_only_events)
{
	unsigned char *region =
		disruptor_os_map_shared(fd, header->total_size, true);
	struct disruptor *d = NULL;

	if (region == NULL) {
		disruptor_fail(errno, "cannot map %llu bytes of the ring's "
				      "file",
			       (unsigned long long)header->total_size);
		return NULL;
	}
	if (disruptor_secure(region, header) == 0 &&
	    (!read_only_events || protect_events(region, header) == 0))
		d = disruptor_make(header, region, name, fd);
	if (d == NULL)
		disruptor_os_unmap(region, header->total_size);
	else
		d->read_only_events = read_only_events;
	return d;
}

static int take_wait(struct disruptor_wait *wait,
		     const struct disruptor_options *o)
{
	wait->strategy = o->wait_strategy;
	wait->fallback = o->wait_fallback;
	wait->spin_ns = o->wait_spin_ns;
	wait->yield_ns = o->wait_yield_ns;
	wait->sleep_ns = o->wait_sleep_ns;
	return disruptor_wait_resolve(wait);
}

struct disruptor *disruptor_attach_file(const char *name, int fd,
					const struct disruptor_header *header,
					const struct disruptor_options *o)
{
	struct disruptor_wait wait;
	struct disruptor *d = NULL;
	int saved;

	if (compare(header, o) == 0 && take_wait(&wait, o) == 0 &&
	    disruptor_fill_holes(fd, header) == 0)
		d = map_ring(name, fd, header, o->read_only_events);
	if (d == NULL) {
		saved = errno;
		disruptor_os_file_close(fd);
		errno = saved;
	} else if (o->wait_strategy != DISRUPTOR_WAIT_DEFAULT) {
		d->wait = wait;
	}
	return d;
}

int disruptor_attach_options(struct disruptor_options *options,
			     const struct disruptor_options *given)
{
	int error = disruptor_options_copy(options, sizeof(*options),
					   sizeof(*options), given);

	if (error == 0 && (options->trust & ~(uint32_t)TRUST_KNOWN) != 0)
		error = disruptor_fail(EINVAL, "trust %#x is unknown",
				       options->trust);
	return error;
}

struct disruptor *disruptor_attach_opts(const char *name,
					const struct disruptor_options *given)
{
	struct disruptor_options options;
	struct disruptor_header header;
	int fd;

	if (disruptor_attach_options(&options, given) < 0)
		return NULL;
	fd = open_ring(name, true, options.trust, &header);
	if (fd < 0)
		return NULL;
	return disruptor_attach_file(disruptor_plain_name(name), fd, &header,
				     &options);
}

struct disruptor *disruptor_attach(const char *name, size_t event_size)
{
	return disruptor_attach_opts(
		name, DISRUPTOR_OPTIONS(.event_size = event_size));
}
