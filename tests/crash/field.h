/* SPDX-License-Identifier: MIT */
/* Birth and death of those who take part in a storm. */
#ifndef CRASH_FIELD_H
#define CRASH_FIELD_H

#include "roles.h"

#define PACE_US 1200
#define ROLES 16
#define ZOMBIES 32

struct seat {
	struct role role;
	pid_t pid;
};

struct field {
	struct storm *storm;
	struct disruptor *d;
	struct seat seats[ROLES]; /* of those who are killed */
	int count;
	pid_t witnesses[STORM_WITNESSES], survivor;
	siginfo_t dead;
	pid_t zombies[ZOMBIES]; /* dead, but not waited for yet */
	int zombie_count;
	uint64_t random;
};

static int64_t killed[ROLE_KINDS]; /* in all storms */

static inline uint64_t chance(struct field *f, uint64_t n)
{
	return (test_random(&f->random) >> 20) % n;
}

/* --- birth --- */

static inline pid_t bear(struct storm *storm, enum role_kind kind,
			 uint32_t index, void (*life)(void *))
{
	struct role role = { storm, kind, index, 0 };

	if (kind == PRODUCES)
		role.life = storm->lives[index]++;
	return child_start(life, &role);
}

static inline void take_seat(struct field *f, enum role_kind kind,
			     uint32_t index)
{
	struct seat *seat = &f->seats[f->count++];

	seat->role = (struct role){ f->storm, kind, index, 0 };
	seat->pid = bear(f->storm, kind, index, role_lives[kind]);
}

/* One that dies as soon as the ring is there. */
static inline void create_and_die(void *argument)
{
	const struct disruptor_options *options = argument;

	CHECK(disruptor_create_shared(ring_name(), options) != NULL);
	raise(SIGKILL);
}

static inline void make_ring(struct field *f, const struct flavour *flavour,
			     size_t capacity)
{
	struct disruptor_options options = {
		.size = sizeof(options),
		.event_size = sizeof(struct book_event),
		.capacity = capacity,
		.producer_type = flavour->producer_type,
		.slot_layout = flavour->slot_layout,
		.consumers_max = 12,
		.producers_max = flavour_multi(flavour) ? 8 : 0
	};
	int status;
	pid_t pid;

	ring_new_name();
	pid = child_start(create_and_die, &options);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	f->d = ATTACH(ring_name());
	snprintf(f->storm->name, RING_NAME_SIZE, "%s", ring_name());
	snprintf(f->storm->other, RING_NAME_SIZE, "%.40s.other", ring_name());
}

/* In an order in which everybody finds whom it follows. */
static inline void start_consumers(struct field *f)
{
	struct storm *storm = f->storm;
	uint32_t i;

	for (i = 0; i < STORM_NAMED; i++) {
		reader_from_start(&storm->journal[i][0].reader,
				  (int32_t)(STORM_WITNESSES + i));
		storm->journal[i][1].sequence = -1;
	}
	take_seat(f, NAMED, 0);
	wait_for_u32(&storm->joined[0], 1);
	for (i = 0; i < STORM_WITNESSES; i++) {
		f->witnesses[i] = bear(storm, NAMED, i, storm_witness);
		wait_for_u32(&storm->joined[STORM_NAMED + i], 1);
	}
	take_seat(f, NAMED, 1);
	wait_for_u32(&storm->joined[1], 1);
	take_seat(f, ANONYMOUS, 0);
	take_seat(f, ANONYMOUS, 1);
	take_seat(f, ATTACHES, 0);
	take_seat(f, CREATES, 0);
}

static inline void start_producers(struct field *f)
{
	uint32_t i;

	for (i = 0; i < (f->storm->multi ? STORM_PRODUCERS : 1); i++)
		take_seat(f, PRODUCES, i);
	if (f->storm->multi)
		f->survivor =
			bear(f->storm, PRODUCES, STORM_SURVIVOR, storm_produce);
}

/* --- death --- */

/* Most of those who die are producers: they alone can leave a gap. */
static inline struct seat *choose(struct field *f)
{
	uint64_t n = chance(f, 100);
	enum role_kind kind = n < 55 ? PRODUCES :
			      n < 70 ? NAMED :
			      n < 85 ? ANONYMOUS :
			      n < 95 ? ATTACHES :
				       CREATES;
	struct seat *seat;

	do
		seat = &f->seats[chance(f, (uint64_t)f->count)];
	while (seat->role.kind != kind);
	return seat;
}

static inline void wait_for_death(struct field *f, pid_t pid, bool leave_it)
{
	siginfo_t info = { 0 };

	CHECK_EQ(waitid(P_PID, (id_t)pid, &info,
			WEXITED | (leave_it ? WNOWAIT : 0)),
		 0);
	if (info.si_code == CLD_EXITED)
		CHECK_EQ(info.si_status, 0);
	else
		CHECK_EQ(info.si_status, SIGKILL);
	if (leave_it)
		f->zombies[f->zombie_count++] = pid;
}

static inline void bury_all(struct field *f)
{
	while (f->zombie_count > 0)
		CHECK(waitpid(f->zombies[--f->zombie_count], NULL, 0) > 0);
}

static inline uint32_t was_in_window(const struct storm *storm, uint32_t slot)
{
	return storm->book.life[slot][storm->lives[slot] - 1].window;
}

/* Some are stopped for a while first, some stay unburied. */
static inline void kill_one(struct field *f, struct seat *seat)
{
	struct tally *tally = &f->storm->book.tally;
	uint32_t index = seat->role.index;

	if (chance(f, 16) == 0) {
		CHECK_EQ(kill(seat->pid, SIGSTOP), 0);
		usleep((useconds_t)chance(f, 2000));
	}
	CHECK_EQ(kill(seat->pid, SIGKILL), 0);
	wait_for_death(f, seat->pid,
		       f->zombie_count < ZOMBIES && chance(f, 8) == 0);
	killed[seat->role.kind]++;
	tally->kills++;
	if (seat->role.kind == PRODUCES)
		tally->in_window += was_in_window(f->storm, index);
	seat->pid = bear(f->storm, seat->role.kind, index,
			 role_lives[seat->role.kind]);
}

/* Who is held up by the dead looks after them a millisecond later. */
static inline void kill_a_recoverer(struct field *f)
{
	struct seat *seat;

	usleep((useconds_t)(900 + chance(f, 600)));
	do
		seat = &f->seats[chance(f, (uint64_t)f->count)];
	while (seat->role.kind != NAMED && seat->role.kind != ANONYMOUS);
	kill_one(f, seat);
}

static inline void kill_many(struct field *f, int64_t kills)
{
	const struct tally *tally = &f->storm->book.tally;

	while (tally->kills < kills && tally->stuck == 0) {
		struct seat *seat = choose(f);

		usleep((useconds_t)chance(f, PACE_US));
		kill_one(f, seat);
		if (seat->role.kind == PRODUCES && chance(f, 8) == 0)
			kill_a_recoverer(f);
	}
}

#endif
