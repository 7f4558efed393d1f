/* SPDX-License-Identifier: MIT */
/*
 * Peers in other name spaces of process ids, of time and of users share a ring
 * by its file. None of them is taken for dead, and the dead are seen from both
 * sides. Where the kernel makes no such name space, the test says so.
 */
#include "claimants.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

struct space {
	const char *name;
	int flag;
	const char *file; /* to be written once it is there */
	const char *text;
};

static const struct space spaces[] = {
	{ "processes", CLONE_NEWPID, NULL, NULL },
	{ "time", CLONE_NEWTIME, "/proc/self/timens_offsets",
	  "monotonic 1000000 0\nboottime 1000000 0\n" },
	{ "users", CLONE_NEWUSER, NULL, NULL },
	{ "users and processes", CLONE_NEWUSER | CLONE_NEWPID, NULL, NULL },
};

#define SPACES (sizeof(spaces) / sizeof(spaces[0]))

static bool enter(const struct space *space)
{
	int fd;
	ssize_t n;

	if (unshare(space->flag) != 0)
		return false;
	if (space->file == NULL)
		return true;
	fd = open(space->file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = write(fd, space->text, strlen(space->text));
	close(fd);
	return n == (ssize_t)strlen(space->text);
}

struct guest {
	struct scene *s;
	const struct space *space;
	void (*run)(void *);
	uint32_t refused;
};

/* Only its children are in the new name space. */
static void host(void *argument)
{
	struct guest *guest = argument;

	if (!enter(guest->space)) {
		disruptor_store_seq_cst_u32(&guest->refused, 1);
		return;
	}
	guest->s->pid = child_start(guest->run, guest->s);
	CHILD_JOIN(guest->s->pid);
}

static struct guest *guest_start(struct scene *s, const struct space *space,
				 void (*run)(void *), pid_t *pid)
{
	struct guest *guest = shared_alloc(sizeof(*guest));

	*guest = (struct guest){ s, space, run, 0 };
	*pid = child_start(host, guest);
	while (disruptor_load_acquire_u32(&s->there) == 0 &&
	       disruptor_load_acquire_u32(&guest->refused) == 0)
		pause_ms(1);
	return guest;
}

static bool guest_refused(struct guest *guest, pid_t pid)
{
	if (!guest->refused)
		return false;
	print_message("  skipped: no name space of %s here\n",
		      guest->space->name);
	CHILD_JOIN(pid);
	return true;
}

/* The claimant is over there, the survivor here. */
static void claims_over_there(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < SPACES; i++) {
		struct scene *s = scene_new(flavour);
		struct guest *guest;
		pid_t pid;

		guest = guest_start(s, &spaces[i], claim_and_let_happen, &pid);
		if (!guest_refused(guest, pid)) {
			claim_stays(s);
			/* Its parent's death is its own: see child_start(). */
			CHECK(child_kill(pid));
			claim_becomes_gaps(s);
		}
		shared_free(guest, sizeof(*guest));
		scene_free(s);
	}
}

static void publishes_over_there(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < SPACES; i++) {
		struct scene *s = scene_new(flavour);
		struct guest *guest;
		pid_t pid;

		guest = guest_start(s, &spaces[i], claim_and_let_happen, &pid);
		if (!guest_refused(guest, pid)) {
			claim_is_published(s);
			CHECK(child_kill(pid));
		}
		shared_free(guest, sizeof(*guest));
		scene_free(s);
	}
}

/* The claimant is here, and over there somebody waits for it. */
static void survive(void *argument)
{
	struct scene *s = argument;

	s->d = ATTACH(s->name);
	s->poller = POLLER(s->d, NULL);
	claim_stays(s);
	disruptor_fetch_add_u32(&s->there, 1);
	wait_for_u32(&s->publish, 1);
	claim_becomes_gaps(s);
	disruptor_free(s->d);
}

static void survives_over_there(const struct flavour *flavour)
{
	size_t i;

	for (i = 0; i < SPACES; i++) {
		struct scene *s = scene_new(flavour), *theirs;
		struct guest *guest;
		pid_t pid, claimant;

		scene_start(s, NULL);
		claimant = s->pid;
		disruptor_poller_free(s->poller);
		theirs = shared_alloc(sizeof(*theirs));
		memcpy(theirs->name, s->name, sizeof(s->name));
		guest = guest_start(theirs, &spaces[i], survive, &pid);
		CHECK(child_kill(claimant));
		if (!guest_refused(guest, pid)) {
			disruptor_store_seq_cst_u32(&theirs->publish, 1);
			CHILD_JOIN(pid);
		}
		shared_free(guest, sizeof(*guest));
		shared_free(theirs, sizeof(*theirs));
		scene_free(s);
	}
}

/* --- process ids that come again --- */

struct reuse {
	struct scene *s;
	uint32_t refused, reused;
	pid_t first, second; /* as they are called in there */
};

static void claim_and_die(void *argument)
{
	struct reuse *reuse = argument;
	struct disruptor_producer *p = PRODUCER(ATTACH(reuse->s->name));

	reuse->first = getpid();
	CHECK_EQ(disruptor_claim_n(p, CLAIM), CLAIM);
	raise(SIGKILL);
}

/* Alive, with the name of the dead and a place in the same ring. */
static void live(void *argument)
{
	struct reuse *reuse = argument;

	reuse->second = getpid();
	POLLER(ATTACH(reuse->s->name), "the living");
	disruptor_store_seq_cst_u32(&reuse->s->there, 1);
	for (;;)
		pause();
}

static bool next_process_is(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = dprintf(fd, "%d", (int)pid - 1) > 0;
	close(fd);
	return ok;
}

static void first_of_its_space(void *argument)
{
	struct reuse *reuse = argument;
	pid_t pid = child_start(claim_and_die, reuse);

	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	if (!next_process_is(pid)) {
		disruptor_store_seq_cst_u32(&reuse->refused, 1);
		return;
	}
	child_start(live, reuse);
	for (;;)
		pause();
}

static void make_space(void *argument)
{
	struct reuse *reuse = argument;

	if (unshare(CLONE_NEWPID) != 0)
		disruptor_store_seq_cst_u32(&reuse->refused, 1);
	else
		CHILD_JOIN(child_start(first_of_its_space, reuse));
}

static void names_of_the_dead(const struct flavour *flavour)
{
	struct reuse *reuse = shared_alloc(sizeof(*reuse));
	struct scene *s = scene_new(flavour);
	pid_t pid;

	reuse->s = s;
	pid = child_start(make_space, reuse);
	while (disruptor_load_acquire_u32(&s->there) == 0 &&
	       disruptor_load_acquire_u32(&reuse->refused) == 0)
		pause_ms(1);
	if (reuse->refused) {
		print_message("  skipped: cannot choose a process id here\n");
		CHILD_JOIN(pid);
	} else {
		CHECK_EQ(reuse->first, reuse->second);
		claim_becomes_gaps(s);
		CHECK_EQ(disruptor_consumer_count(s->d), 2);
		CHECK(child_kill(pid));
	}
	scene_free(s);
	shared_free(reuse, sizeof(*reuse));
}

TEST_MAIN(TEST_SOME(claims_over_there, claimants_want),
	  TEST_SOME(publishes_over_there, claimants_want),
	  TEST_SOME(survives_over_there, claimants_want),
	  TEST_SOME(names_of_the_dead, claimants_want));
