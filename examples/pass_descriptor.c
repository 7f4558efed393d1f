/* A ring without a name, passed to another process over a Unix socket. The
 * receiver cannot be made to fault, and cannot write to events by mistake. */
#include <disruptor/disruptor.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* One byte with one descriptor beside it, in (*fd < 0) or out. */
static int carry(int socket, int *fd)
{
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec byte = { "", 1 };
	struct msghdr message = { .msg_iov = &byte, .msg_iovlen = 1, .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	char received;

	if (*fd < 0) {
		byte.iov_base = &received;
		if (recvmsg(socket, &message, 0) != 1 || (header = CMSG_FIRSTHDR(&message)) == NULL)
			return -1;
		memcpy(fd, CMSG_DATA(header), sizeof(int));
		return 0;
	}
	*header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
				    .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(header), fd, sizeof(int));
	return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int consume(int socket)
{
	int64_t n, total = 0;
	int fd = -1;

	if (carry(socket, &fd) < 0)
		return perror("receive"), 1;
	struct disruptor *d = disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.read_only_events = true));
	struct disruptor_poller *poller = disruptor_poller_new(d, NULL);

	close(fd);
	if (poller == NULL)
		return fprintf(stderr, "consumer: %s\n", disruptor_error()), 1;
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		for (int64_t i = 0; i < n; i++)
			total += *(const int64_t *)disruptor_poller_event(poller, i);
		disruptor_poller_advance(poller, n);
	}
	disruptor_free(d);
	return printf("%lld\n", (long long)total) < 0; /* 4999950000 */
}

int main(void)
{
	int sockets[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		return perror("socketpair"), 1;
	if (fork() == 0)
		return consume(sockets[1]);
	struct disruptor *d = disruptor_create_anonymous(
		DISRUPTOR_OPTIONS(.event_size = sizeof(int64_t), .capacity = 1024), &fd);
	struct disruptor_producer *producer = disruptor_producer_new(d);

	if (producer == NULL || carry(sockets[0], &fd) < 0)
		return fprintf(stderr, "producer: %s\n", disruptor_error()), 1;
	close(fd); /* On its way: the ring lives as long as anybody has it. */
	disruptor_wait_for_consumers(d, 1, DISRUPTOR_FOREVER);
	for (int64_t i = 0; i < 100000; i++, disruptor_publish(producer))
		*(int64_t *)disruptor_claim(producer) = i;
	disruptor_close(d);
	disruptor_free(d);
	return 0;
}
