/* SPDX-License-Identifier: MIT */
/*
 * A peer truncates, punches, overwrites, unlinks or replaces the file under
 * those who use it. Who catches SIGBUS gets EIO; else truncation ends them by
 * it. Nothing else ends anybody, nobody hangs, and who comes later is told.
 */
#include <region.h>

#include <child.h>

#define CAPACITY 64

struct scene {
	const char *name;
	bool catches;
	uint32_t rounds;	/* of the victim, so far */
	uint32_t stop;
	uint32_t cut;		/* who told it by EIO */
};

enum { CLAIM = 1, POLL = 2, JOIN = 4, REPAIR = 8, ALL = 15 };

static struct scene *s;

/* Notes the calls that say what happened; anything else may be. */
static void told(uint32_t who, int64_t result, const void *pointer)
{
	if (result != -EIO && (pointer != NULL || errno != EIO))
		return;
	CHECK(s->catches);
	CHECK(strstr(disruptor_error(), "truncated") != NULL);
	disruptor_fetch_or_u32(&s->cut, who);
}

static void produce(struct disruptor *d, struct disruptor_producer *p)
{
	void *event;

	errno = 0;
	event = disruptor_claim_timeout(p, MS);
	told(CLAIM, 0, event);
	if (event != NULL)
		memset(event, 1, disruptor_event_size(d));
	disruptor_publish(p);
}

static void consume(struct disruptor_poller *poller)
{
	int64_t n = disruptor_poll_wait(poller, MS), i;

	for (i = 0; i < n; i++)
		CHECK(*(char *)disruptor_poller_event(poller, i) <= 1);
	told(POLL, n, s);
	disruptor_poller_advance(poller, n);
}

static void come_and_go(struct disruptor *d)
{
	struct disruptor_producer *p;
	int64_t n;

	errno = 0;
	p = disruptor_producer_new(d);
	told(JOIN, 0, p);
	disruptor_producer_free(p);
	disruptor_poller_free(disruptor_poller_new(d, NULL));
	n = disruptor_repair(d, NULL, NULL);
	told(REPAIR, n, s);
	disruptor_inspect_free(disruptor_inspect(s->name));
	disruptor_check(s->name, NULL, NULL);
}

/* There is room for 256 at once. */
static struct disruptor *attach_after_many(void)
{
	int i;

	for (i = 0; i < 300; i++)
		disruptor_free(ATTACH(s->name));
	return ATTACH(s->name);
}

static void suffer(void *argument)
{
	struct disruptor *d = attach_after_many();
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);

	signal(SIGBUS, SIG_DFL); /* cmocka has its own */
	if (s->catches)
		CHECK_EQ(disruptor_catch_sigbus(), 0);
	while (disruptor_load_acquire_u32(&s->stop) == 0) {
		produce(d, p);
		consume(poller);
		come_and_go(d);
		disruptor_fetch_add_u32(&s->rounds, 1);
	}
	disruptor_free(d);
}

static struct disruptor *ring(const char *name)
{
	struct disruptor *d = disruptor_create_shared(
		name, DISRUPTOR_OPTIONS(.event_size = 1024,
					.capacity = CAPACITY,
					.consumers_max = 4,
					.producers_max = 4,
					.producer_type =
						DISRUPTOR_MULTI_PRODUCER));

	CHECK(d != NULL);
	return d;
}

static pid_t begin(bool catches)
{
	pid_t victim;

	s = shared_alloc(sizeof(*s));
	s->name = ring_new_name();
	s->catches = catches;
	disruptor_free(ring(s->name));
	victim = child_start(suffer, NULL);
	wait_for_u32(&s->rounds, 2);
	return victim;
}

/* The victim does some rounds more, or is no more. True: by SIGBUS. */
static bool end(pid_t victim)
{
	uint32_t rounds = s->rounds;
	int status = 0;

	while (disruptor_load_acquire_u32(&s->rounds) < rounds + 3) {
		if (waitpid(victim, &status, WNOHANG) == victim)
			break;
		pause_ms(1);
	}
	disruptor_store_release_u32(&s->stop, 1);
	if (status == 0)
		CHECK_EQ(waitpid(victim, &status, 0), victim);
	if (WIFSIGNALED(status))
		CHECK_EQ(WTERMSIG(status), SIGBUS);
	else
		CHECK_EQ(status, 0);
	return WIFSIGNALED(status);
}

static void resize(off_t size)
{
	char path[RING_NAME_SIZE + 32];

	ring_path(path, sizeof(path), s->name);
	CHECK_EQ(truncate(path, size), 0);
}

static const off_t cuts[] = { 0, 1, DISRUPTOR_PAGE, 2 * DISRUPTOR_PAGE };

static void cut_off(void **state)
{
	size_t i;
	pid_t victim;

	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		victim = begin(true);
		resize(cuts[i]);
		CHECK(!end(victim));
		CHECK_EQ(s->cut, ALL);
		region_refused(s->name, EBADMSG);
		shared_free(s, sizeof(*s));
	}
}

static void cut_off_uncaught(void **state)
{
	size_t i;
	pid_t victim;

	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		victim = begin(false);
		resize(cuts[i]);
		CHECK(end(victim));
		region_refused(s->name, EBADMSG);
		shared_free(s, sizeof(*s));
	}
}

/* Those in it do not notice; nobody else comes in. */
static void made_longer(void **state)
{
	pid_t victim = begin(false);
	struct region r = region_open(s->name);

	resize((off_t)r.size + 1);
	region_refused(s->name, EBADMSG);
	resize((off_t)r.size);
	disruptor_free(ATTACH(s->name));
	region_close(&r);
	CHECK(!end(victim));
	shared_free(s, sizeof(*s));
}

static void punch(off_t from, off_t length)
{
	int fd = region_open_file(s->name);

	CHECK_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from,
			   length),
		 0);
	close(fd);
}

static void punched(void **state)
{
	struct region r;
	off_t page, size;
	pid_t victim;

	for (page = 0, size = 1; page < size; page += DISRUPTOR_PAGE) {
		victim = begin(false);
		r = region_open(s->name);
		size = (off_t)r.size;
		region_close(&r);
		punch(page, DISRUPTOR_PAGE);
		CHECK(!end(victim));
		if (page == 0)
			region_refused(s->name, EBADMSG);
		else
			disruptor_free(ATTACH(s->name));
		shared_free(s, sizeof(*s));
	}
}

/* By write(2), with this byte. */
static void overwritten(void **state)
{
	static const int bytes[] = { 0, 1, 0xff };
	static char page[DISRUPTOR_PAGE];
	uint64_t at, end_of_records;
	struct region r;
	pid_t victim;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		memset(page, bytes[i], sizeof(page));
		victim = begin(false);
		r = region_open(s->name);
		end_of_records = r.header->events_offset;
		region_close(&r);
		fd = region_open_file(s->name);
		for (at = 0; at < end_of_records; at += sizeof(page))
			CHECK_EQ(pwrite(fd, page, sizeof(page), (off_t)at),
				 sizeof(page));
		close(fd);
		CHECK(!end(victim));
		region_refused(s->name, EBADMSG);
		shared_free(s, sizeof(*s));
	}
}

/* Those in the old ring go on in it, joining and leaving included. */
static void replaced(void **state)
{
	pid_t victim = begin(false);
	const char *other = ring_new_name();
	char from[RING_NAME_SIZE + 32], to[RING_NAME_SIZE + 32];
	struct disruptor *d;

	CHECK_EQ(disruptor_unlink(s->name), 0);
	CHECK_NULL(disruptor_attach(s->name, 0), ENOENT);
	d = ring(s->name);
	PUT(PRODUCER(d), 1);
	disruptor_free(d);
	d = ring(other);
	ring_path(from, sizeof(from), other);
	ring_path(to, sizeof(to), s->name);
	CHECK_EQ(rename(from, to), 0);
	CHECK_EQ(disruptor_published(d), 0);
	CHECK(!end(victim));
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
	shared_free(s, sizeof(*s));
}

/* Nobody can; so nobody dies of it. */
static void sealed(void **state)
{
	struct disruptor *d;
	int fd;

	d = disruptor_create_anonymous(
		DISRUPTOR_OPTIONS(.event_size = 1024, .capacity = CAPACITY),
		&fd);
	CHECK(d != NULL);
	CHECK_ERROR(ftruncate(fd, 0) < 0 ? -errno : 0, EPERM);
	CHECK_ERROR(ftruncate(fd, 1 << 20) < 0 ? -errno : 0, EPERM);
	put_many(PRODUCER(d), 0, CAPACITY);
	close(fd);
	disruptor_free(d);
}

#define NOTED 7

static void note(int number)
{
	_exit(NOTED);
}

/* Another mapping of the program, whose fault is the program's own business. */
static void fault_elsewhere(void *handler)
{
	struct disruptor *d = ATTACH(ring_name());
	int fd = memfd_create("elsewhere", MFD_CLOEXEC);
	volatile char *page;

	signal(SIGBUS, handler != NULL ? note : SIG_DFL);
	CHECK_EQ(disruptor_catch_sigbus(), 0);
	CHECK_EQ(disruptor_catch_sigbus(), 0);
	page = mmap(NULL, DISRUPTOR_PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CHECK(page != MAP_FAILED);
	disruptor_free(d);
	CHECK_EQ(page[0], 0);
	CHECK(false);
}

/* As if nobody caught it: what kill(2) sends is no fault. */
static void be_sent_one(void *ignored)
{
	struct sigaction now;

	signal(SIGBUS, ignored != NULL ? SIG_IGN : SIG_DFL);
	CHECK_EQ(disruptor_catch_sigbus(), 0);
	CHECK_EQ(raise(SIGBUS), 0);
	CHECK_EQ(sigaction(SIGBUS, NULL, &now), 0);
	CHECK(now.sa_flags & SA_SIGINFO);
	_exit(NOTED);
}

static void sent_by_somebody(void **state)
{
	int status;
	pid_t pid = child_start(be_sent_one, NULL);

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
	pid = child_start(be_sent_one, &s);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == NOTED);
}

static int status_of_fault(bool handled)
{
	pid_t pid = child_start(fault_elsewhere, handled ? &s : NULL);
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

static void other_faults(void **state)
{
	int status;

	disruptor_free(ring(ring_new_name()));
	status = status_of_fault(true);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == NOTED);
	status = status_of_fault(false);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
}

TEST_MAIN(TEST(cut_off), TEST(cut_off_uncaught), TEST(made_longer),
	  TEST(punched), TEST(overwritten), TEST(replaced), TEST(sealed),
	  TEST(other_faults), TEST(sent_by_somebody));
