/* SPDX-License-Identifier: MIT */
/* event_processor.h: what a processor may be told, and what is refused. */
#include <ring.h>

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)event;
	(void)sequence;
	(void)end_of_batch;
	disruptor_fetch_add_u32(context, 1);
}

static int ignore_well(void *context, void *event, int64_t sequence,
		       bool end_of_batch)
{
	ignore(context, event, sequence, end_of_batch);
	return 0;
}

static void ignore_batch(void *context, const struct disruptor_batch *batch)
{
	disruptor_fetch_add_u32(context, (uint32_t)batch->count);
}

/* Refused with that error, which sticks until start reports it. */
static void check_refused(const struct disruptor_processor_options *options,
			  int error, const char *file, int line)
{
	const struct flavour *flavour = &flavours[0];
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_processor *p;

	errno = 0;
	p = disruptor_handle_events_opts(d, options);
	test_check_null(p, error, "a processor", file, line);
	test_check(disruptor_error()[0] != '\0', "a reason", file, line);
	test_check_eq(disruptor_consumer_count(d), 0, "consumers", file, line);
	test_check_eq(disruptor_start(d), -error, "start", file, line);
	disruptor_free(d);
}

static void check_taken(const struct disruptor_processor_options *options,
			const char *file, int line)
{
	const struct flavour *flavour = &flavours[0];
	struct disruptor *d = RING(flavour, .capacity = 8);

	test_check(disruptor_handle_events_opts(d, options) != NULL,
		   "a processor", file, line);
	test_check_eq(disruptor_start(d), 0, "start", file, line);
	disruptor_free(d);
}

#define REFUSED(error, ...)                                                    \
	check_refused(DISRUPTOR_PROCESSOR_OPTIONS(__VA_ARGS__), error,         \
		      __FILE__, __LINE__)
#define TAKEN(...)                                                             \
	check_taken(DISRUPTOR_PROCESSOR_OPTIONS(__VA_ARGS__), __FILE__,        \
		    __LINE__)

/* LMAX: shouldThrowExceptionOnSettingNullExceptionHandler and its like. */
static void one_form_of_three(void **state)
{
	uint32_t n = 0;

	(void)state;
	REFUSED(EINVAL, .context = &n);
	REFUSED(EINVAL, .on_event = ignore, .on_batch = ignore_batch);
	REFUSED(EINVAL, .on_event = ignore, .on_event_or_error = ignore_well);
	REFUSED(EINVAL, .on_batch = ignore_batch,
		.on_event_or_error = ignore_well);
	TAKEN(.on_event = ignore, .context = &n);
	TAKEN(.on_batch = ignore_batch, .context = &n);
	TAKEN(.on_event_or_error = ignore_well, .context = &n);
}

static void each_form_gets_the_events(const struct flavour *flavour)
{
	const struct disruptor_processor_options forms[] = {
		{ .on_event = ignore },
		{ .on_batch = ignore_batch },
		{ .on_event_or_error = ignore_well },
	};
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_processor_options o;
	uint32_t n[3] = { 0 };
	int i;

	for (i = 0; i < 3; i++) {
		o = forms[i];
		o.size = sizeof(o);
		o.context = &n[i];
		CHECK(disruptor_handle_events_opts(d, &o) != NULL);
	}
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(n[i], 5);
	disruptor_free(d);
}

static void error_policies(void **state)
{
	uint32_t n = 0;

	(void)state;
	REFUSED(EINVAL, .on_event_or_error = ignore_well,
		.on_error = (enum disruptor_on_error)4);
	REFUSED(EINVAL, .on_event_or_error = ignore_well,
		.on_error = (enum disruptor_on_error)-1);
	/* LMAX: shouldNotAllowNullBatchRewindStrategy */
	REFUSED(EINVAL, .on_event_or_error = ignore_well,
		.on_error = DISRUPTOR_ON_ERROR_CALL);
	TAKEN(.on_event_or_error = ignore_well, .context = &n,
	      .on_error = DISRUPTOR_ON_ERROR_SKIP);
	TAKEN(.on_event_or_error = ignore_well, .context = &n,
	      .on_error = DISRUPTOR_ON_ERROR_RETRY, .retry_max = 3,
	      .retry_pause_ns = 1);
}

static void bad_numbers(void **state)
{
	(void)state;
	REFUSED(EINVAL, .on_event = ignore, .timeout_ns = -1);
	REFUSED(EINVAL, .on_event = ignore, .retry_pause_ns = -1);
	REFUSED(EINVAL, .on_event = ignore, .retry_pause_ns = INT64_MIN);
	REFUSED(EINVAL, .on_event = ignore, .batch_max = -1);
	REFUSED(EINVAL, .on_event = ignore,
		.start = (enum disruptor_start_at)2);
	REFUSED(EINVAL, .on_event = ignore,
		.wait_strategy = (enum disruptor_wait_strategy)99);
	REFUSED(EINVAL, .on_event = ignore, .wait_spin_ns = -1,
		.wait_strategy = DISRUPTOR_WAIT_YIELDING);
	REFUSED(EINVAL, .on_event = ignore, .wait_sleep_ns = -1,
		.wait_strategy = DISRUPTOR_WAIT_SLEEPING);
}

static void consumer_names(void **state)
{
	char name[65];
	uint32_t n = 0;

	(void)state;
	memset(name, 'x', 64);
	name[64] = '\0';
	REFUSED(EINVAL, .on_event = ignore, .name = "");
	REFUSED(ENAMETOOLONG, .on_event = ignore, .name = name);
	REFUSED(ENOENT, .on_event = ignore,
		.upstream = DISRUPTOR_AFTER_NAMES("nobody"));
	REFUSED(EINVAL, .on_event = ignore, .after = DISRUPTOR_AFTER(NULL));
	TAKEN(.on_event = ignore, .context = &n, .name = &name[1]);
}

static void size_first(void **state)
{
	struct {
		struct disruptor_processor_options known;
		unsigned char more[16];
	} o = { .known = { .on_event = ignore } };
	uint32_t n = 0;

	(void)state;
	o.known.context = &n;
	check_refused(NULL, EINVAL, __FILE__, __LINE__);
	check_refused(&o.known, EINVAL, __FILE__, __LINE__);
	o.known.size = sizeof(o.known) - 1;
	check_refused(&o.known, EINVAL, __FILE__, __LINE__);
	o.known.size = sizeof(o);
	check_taken(&o.known, __FILE__, __LINE__);
	o.more[7] = 1;
	check_refused(&o.known, E2BIG, __FILE__, __LINE__);
}

static void bad_thread_names_and_cpus(void **state)
{
	static const char *const bad[] = { "",	"x",	"0,",  ",0",  "-1",
					   "0-", "3-2", "0x1", "0;1", "1024",
					   "0-99999999999999999999" };
	char digits[600];
	size_t i;

	(void)state;
	REFUSED(ENAMETOOLONG, .on_event = ignore,
		.thread_name = "sixteen-bytes-xx");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED(EINVAL, .on_event = ignore, .cpus = bad[i]);
	for (i = 0; i < sizeof(digits) - 2; i += 2)
		memcpy(&digits[i], "0,", 2);
	memcpy(&digits[sizeof(digits) - 2], "0", 2);
	REFUSED(EINVAL, .on_event = ignore, .cpus = digits);
}

TEST_MAIN(TEST(one_form_of_three), TEST_EACH(each_form_gets_the_events),
	  TEST(error_policies), TEST(bad_numbers), TEST(consumer_names),
	  TEST(size_first), TEST(bad_thread_names_and_cpus));
