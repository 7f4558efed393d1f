/* SPDX-License-Identifier: MIT */
/* event_processor.h: the name of a processor's thread, and where it runs. */
#include <ring.h>

#include <dirent.h>
#include <sched.h>

#define NO_CPU 1023

struct thread_seen {
	char name[16];
	cpu_set_t cpus;
	uint32_t started;
	uint32_t ended;
	uint32_t handled;
};

static int look_around(void *context)
{
	struct thread_seen *s = context;

	pthread_getname_np(pthread_self(), s->name, sizeof(s->name));
	CHECK_EQ(sched_getaffinity(0, sizeof(s->cpus), &s->cpus), 0);
	disruptor_fetch_add_u32(&s->started, 1);
	return 0;
}

static void note_end(void *context)
{
	((struct thread_seen *)context)->ended++;
}

static void note_event(void *context, void *event, int64_t sequence,
		       bool end_of_batch)
{
	(void)event;
	(void)sequence;
	(void)end_of_batch;
	((struct thread_seen *)context)->handled++;
}

#define LOOKING(d, s, ...)                                                     \
	CHECK(disruptor_handle_events_opts(                                    \
		      d, DISRUPTOR_PROCESSOR_OPTIONS(                          \
				 .on_event = note_event, .context = (s),       \
				 .on_start = look_around,                      \
				 .on_shutdown = note_end, __VA_ARGS__)) !=     \
	      NULL)

static int first_allowed_cpu(void)
{
	cpu_set_t set;
	int i = 0;

	CHECK_EQ(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET((size_t)i, &set))
		i++;
	return i;
}

static void name_and_cpus_are_set(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	char name[] = "fifteen-bytes-x", cpus[16];
	struct thread_seen a = { .started = 0 }, b = { .started = 0 };
	int cpu = first_allowed_cpu();

	snprintf(cpus, sizeof(cpus), "%d", cpu);
	LOOKING(d, &a, .thread_name = name, .cpus = cpus);
	LOOKING(d, &b, .name = NULL);
	/* The strings were copied. */
	memset(name, '?', sizeof(name));
	memset(cpus, '?', sizeof(cpus));
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_STR(a.name, "fifteen-bytes-x");
	CHECK_EQ(CPU_COUNT(&a.cpus), 1);
	CHECK(CPU_ISSET((size_t)cpu, &a.cpus));
	CHECK(strcmp(b.name, a.name) != 0);
	disruptor_free(d);
	CHECK_EQ(a.ended, 1);
	CHECK_EQ(b.ended, 1);
}

static int threads_of_this_process(void)
{
	DIR *directory = opendir("/proc/self/task");
	int n = 0;

	CHECK(directory != NULL);
	while (readdir(directory) != NULL)
		n++;
	closedir(directory);
	return n;
}

/* It is known at start only which CPUs there are. */
static void cpu_that_does_not_exist(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct thread_seen s[3] = { { .started = 0 } };
	int i, threads = threads_of_this_process();

	if (sysconf(_SC_NPROCESSORS_CONF) > NO_CPU)
		skip();
	for (i = 0; i < 3; i++)
		LOOKING(d, &s[i], .cpus = i == 1 ? "1023" : NULL);
	PUT(p, 1);
	CHECK_ERROR(disruptor_start(d), EINVAL);
	CHECK(strstr(disruptor_error(), "1023") != NULL);
	/* Fewer, when one of another test had not quite ended before. */
	while (threads_of_this_process() > threads)
		pause_ms(1);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(s[i].handled, 0);
		CHECK_EQ(s[i].started, i == 1 ? 0 : 1);
		CHECK_EQ(s[i].ended, s[i].started);
	}
	CHECK_ERROR(disruptor_start(d), EINVAL);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(name_and_cpus_are_set),
	  TEST_EACH(cpu_that_does_not_exist));
