/* SPDX-License-Identifier: MIT */
/* shared_memory.h: rings in sealed memory, joined by descriptor. */
#include <descriptor.h>

#include <sys/mman.h>

static void one_process(const struct flavour *flavour)
{
	int fd, seals;
	struct disruptor *d = ANONYMOUS(flavour, &fd, .first_sequence = 0);
	struct disruptor *e = ATTACH_FD(fd, false);
	struct disruptor_poller *poller = POLLER(e, "name");
	struct disruptor_producer *p = PRODUCER(d);

	seals = fcntl(fd, F_GET_SEALS);
	CHECK((seals & (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)) ==
	      (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	CHECK_EQ(ftruncate(fd, 0), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(close(fd), 0);
	put_many(p, 0, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(poller, 0, 8);
	/* The maker may go first. */
	disruptor_free(d);
	p = PRODUCER(e);
	PUT(p, 8);
	TAKE(poller, 8);
	disruptor_free(e);
}

static void not_a_ring(void **state)
{
	struct disruptor_options o = *DISRUPTOR_OPTIONS(.event_size = 0);
	static const char zeroes[2 * DISRUPTOR_PAGE];
	int fd = memfd_create("x", MFD_ALLOW_SEALING), sockets[2];

	(void)state;
	CHECK_NULL(disruptor_attach_fd(-1, &o), EBADF);
	CHECK_EQ(write(fd, zeroes, sizeof(zeroes)), (ssize_t)sizeof(zeroes));
	CHECK_NULL(disruptor_attach_fd(fd, &o), EPERM);
	CHECK(strstr(disruptor_error(), "sealed") != NULL);
	CHECK_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	CHECK_NULL(disruptor_attach_fd(fd, &o), EBADMSG);
	CHECK_EQ(close(fd), 0);
	socket_pair(sockets);
	CHECK_NULL(disruptor_attach_fd(sockets[0], &o), EBADMSG);
	CHECK_EQ(close(sockets[0]) + close(sockets[1]), 0);
}

/* A ring with a name could be truncated: not by descriptor. */
static void not_sealed(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	char path[RING_NAME_SIZE + 32];
	int fd;

	ring_path(path, sizeof(path), ring_name());
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK_NULL(disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.trust = 0)),
		   EPERM);
	CHECK_EQ(close(fd), 0);
	disruptor_free(d);
}

static void bad_options(const struct flavour *flavour)
{
	struct disruptor_options o = *DISRUPTOR_OPTIONS(
		.event_size = 8, .capacity = 8, .read_only_events = true);
	struct disruptor *d;
	int fd = 5;

	CHECK_NULL(disruptor_create_anonymous(&o, &fd), EINVAL);
	CHECK_EQ(fd, -1);
	CHECK_NULL(disruptor_new(&o), EINVAL);
	o.read_only_events = false;
	CHECK_NULL(disruptor_create_anonymous(&o, NULL), EINVAL);
	d = ANONYMOUS(flavour, &fd, .mode = 0);
	CHECK_NULL(disruptor_attach_fd(fd, NULL), EINVAL);
	CHECK_NULL(disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.event_size = 9)),
		   EPROTO);
	CHECK_NULL(disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.trust = 8)),
		   EINVAL);
	CHECK_NULL(disruptor_attach_fd(
			   fd, DISRUPTOR_OPTIONS(.wait_strategy = 99)),
		   EINVAL);
	CHECK_EQ(close(fd), 0);
	disruptor_free(d);
}

/* Consumers of all kinds get along without writing to events and words. */
static void read_only(const struct flavour *flavour)
{
	int fd;
	struct disruptor *d = ANONYMOUS(flavour, &fd, .mode = 0);
	struct disruptor *e = ATTACH_FD(fd, true);
	struct disruptor_poller *first = POLLER(e, "first");
	struct disruptor_poller *next = disruptor_poller_new_after(
		e, NULL, DISRUPTOR_AFTER_NAMES("first"));
	struct disruptor_producer *p = PRODUCER(d);
	int64_t lap;

	CHECK(next != NULL);
	CHECK_NULL(disruptor_producer_new(e), EROFS);
	for (lap = 0; lap < 5; lap++) {
		put_many(p, lap * 8, 8);
		take_many(first, lap * 8, 8);
		take_many(next, lap * 8, 8);
	}
	if (flavour_multi(flavour)) {
		CHECK(disruptor_claim(p) != NULL);
		disruptor_abandon(p);
		CHECK_EQ(disruptor_poll(first), 0);
		CHECK_EQ(disruptor_poll(next), 0);
	}
	PUT(p, 40);
	TAKE(first, 40);
	TAKE(next, 40);
	CHECK_EQ(disruptor_close(e), 0);
	CHECK_EQ(disruptor_poll_wait(first, LONG_NS), -ESHUTDOWN);
	disruptor_free(e);
	disruptor_free(d);
	CHECK_EQ(close(fd), 0);
}

TEST_MAIN(TEST_SHARED(one_process), TEST(not_a_ring), TEST_SHARED(not_sealed),
	  TEST_SHARED(bad_options), TEST_SHARED(read_only));
