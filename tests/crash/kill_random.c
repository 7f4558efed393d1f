/* SPDX-License-Identifier: MIT */
/*
 * Participants of all kinds are killed at random under load, KILLS times, over
 * rings of all shapes; each is born again at once. See storm.h for who takes
 * part, and books.h for how it is known what must come.
 */
#include "field.h"

#define KILLS 1500
#define KILLS_IN_A_STORM 250
#define KILLS_IN_A_STORM_LEAST 40

static struct tally sum;
static int64_t storms, evicted;

/* --- the end --- */

static void end_storm(struct field *f)
{
	int i;

	disruptor_fetch_add_u32(&f->storm->stop, 1);
	for (i = 0; i < f->count; i++)
		if (f->seats[i].role.kind != NAMED &&
		    f->seats[i].role.kind != ANONYMOUS)
			wait_for_death(f, f->seats[i].pid, false);
	if (f->survivor != 0)
		wait_for_death(f, f->survivor, false);
	CHECK_EQ(disruptor_close(f->d), 0);
	for (i = 0; i < f->count; i++)
		if (f->seats[i].role.kind == NAMED ||
		    f->seats[i].role.kind == ANONYMOUS)
			wait_for_death(f, f->seats[i].pid, false);
	for (i = 0; i < STORM_WITNESSES; i++)
		wait_for_death(f, f->witnesses[i], false);
	bury_all(f);
}

static void fault(struct storm *storm, const char *what)
{
	storm->book.tally.lost++;
	fprintf(stderr, "%s (%s)\n", what, test_where);
}

static void compare_rows(struct storm *storm)
{
	int row;

	for (row = 1; row < BOOK_ROWS; row++)
		if (memcmp(storm->book.got[0], storm->book.got[row],
			   sizeof(storm->book.got[0])) != 0)
			fault(storm, "consumers disagree");
}

static int64_t delivered_to_each(const struct storm *storm)
{
	int64_t n = 0;
	uint32_t slot, life;

	for (slot = 0; slot < BOOK_SLOTS; slot++)
		for (life = 0; life < storm->lives[slot]; life++)
			n += storm->book.got[0][slot][life];
	return n;
}

/* Events and gaps are all that there is; nobody is left in the way. */
static void account(struct storm *storm)
{
	struct disruptor_ring_info *info = disruptor_inspect(storm->name);
	uint32_t i, holders = 0;

	CHECK(info != NULL);
	for (i = 0; i < info->consumer_count; i++) {
		const struct disruptor_consumer_info *c = &info->consumers[i];

		CHECK(!c->alive);
		if (!c->holds)
			continue;
		holders++;
		if (c->sequence != info->claimed)
			fault(storm, "a consumer is not at the end");
		if (strcmp(c->name, "w0") == 0 &&
		    delivered_to_each(storm) + (int64_t)c->gaps !=
			    info->claimed)
			fault(storm, "events and gaps are not all");
	}
	storm->book.tally.gaps = (int64_t)info->recovered;
	CHECK_EQ(holders, STORM_NAMED + STORM_WITNESSES);
	CHECK_EQ(info->claimed, info->published);
	evicted += (int64_t)info->evicted;
	/* Some of the dead may not have been in anybody's way yet. */
	CHECK_EQ(disruptor_check(storm->name, NULL, NULL),
		 info->consumer_count - holders);
	disruptor_inspect_free(info);
}

static void judge_other(struct storm *storm)
{
	errno = 0;
	if (disruptor_check(storm->other, NULL, NULL) != 0)
		CHECK_EQ(errno, ENOENT);
	else
		CHECK_EQ(disruptor_unlink(storm->other), 0);
}

static void storm_over(const struct flavour *flavour, size_t capacity,
		       int64_t batch, bool idle, int64_t kills)
{
	char where[96];
	struct field f = { .random = (uint64_t)storms * 7919 + 5 };

	watchdog();
	test_where = where;
	snprintf(where, sizeof(where), "%s, %zu, batch %lld%s", flavour->name,
		 capacity, (long long)batch, idle ? ", idle" : "");
	f.storm = shared_alloc(sizeof(*f.storm));
	f.storm->multi = flavour_multi(flavour);
	f.storm->batch = batch < (int64_t)capacity ? batch : (int64_t)capacity;
	f.storm->idle = idle;
	make_ring(&f, flavour, capacity);
	start_consumers(&f);
	start_producers(&f);
	kill_many(&f, kills);
	end_storm(&f);
	compare_rows(f.storm);
	account(f.storm);
	judge_other(f.storm);
	disruptor_free(f.d);
	CHECK_EQ(disruptor_unlink(f.storm->name), 0);
	tally_add(&sum, &f.storm->book.tally);
	shared_free(f.storm, sizeof(*f.storm));
	storms++;
}

/* --- all of it --- */

/* The shapes, in an order that mixes them: 5 and 32 have no common divisor. */
static void next_storm(int64_t number, int64_t kills)
{
	static const size_t capacities[] = { 8, 2, 64, 4096 };
	static const struct flavour *shared[4];
	uint64_t shape = (uint64_t)number * 5 % 32;
	size_t i, n = 0;

	for (i = 0; i < FLAVOURS; i++)
		if (flavours[i].shared)
			shared[n++] = &flavours[i];
	/* Three of four have many producers: they have the most to lose. */
	storm_over(shared[number % 4 == 3 ? shape / 4 % 2 : 2 + shape % 2],
		   capacities[shape / 8], shape & 2 ? 4 : 1, (shape & 4) != 0,
		   kills);
}

static int64_t storm_kills(int64_t left, int64_t all)
{
	int64_t kills = all / 16;

	if (kills > KILLS_IN_A_STORM)
		kills = KILLS_IN_A_STORM;
	if (kills < KILLS_IN_A_STORM_LEAST)
		kills = KILLS_IN_A_STORM_LEAST;
	return kills < left ? kills : left;
}

int main(void)
{
	int64_t all = scaled(test_environment("KILLS", KILLS));
	int64_t began = book_now(), seconds;
	char extra[256];

	while (sum.kills < all && sum.stuck == 0)
		next_storm(storms, storm_kills(all - sum.kills, all));
	seconds = (book_now() - began) / (1000 * MS);
	snprintf(extra, sizeof(extra),
		 ",\"evicted\":%" PRId64 ",\"storms\":%" PRId64
		 ",\"producers\":%" PRId64 ",\"named\":%" PRId64
		 ",\"anonymous\":%" PRId64 ",\"attachers\":%" PRId64
		 ",\"creators\":%" PRId64 ",\"seconds\":%" PRId64,
		 evicted, storms, killed[PRODUCES], killed[NAMED],
		 killed[ANONYMOUS], killed[ATTACHES], killed[CREATES], seconds);
	return tally_print(&sum, "kill_random", extra);
}
