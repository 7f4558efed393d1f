/* SPDX-License-Identifier: MIT */
/* fork, exec and closed descriptors: who is alive stays the truth. */
#include <child.h>

struct scene {
	char name[RING_NAME_SIZE];
	struct disruptor *d; /* the parent's */
	uint32_t there;
	uint32_t stop;
	pid_t grandchild;
};

static struct scene *scene_new(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));

	s->d = RING(flavour, .capacity = 8);
	snprintf(s->name, sizeof(s->name), "%s", ring_name());
	return s;
}

static void scene_free(struct scene *s)
{
	disruptor_free(s->d);
	shared_free(s, sizeof(*s));
}

static void stay(void *argument)
{
	struct scene *s = argument;

	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

static void consume_and_fork(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	pid_t pid;

	POLLER(d, "home");
	PRODUCER(d);
	pid = fork();
	CHECK(pid >= 0);
	if (pid != 0)
		s->grandchild = pid;
	/* Not to die with its parent: that is the point. */
	stay(s);
}

/* The dead are dead although a child of theirs has copies of everything. */
static void killed_with_a_child_alive(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	pid_t pid;

	CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	pid = child_start(consume_and_fork, s);
	wait_for_u32(&s->there, 2);
	CHECK_NULL(disruptor_poller_new(s->d, "home"), EBUSY);
	if (flavour_single(flavour))
		CHECK_NULL(disruptor_producer_new(s->d), EBUSY);
	CHECK(child_kill(pid));
	POLLER(s->d, "home");
	PUT(PRODUCER(s->d), 1);
	CHECK(s->grandchild > 0);
	CHECK(child_kill(s->grandchild));
	scene_free(s);
}

static void close_all_and_stay(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	struct disruptor_poller *poller = POLLER(d, "home");
	struct disruptor_producer *p = PRODUCER(d);
	int fd;

	for (fd = 3; fd < 1024; fd++)
		close(fd);
	PUT(p, 1);
	TAKE(poller, 1);
	stay(s);
}

/* A program that closes all descriptors is not dead. */
static void alive_without_descriptors(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	pid_t pid = child_start(close_all_and_stay, s);
	struct disruptor_poller *home;

	wait_for_u32(&s->there, 1);
	CHECK_NULL(disruptor_poller_new(s->d, "home"), EBUSY);
	if (flavour_single(flavour))
		CHECK_NULL(disruptor_producer_new(s->d), EBUSY);
	CHECK(child_kill(pid));
	home = POLLER(s->d, "home");
	PUT(PRODUCER(s->d), 2);
	TAKE(home, 2);
	scene_free(s);
}

static void consume_and_exec(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);

	POLLER(d, "home");
	disruptor_fetch_add_u32(&s->there, 1);
	execlp("sleep", "sleep", "1000", (char *)NULL);
	CHECK(false);
}

/* Who becomes another program has left. */
static void exec_leaves(const struct flavour *flavour)
{
	struct scene *s = scene_new(flavour);
	pid_t pid = child_start(consume_and_exec, s);
	struct disruptor_poller *home = NULL;

	wait_for_u32(&s->there, 1);
	while (home == NULL) {
		home = disruptor_poller_new(s->d, "home");
		if (home == NULL)
			CHECK_EQ(errno, EBUSY);
	}
	CHECK(child_kill(pid));
	scene_free(s);
}

static void *join_and_leave(void *argument)
{
	struct scene *s = argument;

	while (disruptor_load_acquire_u32(&s->stop) == 0) {
		disruptor_poller_free(POLLER(s->d, NULL));
		disruptor_poller_free(POLLER(s->d, "home"));
		disruptor_producer_free(PRODUCER(s->d));
	}
	return NULL;
}

static void join_elsewhere(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);
	int i;

	for (i = 0; i < 20; i++)
		disruptor_poller_free(POLLER(d, NULL));
	disruptor_free(d);
	stay(s);
}

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZED 1
#endif
#endif
#ifndef ADDRESS_SANITIZED
#define ADDRESS_SANITIZED 0
#endif

/*
 * Children that are made at any instant hold nothing, however long they live.
 * Not under the address sanitizer, whose allocator's own locks they do hold.
 */
static void forks_while_joining(const struct flavour *flavour)
{
	struct scene *s;
	pthread_t thread;
	pid_t pids[20];
	uint32_t i;

	if (ADDRESS_SANITIZED)
		return;
	s = scene_new(flavour);
	thread = thread_start(join_and_leave, s);
	for (i = 0; i < 20; i++) {
		pids[i] = child_start(join_elsewhere, s);
		wait_for_u32(&s->there, i + 1);
	}
	disruptor_fetch_add_u32(&s->stop, 1);
	thread_join(thread);
	disruptor_poller_free(POLLER(s->d, "home"));
	disruptor_producer_free(PRODUCER(s->d));
	for (i = 0; i < 20; i++)
		CHECK(child_kill(pids[i]));
	scene_free(s);
}

TEST_MAIN(TEST_SHARED(killed_with_a_child_alive),
	  TEST_SHARED(alive_without_descriptors), TEST_SHARED(exec_leaves),
	  TEST_SHARED(forks_while_joining));
