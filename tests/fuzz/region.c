/* SPDX-License-Identifier: MIT */
/*
 * A fuzz target: a ring's file with bytes that somebody chose, looked at,
 * joined, used and repaired, while more of its bytes change. Every outcome is
 * fine but an error that no header documents, a count that is out of range, a
 * call that does not return, or what a sanitizer finds.
 *
 * By libFuzzer with -DDISRUPTOR_LIBFUZZER (make fuzz); else a program that
 * makes its own inputs, the same in every run.
 *
 * An input is one byte of kind, then edits of 4 bytes of place and size and up
 * to 8 of value; with kind's highest bit it is the file as it is.
 */
#include <region.h>

#define IMAGE_MAX (64 * DISRUPTOR_PAGE)
#define KINDS 4
#define KIND_SIGNED 0x10 /* the checksum is made right again */
#define KIND_CUT 0x20	 /* the file ends in the midst of a page */
#define KIND_RAW 0x80
#define ALONE_RUNS 6000
#define ALONE_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size;
};

static struct {
	unsigned char bytes[IMAGE_MAX];
	size_t size;
} images[KINDS];

static struct disruptor *new_ring(int kind, const char *name)
{
	return disruptor_create_shared(
		name, DISRUPTOR_OPTIONS(
			      .event_size = 24, .capacity = 8,
			      .consumers_max = 4, .producers_max = 3,
			      .producer_type = kind & 1 ?
						       DISRUPTOR_MULTI_PRODUCER :
						       DISRUPTOR_SINGLE_PRODUCER,
			      .slot_layout = kind & 2 ?
						     DISRUPTOR_SLOTS_STAMPED :
						     DISRUPTOR_SLOTS_PACKED,
			      .type_name = "fuzz"));
}

/* Rings in the midst of their work: the better for edits to matter. */
static void make_image(int kind)
{
	const char *name = ring_new_name();
	struct disruptor *d = new_ring(kind, name);
	struct disruptor_poller *home;
	struct disruptor_producer *p;
	struct region r;

	CHECK(d != NULL);
	home = disruptor_poller_new(d, "home");
	CHECK(home != NULL);
	disruptor_poller_new_after(d, "next", DISRUPTOR_AFTER_NAMES("home"));
	disruptor_poller_new_opts(d, DISRUPTOR_POLLER_OPTIONS(
					     .name = "stall",
					     .stall_limit_ns = 1));
	p = disruptor_producer_new(d);
	CHECK_EQ(disruptor_claim_n(p, 5), 5);
	disruptor_publish(p);
	CHECK_EQ(disruptor_poll(home), 5);
	disruptor_poller_advance(home, 3);
	r = region_open(name);
	CHECK(r.size <= IMAGE_MAX);
	memcpy(images[kind].bytes, r.bytes, r.size);
	images[kind].size = r.size;
	region_close(&r);
	disruptor_free(d);
}

/* Up to n edits of what lies behind from; eats the input. */
static void edit(struct input *in, unsigned char *bytes, size_t size,
		 size_t from, int n)
{
	while (n-- > 0 && in->size >= 5) {
		size_t length = in->data[0] % 8 + 1;
		size_t at = (size_t)in->data[1] | (size_t)in->data[2] << 8 |
			    (size_t)in->data[3] << 16;

		in->data += 4;
		in->size -= 4;
		if (length > in->size)
			length = in->size;
		at = from + at % (size - from - 8);
		/* Most of it is words. */
		if (length == 8)
			at &= ~(size_t)7;
		memcpy(bytes + at, in->data, length);
		in->data += length;
		in->size -= length;
	}
}

static bool is_known(int64_t error)
{
	static const int known[] = { EAGAIN,	   EBADMSG,   EBUSY,
				     ECANCELED,	   EINVAL,    ENOENT,
				     EOVERFLOW,	   EOWNERDEAD, EPROTONOSUPPORT,
				     ESHUTDOWN,	   ESTALE,    ETIMEDOUT,
				     EUCLEAN,	   EUSERS,    EPROTO };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (error == -known[i])
			return true;
	return false;
}

static void check_result(int64_t n, int64_t most)
{
	CHECK(n < 0 ? is_known(n) : n <= most);
}

static void consume(struct disruptor_poller *poller, int64_t capacity,
		    size_t event_size)
{
	int64_t n, i;

	if (poller == NULL) {
		CHECK(is_known(-errno));
		return;
	}
	n = disruptor_poll(poller);
	check_result(n, capacity);
	for (i = 0; i < n && i < 64; i++)
		memset(disruptor_poller_event(poller, i), 7, event_size);
	disruptor_poller_advance(poller, n < 1 ? n : 1);
	check_result(disruptor_poll_wait(poller, 1000), capacity);
	check_result(disruptor_poller_missed(poller), INT64_MAX);
	disruptor_poller_is_evicted(poller);
	disruptor_poller_lag(poller);
}

static void produce(struct disruptor_producer *p, size_t event_size)
{
	int64_t n;

	if (p == NULL) {
		CHECK(is_known(-errno));
		return;
	}
	n = disruptor_try_claim_n(p, 1);
	check_result(n, 1);
	if (n == 1)
		memset(disruptor_producer_event(p, 0), 9, event_size);
	disruptor_publish(p);
	check_result(disruptor_claim_up_to_timeout(p, 4, 1000), 4);
	disruptor_abandon(p);
}

static void look(const char *name)
{
	struct disruptor_ring_info *info = disruptor_inspect(name);
	int problems;

	if (info == NULL)
		CHECK(is_known(-errno));
	disruptor_inspect_free(info);
	problems = disruptor_check(name, NULL, NULL);
	CHECK(problems >= 0 || is_known(problems));
}

struct party {
	struct disruptor *d;
	struct disruptor_poller *pollers[4];
	struct disruptor_producer *producer;
	int64_t capacity;
	size_t event_size;
};

static void use(struct party *a)
{
	struct disruptor_holder holder;
	int i;

	produce(a->producer, a->event_size);
	for (i = 0; i < 4; i++)
		if (a->pollers[i] != NULL)
			consume(a->pollers[i], a->capacity, a->event_size);
	check_result(disruptor_find_holder(a->d, disruptor_published(a->d),
					   &holder), 0);
	CHECK(disruptor_consumer_count(a->d) <= DISRUPTOR_CONSUMERS_LIMIT);
	disruptor_has_backlog(a->d);
	disruptor_remaining_capacity(a->d);
	check_result(disruptor_wait_for_consumers(a->d, 100, 0), 0);
}

static void join(struct party *a)
{
	a->capacity = disruptor_capacity(a->d);
	a->event_size = disruptor_event_size(a->d);
	a->pollers[0] = disruptor_poller_new(a->d, "home");
	a->pollers[1] = disruptor_poller_new_opts(
		a->d, DISRUPTOR_POLLER_OPTIONS(
			      .name = "next",
			      .on_upstream_lost = DISRUPTOR_UPSTREAM_PASS));
	a->pollers[2] = disruptor_poller_new_opts(
		a->d, DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST,
					       .stall_limit_ns = 1));
	a->pollers[3] = disruptor_poller_new_after(
		a->d, NULL, DISRUPTOR_AFTER_NAMES("next"));
	a->producer = disruptor_producer_new(a->d);
}

static void live(const char *name, struct input *in)
{
	struct party a = { .d = disruptor_attach(name, 0) };
	struct region r;
	int i;

	if (a.d == NULL) {
		CHECK(is_known(-errno));
		return;
	}
	check_result(disruptor_repair(a.d, NULL, NULL), INT64_MAX);
	join(&a);
	r = region_open(name);
	for (i = 0; i < 4; i++) {
		use(&a);
		edit(in, r.bytes, r.size, DISRUPTOR_PAGE, 2);
	}
	use(&a);
	check_result(disruptor_remove_consumer(a.d, "stall"), 0);
	check_result(disruptor_repair(a.d, NULL, NULL), INT64_MAX);
	look(name);
	region_close(&r);
	CHECK_EQ(disruptor_close(a.d), 0);
	use(&a);
	disruptor_free(a.d);
	look(name);
}

static const char *write_image(uint8_t kind, struct input *in)
{
	static unsigned char bytes[IMAGE_MAX];
	size_t size = images[kind % KINDS].size;

	memcpy(bytes, images[kind % KINDS].bytes, size);
	/* Header or not, by turns. */
	edit(in, bytes, kind & 0x40 ? sizeof(struct disruptor_header) : size,
	     kind & 0x40 ? 0 : DISRUPTOR_PAGE, 4);
	if (kind & KIND_SIGNED)
		region_sign((void *)bytes);
	if ((kind & KIND_CUT) && in->size > 0)
		size -= in->data[0] * 50u % size;
	return region_write(bytes, size);
}

#ifdef DISRUPTOR_LIBFUZZER
static void remove_rings(void)
{
	test_teardown(NULL);
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const char *name;
	uint8_t kind;
	int i;

	if (size == 0)
		return 0;
	for (i = 0; i < KINDS && images[i].size == 0; i++)
		make_image(i);
	kind = *data;
	in.data++;
	in.size--;
	alarm(60);
	name = kind & KIND_RAW ? region_write(in.data, in.size) :
				 write_image(kind, &in);
	look(name);
	live(name, &in);
	alarm(0);
	return 0;
}

#ifdef DISRUPTOR_LIBFUZZER
/* What a run leaves behind when it is killed is named after its process. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fprintf(stderr, "pid: %ld\n", (long)getpid());
	atexit(remove_rings);
	return 0;
}
#else
/* Values that lie at edges, among others. */
static uint8_t some_byte(uint64_t *random)
{
	static const uint8_t edges[] = { 0, 1, 2, 3, 4, 0x7f, 0x80, 0xff };
	uint64_t x = test_random(random);

	return x % 4 == 0 ? (uint8_t)(x >> 8) : edges[x >> 8 & 7];
}

/* Places are random all over, values mostly edges. */
static size_t make_input(uint8_t *data, uint64_t *random)
{
	size_t size = 1 + test_random(random) % (ALONE_MAX - 1), i;

	for (i = 0; i < size; i++)
		data[i] = test_random(random) % 2 ?
				  some_byte(random) :
				  (uint8_t)test_random(random);
	if (test_random(random) % 8 != 0)
		data[0] &= (uint8_t)~KIND_RAW;
	return size;
}

static void own_inputs(void **state)
{
	uint64_t random = 20;
	uint8_t data[ALONE_MAX];
	int64_t i;

	(void)state;
	for (i = 0; i < scaled(ALONE_RUNS); i++)
		LLVMFuzzerTestOneInput(data, make_input(data, &random));
}

TEST_MAIN(TEST(own_inputs));
#endif
