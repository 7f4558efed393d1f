/* SPDX-License-Identifier: MIT */
/*
 * A program closed descriptors that are not its own, and the number by which the
 * library asks who is alive is another file's now. Then nobody is called dead,
 * and nobody joins by a lock of that file.
 */
#include <ring.h>

#include <internal.h>

static void the_number_is_another_files(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .consumers_max = 4);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	POLLER(d, NULL);
	CHECK(disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(0)));
	CHECK(!disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(1)));
	CHECK(fd >= 0);
	CHECK_EQ(dup2(fd, d->probe_fd), d->probe_fd);
	CHECK_EQ(close(fd), 0);
	CHECK(disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(0)));
	CHECK(disruptor_liveness_alive(d, DISRUPTOR_LOCK_CONSUMER(1)));
	CHECK_NULL(disruptor_poller_new(d, NULL), EBADF);
	disruptor_free(d);
}

TEST_MAIN(TEST_SHARED(the_number_is_another_files));
