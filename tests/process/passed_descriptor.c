/* SPDX-License-Identifier: MIT */
/*
 * A sealed ring whose descriptor goes over a Unix socket: events between
 * processes that share no name, death of a producer, and a consumer that can
 * poll but not write to an event.
 */
#include <descriptor.h>

#include <internal.h>

#define EVENTS 10000

struct scene {
	int socket;
	uint32_t ready;
	int64_t received;
	int64_t gaps;
	const struct flavour *flavour;
};

static void consume_all(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d;
	struct disruptor_poller *poller;
	int fd = receive_descriptor(s->socket);
	int64_t n, i;

	d = ATTACH_FD(fd, true);
	CHECK_EQ(close(fd), 0);
	poller = POLLER(d, NULL);
	disruptor_fetch_add_u32(&s->ready, 1);
	while ((n = disruptor_poll_wait(poller, LONG_NS)) > 0) {
		for (i = 0; i < n; i++)
			CHECK_EQ(value_at(poller, i), s->received + i);
		s->received += n;
		disruptor_poller_advance(poller, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	disruptor_free(d);
}

static void events_arrive(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	int64_t events = scaled(EVENTS), i;
	struct disruptor_producer *p;
	struct disruptor *d;
	int sockets[2], fd;
	pid_t pid;

	socket_pair(sockets);
	s->socket = sockets[1];
	pid = child_start(consume_all, s);
	d = ANONYMOUS(flavour, &fd, .mode = 0);
	send_descriptor(sockets[0], fd);
	CHECK_EQ(close(fd), 0);
	p = PRODUCER(d);
	wait_for_u32(&s->ready, 1);
	for (i = 0; i < events; i++) {
		int64_t *event = disruptor_claim(p);

		CHECK(event != NULL);
		*event = i;
		disruptor_publish(p);
	}
	CHECK_EQ(disruptor_close(d), 0);
	CHILD_JOIN(pid);
	CHECK_EQ(s->received, events);
	disruptor_free(d);
	CHECK_EQ(close(sockets[0]) + close(sockets[1]), 0);
	shared_free(s, sizeof(*s));
}

static void claim_and_hang(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH_FD(receive_descriptor(s->socket), false);
	struct disruptor_producer *p = PRODUCER(d);

	PUT(p, 1);
	CHECK_EQ(disruptor_claim_n(p, 3), 3);
	disruptor_fetch_add_u32(&s->ready, 1);
	for (;;)
		pause();
}

/* A consumer that may write no word steps over what a dead producer claimed. */
static void dead_producer(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor *d, *e;
	struct disruptor_poller *poller;
	int sockets[2], fd;
	pid_t pid;

	socket_pair(sockets);
	s->socket = sockets[1];
	d = ANONYMOUS(flavour, &fd, .mode = 0);
	e = ATTACH_FD(fd, true);
	poller = POLLER(e, NULL);
	pid = child_start(claim_and_hang, s);
	send_descriptor(sockets[0], fd);
	wait_for_u32(&s->ready, 1);
	CHECK(child_kill(pid));
	/* The role or the record is free, whatever stands behind the claim. */
	PUT(PRODUCER(d), 2);
	CHECK(disruptor_poll_wait(poller, LONG_NS) >= 1);
	TAKE(poller, 1);
	CHECK(disruptor_poll_wait(poller, LONG_NS) >= 1);
	TAKE(poller, 2);
	CHECK_EQ(poller->record->gaps, flavour_multi(flavour) ? 3 : 0);
	disruptor_free(e);
	disruptor_free(d);
	CHECK_EQ(close(fd) + close(sockets[0]) + close(sockets[1]), 0);
	shared_free(s, sizeof(*s));
}

static char *target;
static sigjmp_buf landing;

static void caught(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	if (info->si_addr == target)
		siglongjmp(landing, 1);
	_exit(97);
}

static bool faults(void *address)
{
	struct sigaction action = { .sa_sigaction = caught,
				    .sa_flags = SA_SIGINFO }, before;
	volatile bool fault = true;

	target = address;
	CHECK_EQ(sigaction(SIGSEGV, &action, &before), 0);
	if (sigsetjmp(landing, 1) == 0) {
		*(volatile char *)target = 1;
		fault = false;
	}
	CHECK_EQ(sigaction(SIGSEGV, &before, NULL), 0);
	return fault;
}

static void write_and_fault(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d;
	struct disruptor_poller *poller;
	int fd = receive_descriptor(s->socket);

	d = ATTACH_FD(fd, true);
	poller = POLLER(d, NULL);
	disruptor_fetch_add_u32(&s->ready, 1);
	wait_for_u32(&s->ready, 2);
	CHECK_EQ(disruptor_poll(poller), 2);
	CHECK(faults(disruptor_poller_event(poller, 0)));
	CHECK(faults(d->region + d->header.total_size - 1));
	CHECK(faults(d->region));
	if (d->ring.words != NULL)
		CHECK(faults(disruptor_commit_word(d, 7)));
	TAKE(poller, 1);
	TAKE(poller, 2);
	disruptor_free(d);
	/* Without the option it is one's own fault. */
	d = ATTACH_FD(fd, false);
	CHECK(!faults(d->ring.events));
	disruptor_free(d);
}

static void a_store_faults(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct disruptor_producer *p;
	struct disruptor *d;
	int sockets[2], fd;
	pid_t pid;

	if (sysconf(_SC_PAGESIZE) != DISRUPTOR_PAGE)
		skip();
	socket_pair(sockets);
	s->socket = sockets[1];
	d = ANONYMOUS(flavour, &fd, .mode = 0);
	pid = child_start(write_and_fault, s);
	send_descriptor(sockets[0], fd);
	wait_for_u32(&s->ready, 1);
	p = PRODUCER(d);
	put_many(p, 1, 2);
	disruptor_fetch_add_u32(&s->ready, 1);
	CHILD_JOIN(pid);
	disruptor_free(d);
	CHECK_EQ(close(fd) + close(sockets[0]) + close(sockets[1]), 0);
	shared_free(s, sizeof(*s));
}

#define NOBODY 65534

static void join_as_nobody(void *argument)
{
	struct scene *s = argument;
	int fd = receive_descriptor(s->socket);

	CHECK_EQ(setgid(NOBODY), 0);
	CHECK_EQ(setuid(NOBODY), 0);
	if (s->ready == 0)
		CHECK_NULL(disruptor_attach_fd(
				   fd, DISRUPTOR_OPTIONS(.event_size = 8)),
			   EACCES);
	else
		disruptor_free(ATTACH_FD(fd, true));
}

/* The mode says who may join that was handed the descriptor. */
static void other_users(const struct flavour *flavour)
{
	static const uint32_t modes[] = { 0600, 0666 };
	struct scene *s = shared_alloc(sizeof(*s));
	int sockets[2], fd;
	uint32_t i;

	if (geteuid() != 0)
		skip();
	socket_pair(sockets);
	s->socket = sockets[1];
	for (i = 0; i < 2; i++) {
		struct disruptor *d = ANONYMOUS(flavour, &fd, .mode = modes[i]);

		s->ready = i;
		send_descriptor(sockets[0], fd);
		CHILD_JOIN(child_start(join_as_nobody, s));
		disruptor_free(d);
		CHECK_EQ(close(fd), 0);
	}
	CHECK_EQ(close(sockets[0]) + close(sockets[1]), 0);
	shared_free(s, sizeof(*s));
}

TEST_MAIN(TEST_SHARED(events_arrive), TEST_SHARED(dead_producer),
	  TEST_SHARED(a_store_faults), TEST_SHARED(other_users));
