/* SPDX-License-Identifier: MIT */
/*
 * LMAX Disruptor, in a Java virtual machine within this process: the harness's
 * threads, pinned and timed as for all, call LmaxPeer.java. Its consumers are
 * BatchEventProcessors. Events are Java objects; those of 8, 16 and 32 bytes
 * are measured.
 */
#include "event.h"
#include "open_loop.h"

#include <dlfcn.h>
#include <jni.h>
#include <stdlib.h>
#include <string.h>

/* The first sample of a shape: until the compiler has done its best. */
#define WARM_UP_STREAM 3000000
#define WARM_UP_ROUND_TRIPS 300000

static JavaVM *vm;
static jclass peer; /* of all threads */

static void check(JNIEnv *env)
{
	if (!(*env)->ExceptionCheck(env))
		return;
	(*env)->ExceptionDescribe(env);
	bench_fail("LMAX: an exception");
}

static jmethodID method(JNIEnv *env, const char *name, const char *signature)
{
	jmethodID id = (*env)->GetStaticMethodID(env, peer, name, signature);

	check(env);
	return id;
}

#define CALL(env, kind, name, signature, ...)                                  \
	(*(env))->CallStatic##kind##Method(                                    \
		env, peer, method(env, name, signature), __VA_ARGS__)

/* --- the virtual machine -------------------------------------------------- */

static JNIEnv *start_machine(void)
{
	static JavaVMOption options[] = {
		{ "-Djava.class.path=" LMAX_CLASS_PATH, NULL },
		{ "-Xrs", NULL }, /* signals stay the harness's */
		{ "-Xms512m", NULL },
		{ "-XX:+UseSerialGC", NULL },
		{ "-XX:-UsePerfData", NULL },
	};
	JavaVMInitArgs arguments = { JNI_VERSION_1_8,
				     sizeof(options) / sizeof(options[0]),
				     options, JNI_FALSE };
	void *library = dlopen(LMAX_JVM, RTLD_NOW);
	jint (*create)(JavaVM **, void **, void *);
	void *symbol, *env;

	if (library == NULL)
		bench_fail("%s", dlerror());
	symbol = dlsym(library, "JNI_CreateJavaVM");
	memcpy(&create, &symbol, sizeof(create));
	if (create == NULL || create(&vm, &env, &arguments) != JNI_OK)
		bench_fail("no Java virtual machine");
	return env;
}

static JNIEnv *environment(void)
{
	void *env;

	if (vm == NULL) {
		JNIEnv *first = start_machine();
		jclass local = (*first)->FindClass(first, "LmaxPeer");

		check(first);
		peer = (*first)->NewGlobalRef(first, local);
		return first;
	}
	if ((*vm)->GetEnv(vm, &env, JNI_VERSION_1_8) != JNI_OK &&
	    (*vm)->AttachCurrentThread(vm, &env, NULL) != JNI_OK)
		bench_fail("Java does not take this thread");
	return env;
}

static void leave(struct bench_member *m)
{
	(void)m;
	(*vm)->DetachCurrentThread(vm);
}

static void join(struct bench_member *m)
{
	m->handle = environment();
}

/* --- opening -------------------------------------------------------------- */

/* Longer the first time that something of this kind is measured. */
static void warm_up_first(struct bench_run *run, uint64_t events)
{
	static bool known[BENCH_OPEN_LOOP + 1][BENCH_PRODUCERS_MAX + 1]
			 [BENCH_CONSUMERS_MAX + 1][BENCH_BATCH_MAX + 1];
	const struct bench_shape *s = &run->shape;
	bool *is_known = &known[run->system->kind][s->producers][s->consumers]
			       [s->batch];

	if (!*is_known)
		run->counts[0] += events / s->batch * s->batch;
	*is_known = true;
}

static void open_graph(JNIEnv *env, const struct bench_run *run)
{
	jintArray after = (*env)->NewIntArray(env, BENCH_CONSUMERS_MAX);
	jint masks[BENCH_CONSUMERS_MAX];
	int i;

	for (i = 0; i < BENCH_CONSUMERS_MAX; i++)
		masks[i] = (jint)run->shape.after[i];
	(*env)->SetIntArrayRegion(env, after, 0, BENCH_CONSUMERS_MAX, masks);
	CALL(env, Void, "openGraph", "(I[IZ)V", (jint)run->shape.capacity,
	     after, (jboolean)run->crowded);
	(*env)->DeleteLocalRef(env, after);
}

static void *open_stream(struct bench_run *run)
{
	JNIEnv *env = environment();

	if (run->shape.event_size == BENCH_MARKED_SIZE)
		open_graph(env, run);
	else
		CALL(env, Void, "openStream", "(IIIZ)V",
		     (jint)run->shape.capacity, (jint)run->shape.producers,
		     (jint)run->shape.consumers, (jboolean)run->crowded);
	check(env);
	warm_up_first(run, WARM_UP_STREAM);
	return run;
}

static void *open_round_trip(struct bench_run *run)
{
	JNIEnv *env = environment();

	CALL(env, Void, "openRoundTrip", "(I)V", (jint)run->shape.capacity);
	check(env);
	warm_up_first(run, WARM_UP_ROUND_TRIPS);
	return run;
}

static uint32_t stride_of(const struct bench_run *run)
{
	return run->shape.rate <= OPEN_LOOP_STAMP_ALL ? 1 : OPEN_LOOP_STRIDE;
}

static void *open_timed(struct bench_run *run)
{
	JNIEnv *env = environment();

	CALL(env, Void, "openTimed", "(II)V", (jint)run->shape.capacity,
	     (jint)stride_of(run));
	check(env);
	warm_up_first(run, WARM_UP_ROUND_TRIPS);
	return run;
}

static void close_nothing(void *ring)
{
	(void)ring;
}

/* --- streams -------------------------------------------------------------- */

static void produce(struct bench_member *m)
{
	JNIEnv *env = m->handle;
	bool marked = m->run->shape.event_size == BENCH_MARKED_SIZE;

	CALL(env, Void, marked ? "produceMarked" : "produce", "(JJI)V",
	     (jlong)m->value, (jlong)m->count, (jint)m->run->shape.batch);
	check(env);
	m->value += m->count;
}

static void consume(struct bench_member *m)
{
	JNIEnv *env = m->handle;

	m->check.wrong |= (uint64_t)CALL(env, Long, "consume", "(IJ)J",
					 (jint)m->stage, (jlong)m->count);
	check(env);
}

/* --- latencies ------------------------------------------------------------ */

/* Java counts nanoseconds, the harness ticks. */
static void record(struct histogram *h, const jlong *ns, jsize n)
{
	jsize i;

	for (i = 0; i < n; i++)
		histogram_record(
			h, (int64_t)((double)ns[i] / bench_ns_per_tick()), 1);
}

static jlong *copy_of(JNIEnv *env, jlongArray array, jsize *n)
{
	jlong *copy;

	check(env);
	*n = (*env)->GetArrayLength(env, array);
	copy = malloc((size_t)*n * sizeof(*copy) + 1);
	if (copy == NULL)
		bench_fail("no memory");
	(*env)->GetLongArrayRegion(env, array, 0, *n, copy);
	(*env)->DeleteLocalRef(env, array);
	return copy;
}

#define BLOCK 32

static void ping(struct bench_member *m)
{
	JNIEnv *env = m->handle;
	jsize n, blocks = (jsize)(m->count / (2 * BLOCK));
	jlong *took = copy_of(env,
			      CALL(env, Object, "ping", "(JJ)[J",
				   (jlong)m->value, (jlong)m->count),
			      &n);

	m->run->block = BLOCK;
	record(&m->run->blocks, took, blocks);
	record(&m->run->latency, took + blocks, n - 1 - blocks);
	m->check.wrong |= (uint64_t)took[n - 1];
	m->value += m->count;
	free(took);
}

static void pong(struct bench_member *m)
{
	JNIEnv *env = m->handle;

	m->check.wrong |= (uint64_t)CALL(env, Long, "pong", "(JJ)J",
					 (jlong)m->value, (jlong)m->count);
	m->value += m->count;
	check(env);
}

static void produce_timed(struct bench_member *m)
{
	JNIEnv *env = m->handle;

	CALL(env, Void, "produceTimed", "(JJD)V", (jlong)m->value,
	     (jlong)m->count, 1e3 / m->run->shape.rate);
	check(env);
	m->value += m->count;
}

static void consume_timed(struct bench_member *m)
{
	JNIEnv *env = m->handle;
	jlong *late;
	jsize n;

	consume(m);
	late = copy_of(env, CALL(env, Object, "late", "()[J", 0), &n);
	record(&m->run->latency, late, n);
	free(late);
}

/* --- the systems ---------------------------------------------------------- */

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	return !shape->processes && (shape->event_size == 8 ||
				     shape->event_size == BENCH_MARKED_SIZE);
}

#define LMAX(object, what, opening, producing, consuming)                      \
	static const struct bench_system object = {                            \
		.name = "LMAX",                                                \
		.kind = what,                                                  \
		.fits = fits,                                                  \
		.open = opening,                                               \
		.close = close_nothing,                                        \
		.join = join,                                                  \
		.leave = leave,                                                \
		.produce = producing,                                          \
		.consume = consuming,                                          \
	};                                                                     \
	BENCH_SYSTEM(object)

LMAX(lmax_stream, BENCH_STREAM, open_stream, produce, consume);
LMAX(lmax_round_trip, BENCH_ROUND_TRIP, open_round_trip, ping, pong);

static bool fits_timed(const struct bench_system *system,
		       const struct bench_shape *shape)
{
	(void)system;
	return !shape->processes;
}

static const struct bench_system lmax_open_loop = {
	.name = "LMAX",
	.kind = BENCH_OPEN_LOOP,
	.fits = fits_timed,
	.open = open_timed,
	.close = close_nothing,
	.join = join,
	.leave = leave,
	.produce = produce_timed,
	.consume = consume_timed,
};
BENCH_SYSTEM(lmax_open_loop);
