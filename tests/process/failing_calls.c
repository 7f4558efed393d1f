/* SPDX-License-Identifier: MIT */
/*
 * Each call to the system fails once while rings are made, joined, used, looked
 * at, repaired and left: that is reported or got over, nothing is left behind,
 * and others go on in the ring.
 */
#include <faults.h>

#include <region.h>

#define PRODUCERS 2
#define CONSUMERS 3
#define CAPACITY 8

static const struct disruptor_options *options(void)
{
	static const struct disruptor_options o = {
		.size = sizeof(o),
		.event_size = 8,
		.capacity = CAPACITY,
		.consumers_max = CONSUMERS,
		.producers_max = PRODUCERS,
		.producer_type = DISRUPTOR_MULTI_PRODUCER,
	};

	return &o;
}

/* Of private rings nobody can know. */
static bool who_holds(struct disruptor *d)
{
	struct disruptor_holder holder;
	int error = disruptor_find_holder(d, disruptor_published(d), &holder);

	return error == 0 || error == -EOPNOTSUPP;
}

static bool use(struct disruptor *d)
{
	struct disruptor_poller *poller = disruptor_poller_new(d, "name");
	struct disruptor_poller *next =
		poller == NULL ? NULL :
				 disruptor_poller_new_after(
					 d, NULL,
					 DISRUPTOR_AFTER_NAMES("name"));
	struct disruptor_producer *p = disruptor_producer_new(d);
	bool all = poller != NULL && next != NULL && p != NULL;

	if (all) {
		PUT(p, 1);
		TAKE(poller, 1);
		CHECK(disruptor_claim(p) != NULL);
		all &= who_holds(d);
		disruptor_abandon(p);
		CHECK_EQ(disruptor_poll_wait(poller, MS / 10), 0);
	}
	disruptor_producer_free(p);
	disruptor_poller_free(next);
	disruptor_poller_free(poller);
	all &= disruptor_remove_consumer(d, "name") == 0;
	all &= disruptor_wait_for_consumers(d, 0, 0) == 0;
	return all;
}

/* Each record can be had, each slot used: nothing that failed holds any. */
static void go_on_in(struct disruptor *d)
{
	struct disruptor_producer *producers[PRODUCERS];
	struct disruptor_poller *pollers[CONSUMERS];
	int i, lap;

	disruptor_remove_consumer(d, "name");
	for (i = 0; i < CONSUMERS; i++)
		pollers[i] = POLLER(d, NULL);
	for (i = 0; i < PRODUCERS; i++)
		producers[i] = PRODUCER(d);
	for (lap = 0; lap < 2; lap++) {
		for (i = 0; i < PRODUCERS; i++)
			put_many(producers[i], i, CAPACITY / PRODUCERS);
		for (i = 0; i < CONSUMERS; i++)
			disruptor_poller_advance(pollers[i],
						 disruptor_poll(pollers[i]));
	}
	disruptor_free(d);
}

/* By one who comes now, whom nothing fails. */
static void go_on(const char *name)
{
	int64_t at = fault_suspend();

	go_on_in(ATTACH(name));
	CHECK_EQ(disruptor_check(name, NULL, NULL), 0);
	fault_resume(at);
}

static void remove_ring(const char *name)
{
	int64_t at = fault_suspend();

	CHECK_EQ(disruptor_unlink(name), 0);
	fault_resume(at);
}

static bool join(const char *name)
{
	struct disruptor *d = disruptor_attach_opts(
		name, DISRUPTOR_OPTIONS(.read_only_events = true));
	bool all = d != NULL;

	disruptor_free(d);
	d = disruptor_attach(name, 8);
	all &= d != NULL && use(d) && disruptor_repair(d, NULL, NULL) >= 0;
	disruptor_free(d);
	return all;
}

static bool look(const char *name)
{
	struct disruptor_ring_info *info = disruptor_inspect(name);
	bool all = info != NULL;

	disruptor_inspect_free(info);
	return disruptor_check(name, NULL, NULL) >= 0 && all;
}

static bool named(void)
{
	const char *name = ring_new_name();
	struct disruptor *d = disruptor_create_shared(name, options());
	bool all;

	if (d == NULL) {
		CHECK(access("/dev/shm", F_OK) == 0);
		return false;
	}
	all = use(d);
	all &= disruptor_close(d) == 0;
	disruptor_free(d);
	remove_ring(name);
	return all;
}

/* A ring that others are in. */
static bool joined(void)
{
	const char *name = ring_new_name();
	int64_t at = fault_suspend();
	struct disruptor *d = disruptor_create_shared(name, options());
	struct disruptor_poller *poller = POLLER(d, "stays");
	struct disruptor_producer *p = PRODUCER(d);
	bool all;

	fault_resume(at);
	all = join(name);
	all &= look(name);
	at = fault_suspend();
	PUT(p, 7);
	disruptor_poller_advance(poller, disruptor_poll(poller));
	disruptor_free(d);
	d = ATTACH(name);
	CHECK_EQ(disruptor_remove_consumer(d, "stays"), 0);
	disruptor_free(d);
	go_on(name);
	fault_resume(at);
	if (disruptor_unlink(name) == 0)
		return all;
	remove_ring(name);
	return false;
}

static bool nameless(void)
{
	int fd = -1;
	struct disruptor *d = disruptor_create_anonymous(options(), &fd), *e;
	bool all = d != NULL;
	int64_t at;

	if (d == NULL) {
		CHECK_EQ(fd, -1);
		return false;
	}
	e = disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.event_size = 8));
	all &= e != NULL && use(e);
	disruptor_free(e);
	disruptor_free(d);
	at = fault_suspend();
	e = disruptor_attach_fd(fd, DISRUPTOR_OPTIONS(.event_size = 8));
	CHECK(e != NULL);
	go_on_in(e);
	close(fd);
	fault_resume(at);
	return all;
}

static bool private(void)
{
	struct disruptor *d = disruptor_new(options());
	bool all = d != NULL && use(d);

	disruptor_free(d);
	return all;
}

/* A page less of memory than it has of length. */
static void punch(const char *name)
{
	int fd = region_open_file(name);

	CHECK_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   DISRUPTOR_PAGE * 2, DISRUPTOR_PAGE),
		 0);
	close(fd);
}

static bool with_holes(void)
{
	const char *name = ring_new_name();
	int64_t at = fault_suspend();
	struct disruptor *d;
	bool all;

	disruptor_free(disruptor_create_shared(name, options()));
	punch(name);
	fault_resume(at);
	all = look(name);
	d = disruptor_attach(name, 0);
	all &= d != NULL;
	disruptor_free(d);
	go_on(name);
	remove_ring(name);
	return all;
}

static void named_rings(void **state)
{
	fault_each(named, 200);
}

static void joined_rings(void **state)
{
	fault_each(joined, 200);
}

static void nameless_rings(void **state)
{
	fault_each(nameless, 200);
}

static void private_rings(void **state)
{
	fault_each(private, 10);
}

static void rings_with_holes(void **state)
{
	fault_each(with_holes, 50);
}

static void check_reserved(const char *name)
{
	int fd = region_open_file(name);
	struct stat st;

	CHECK_EQ(fstat(fd, &st), 0);
	CHECK(st.st_blocks * 512 >= st.st_size);
	close(fd);
}

/* Some kernels interrupt it at each signal, and take back what was done. */
static void reserving_under_a_timer(void **state)
{
	const char *name = ring_new_name();
	struct disruptor_options o = *options();

	o.event_size = 512;
	o.capacity = 4096;
	fault_patience = 70000;
	disruptor_free(disruptor_create_shared(name, &o));
	check_reserved(name);
	fault_patience = INT64_MAX;
	punch(name);
	fault_patience = DISRUPTOR_PAGE;
	disruptor_free(ATTACH(name));
	fault_patience = INT64_MAX;
	check_reserved(name);
}

/* And no way to tell whether there are holes in what it has. */
static void no_fallocate(void **state)
{
	const char *name = ring_new_name();

	disruptor_free(disruptor_create_shared(name, options()));
	punch(name);
	fault_no_fallocate = true;
	go_on_in(ATTACH(name));
	fault_no_fallocate = false;
}

TEST_MAIN(TEST(named_rings), TEST(joined_rings), TEST(nameless_rings),
	  TEST(private_rings), TEST(rings_with_holes),
	  TEST(reserving_under_a_timer), TEST(no_fallocate));
