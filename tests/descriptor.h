/* SPDX-License-Identifier: MIT */
/* Rings without a name, and descriptors that are passed over a Unix socket. */
#ifndef TEST_DESCRIPTOR_H
#define TEST_DESCRIPTOR_H

#include <child.h>

#include <sys/socket.h>

static inline void socket_pair(int sockets[2])
{
	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets),
		 0);
}

union descriptor_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static inline void send_descriptor(int socket, int fd)
{
	union descriptor_control control = { .bytes = { 0 } };
	char byte = 'x';
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_len = CMSG_LEN(sizeof(int));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	CHECK_EQ(sendmsg(socket, &message, 0), 1);
}

static inline int receive_descriptor(int socket)
{
	union descriptor_control control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	CHECK_EQ(recvmsg(socket, &message, MSG_CMSG_CLOEXEC), 1);
	CHECK(CMSG_FIRSTHDR(&message) != NULL);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static inline struct disruptor *anonymous_at(const struct disruptor_options *o,
					     int *fd, const char *file,
					     int line)
{
	struct disruptor *d = disruptor_create_anonymous(o, fd);

	test_check(d != NULL, "an anonymous ring", file, line);
	return d;
}

/* 8 events of 8 bytes of this flavour. */
#define ANONYMOUS(flavour, fd, ...)                                            \
	anonymous_at(DISRUPTOR_OPTIONS(                                        \
			     .event_size = 8, .capacity = 8,                   \
			     .producer_type = (flavour)->producer_type,        \
			     .slot_layout = (flavour)->slot_layout,            \
			     __VA_ARGS__),                                     \
		     fd, __FILE__, __LINE__)

static inline struct disruptor *attach_fd_at(int fd, bool read_only,
					     const char *file, int line)
{
	struct disruptor *d = disruptor_attach_fd(
		fd, DISRUPTOR_OPTIONS(.read_only_events = read_only));

	test_check(d != NULL, "attach to a descriptor", file, line);
	return d;
}

#define ATTACH_FD(fd, read_only)                                               \
	attach_fd_at(fd, read_only, __FILE__, __LINE__)

#endif
