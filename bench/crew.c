/* SPDX-License-Identifier: MIT */
#include "crew.h"

#include "cpu.h"
#include "event.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sample takes at most 200 ms; this long means that somebody is stuck. */
#define PATIENCE_S 30

#define PHASES 2

/*
 * All members join, one after the other, wait for each other, produce and
 * consume the warm-up's events, wait for each other, and do the same once more:
 * the second time counts. So no event of the first phase is left when the
 * second begins, and all memory has been touched.
 *
 * A consumer may be hosted: a thread of the system's own calls it, it has no
 * loop here. It has joined when the system is open, and comes to each further
 * meeting by bench_hosted_done(), which does not wait: those that follow it
 * wait for its events. There are no more of them before the meeting is over.
 */

static uint32_t members_of(const struct bench_run *run)
{
	return run->shape.consumers + run->shape.producers;
}

static uint32_t hosted_of(const struct bench_run *run)
{
	return run->system->hosts_consumers ? run->shape.consumers : 0;
}

/* --- memory --------------------------------------------------------------- */

static void *map(size_t size, int sharing)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    sharing | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		bench_fail("no memory: %m");
	return memory;
}

void *bench_map(const struct bench_run *run, size_t size)
{
	return map(size, run->shape.processes ? MAP_SHARED : MAP_PRIVATE);
}

void bench_unmap(void *memory, size_t size)
{
	munmap(memory, size);
}

struct bench_run *crew_run_new(void)
{
	return map(sizeof(struct bench_run), MAP_SHARED);
}

/* --- in a member ---------------------------------------------------------- */

static void wait_for(const struct bench_member *m, const uint32_t *word,
		     uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
		bench_wait(m);
}

/* Before each phase: latencies of the warm-up do not count. */
static void forget_latencies(struct bench_run *run, uint32_t phase)
{
	if (phase >= PHASES)
		return;
	memset(&run->latency, 0, sizeof(run->latency));
	memset(&run->blocks, 0, sizeof(run->blocks));
}

/* Returns which meeting this is; it is over when phase is past it. */
static uint32_t arrive(struct bench_member *m)
{
	struct bench_barrier *b = &m->run->barrier;
	uint32_t phase = __atomic_load_n(&b->phase, __ATOMIC_ACQUIRE);

	if (__atomic_sub_fetch(&b->left, 1, __ATOMIC_ACQ_REL) != 0)
		return phase;
	/* The last one: the others do not go on before phase moves. */
	forget_latencies(m->run, phase);
	__atomic_store_n(&b->left, members_of(m->run), __ATOMIC_RELAXED);
	__atomic_store_n(&b->phase, phase + 1, __ATOMIC_RELEASE);
	return phase;
}

static void meet(struct bench_member *m)
{
	uint32_t phase = arrive(m);

	wait_for(m, &m->run->barrier.phase, phase + 1);
}

static void verify(const struct bench_member *m)
{
	if (m->check.wrong != 0)
		bench_fail("%s %u: events were lost, repeated, out of order or "
			   "changed: bits %#llx",
			   m->is_producer ? "producer" : "consumer", m->stage,
			   (unsigned long long)m->check.wrong);
}

/* How often others took the CPU away from this thread. */
static long preemptions(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

static void work(struct bench_member *m, int phase)
{
	const struct bench_run *run = m->run;
	long preempted = preemptions();

	m->count = run->counts[phase];
	if (!m->is_producer)
		m->count *= run->shape.producers;
	m->began = bench_now();
	if (m->is_producer)
		run->system->produce(m);
	else
		run->system->consume(m);
	m->ended = bench_now();
	m->preempted = preemptions() - preempted;
	verify(m);
}

void bench_hosted_done(struct bench_member *m)
{
	m->ended = bench_now();
	m->preempted = preemptions() - m->preempted;
	verify(m);
	if (++m->hosted_phase < PHASES)
		m->hosted_target += m->run->counts[m->hosted_phase];
	arrive(m);
}

void bench_place(const struct bench_member *m)
{
	const struct bench_shape *shape = &m->run->shape;

	if (m->run->crowded)
		cpu_unpin();
	else
		cpu_pin(cpu_at((int)(m->is_producer ?
					     m->stage :
					     shape->producers + m->stage)));
}

static void serve(struct bench_member *m)
{
	struct bench_run *run = m->run;
	int phase;

	bench_place(m);
	wait_for(m, &run->turn, m->index);
	if (run->system->join != NULL)
		run->system->join(m);
	__atomic_store_n(&run->turn, m->index + 1, __ATOMIC_RELEASE);
	for (phase = 0; phase < PHASES; phase++) {
		meet(m);
		work(m, phase);
	}
	meet(m);
	if (run->system->leave != NULL)
		run->system->leave(m);
}

/* --- threads -------------------------------------------------------------- */

static void *serve_thread(void *m)
{
	serve(m);
	return NULL;
}

static void join_threads(const pthread_t *threads, uint32_t n)
{
	struct timespec deadline;
	uint32_t i;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE_S;
	for (i = 0; i < n; i++)
		if (pthread_timedjoin_np(threads[i], NULL, &deadline) != 0)
			bench_fail("a thread does not end");
}

static void run_threads(struct bench_run *run)
{
	pthread_t threads[BENCH_MEMBERS_MAX];
	uint32_t i, n = 0;

	for (i = hosted_of(run); i < members_of(run); i++)
		if (pthread_create(&threads[n++], NULL, serve_thread,
				   &run->members[i]) != 0)
			bench_fail("cannot start a thread");
	join_threads(threads, n);
}

/* --- processes ------------------------------------------------------------ */

static pid_t start_process(struct bench_member *m)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		bench_fail("cannot start a process: %m");
	if (pid != 0)
		return pid;
	/* Not later than its parent. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	serve(m);
	_exit(0);
}

static void wait_process(const sigset_t *child)
{
	struct timespec patience = { .tv_sec = PATIENCE_S };
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) == 0)
		if (sigtimedwait(child, NULL, &patience) < 0 && errno == EAGAIN)
			bench_fail("a process does not end");
	if (pid < 0 || status != 0)
		bench_fail("a process failed");
}

static void run_processes(struct bench_run *run)
{
	sigset_t child, before;
	uint32_t i;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	for (i = 0; i < members_of(run); i++)
		start_process(&run->members[i]);
	for (i = 0; i < members_of(run); i++)
		wait_process(&child);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* --- a sample ------------------------------------------------------------- */

static void prepare_member(struct bench_run *run, uint32_t index)
{
	struct bench_member *m = &run->members[index];
	uint64_t i;

	memset(m, 0, sizeof(*m));
	m->run = run;
	m->index = index;
	m->is_producer = index >= run->shape.consumers;
	m->stage = m->is_producer ? index - run->shape.consumers : index;
	m->value = (uint64_t)m->stage << BENCH_PRODUCER_SHIFT;
	m->hosted_target = run->counts[0];
	m->check.stage = m->stage;
	m->check.after = m->is_producer ? 0 : run->shape.after[m->stage];
	for (i = 0; i < BENCH_PRODUCERS_MAX; i++)
		m->check.next[i] = i << BENCH_PRODUCER_SHIFT;
}

static void prepare(struct bench_run *run)
{
	uint32_t i;

	run->crowded = members_of(run) > (uint32_t)cpu_count();
	run->turn = hosted_of(run);
	run->barrier.left = members_of(run) - hosted_of(run);
	run->barrier.phase = 0;
	run->word = 0;
	for (i = 0; i < members_of(run); i++)
		prepare_member(run, i);
}

static int64_t elapsed(const struct bench_run *run)
{
	int64_t began = INT64_MAX, ended = 0;
	uint32_t i;

	for (i = 0; i < members_of(run); i++) {
		const struct bench_member *m = &run->members[i];

		if (m->is_producer && m->began < began)
			began = m->began;
		if (m->ended > ended)
			ended = m->ended;
	}
	return ended - began;
}

int64_t crew_sample(struct bench_run *run)
{
	prepare(run);
	run->ring = run->system->open(run);
	if (run->ring == NULL)
		bench_fail("cannot open: %m");
	if (run->shape.processes)
		run_processes(run);
	else
		run_threads(run);
	run->system->close(run->ring);
	return elapsed(run);
}

long crew_preempted(const struct bench_run *run)
{
	long sum = 0;
	uint32_t i;

	for (i = 0; i < members_of(run); i++)
		sum += run->members[i].preempted;
	return run->crowded ? 0 : sum;
}
