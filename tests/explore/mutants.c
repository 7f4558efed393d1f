/* SPDX-License-Identifier: MIT */
#include "mutants.h"

#include "engine.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define SCENES_MAX 128
#define KNOWN_MAX 256
#define LINE 512
#define DEVIATIONS_MAX 5
#define REACH_RUNS 2000
/* Of a mutant in a scene. */
#define STANDARD_RUNS 4000
#define DEEP_RUNS 100000

static bool reaches[SCENES_MAX][SITES];
static const char *only;	/* this scene; NULL: all */

/* --- what is known to be harmless ----------------------------------------- */

struct harmless {
	char name[256];		/* of the site */
	char order[16];		/* what is harmless instead */
	bool used;
};
static struct harmless known[KNOWN_MAX];
static int known_count;

/*
 * "name -> order: reason", one a line. What is stronger is harmless with it.
 */
static bool read_line(const char *line, struct harmless *h)
{
	const char *arrow = strstr(line, " -> ");

	if (*line == '#' || arrow == NULL ||
	    (size_t)(arrow - line) >= sizeof(h->name))
		return false;
	memcpy(h->name, line, (size_t)(arrow - line));
	h->name[arrow - line] = '\0';
	h->used = false;
	return sscanf(arrow + 4, "%15[a-z_]", h->order) == 1;
}

static bool read_known(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE];

	if (file == NULL) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), file) != NULL)
		if (known_count < KNOWN_MAX &&
		    read_line(line, &known[known_count]))
			known_count++;
	fclose(file);
	return true;
}

static bool covers(const char *listed, const char *order)
{
	return strcmp(listed, order) == 0 || strcmp(listed, "relaxed") == 0 ||
	       strcmp(order, "acq_rel") == 0;
}

static struct harmless *find_known(const char *name, const char *order)
{
	int i;

	for (i = 0; i < known_count; i++)
		if (strcmp(known[i].name, name) == 0 &&
		    covers(known[i].order, order))
			return &known[i];
	return NULL;
}

static bool is_all_harmless(const char *name)
{
	return find_known(name, "relaxed") != NULL;
}

/* --- which scene comes where ---------------------------------------------- */

static void learn_reach(void)
{
	struct bounds bounds = { .runs = REACH_RUNS };
	struct findings findings;
	int i, id;

	for (i = 0; scenes[i] != NULL; i++) {
		bounds.deviations = scenes[i]->deviations;
		bounds.kills = scenes[i]->kills;
		sites_clear_reached();
		if (only != NULL && strcmp(only, scenes[i]->name) != 0)
			continue;
		search(scenes[i], &bounds, &findings);
		for (id = 0; id < sites_count(); id++)
			reaches[i][id] = sites_was_reached(id);
	}
}

static bool is_reached(int id)
{
	int i;

	for (i = 0; scenes[i] != NULL; i++)
		if (reaches[i][id])
			return true;
	return false;
}

/* --- one mutant ----------------------------------------------------------- */

static const char *const order_names[] = {
	[EXPLORE_RELAXED] = "relaxed", [EXPLORE_ACQUIRE] = "acquire",
	[EXPLORE_RELEASE] = "release", [EXPLORE_ACQ_REL] = "acq_rel",
	[EXPLORE_SEQ_CST] = "seq_cst",
};

/* How a mutant fared: in the scene that caught it, or in all that come there. */
struct trial {
	const struct scene *scene;	/* NULL: none caught it */
	int deviations, kills;
	struct findings findings;
};

static void add_up(struct trial *t, const struct scene *s, int deviations,
		   const struct findings *f)
{
	t->deviations = deviations;
	t->kills = s->kills > t->kills ? s->kills : t->kills;
	t->findings.runs += f->runs;
	t->findings.states += f->states;
	t->findings.kills += f->kills;
	t->findings.seconds += f->seconds;
}

static bool try_scene(const struct scene *s, int deviations, bool deep,
		      struct trial *t)
{
	struct bounds bounds = {
		.deviations = deviations,
		.kills = s->kills,
		.runs = deep		     ? DEEP_RUNS :
			s->mutant_runs != 0 ? s->mutant_runs :
					      STANDARD_RUNS,
	};
	struct findings f;

	search(s, &bounds, &f);
	if (f.violated)
		*t = (struct trial){ s, deviations, s->kills, f };
	else
		add_up(t, s, deviations, &f);
	return f.violated;
}

static int deviations_of(const struct scene *s, bool deep)
{
	int standard = s->deviations + deep;

	return s->mutant_deviations > standard ? s->mutant_deviations :
						 standard;
}

/* Few deviations first, in all scenes. */
static bool catch_within(int id, bool deep, struct trial *t)
{
	int deviations, i;

	for (deviations = 0; deviations <= DEVIATIONS_MAX; deviations++)
		for (i = 0; scenes[i] != NULL; i++)
			if (reaches[i][id] &&
			    deviations <= deviations_of(scenes[i], deep) &&
			    try_scene(scenes[i], deviations, deep, t))
				return true;
	return false;
}

static bool catch_mutant(int id, enum explore_order order, bool deep,
			 struct trial *t)
{
	bool caught;

	engine.mutant = id;
	engine.mutant_order = order;
	caught = catch_within(id, false, t) ||
		 (deep && catch_within(id, true, t));
	engine.mutant = -1;
	return caught;
}

static void print_head(void)
{
	printf("%-18s %4s %5s %10s %10s %8s %8s  %-8s %s\n", "scene", "dev",
	       "kills", "executions", "states", "killed", "seconds", "result",
	       "ordering");
}

static void print_trial(const struct trial *t, const char *name,
			const char *order, const char *result)
{
	const struct findings *f = &t->findings;

	printf("%-18s %4d %5d %10llu %10llu %8llu %8.2f  %-8s %s -> %s\n",
	       t->scene != NULL ? t->scene->name : "all", t->deviations,
	       t->kills, (unsigned long long)f->runs,
	       (unsigned long long)f->states, (unsigned long long)f->kills,
	       f->seconds, result, name, order);
	if (t->scene != NULL)
		printf("    %s\n    schedule: %s\n", f->reason, f->schedule);
	fflush(stdout);
}

struct tally {
	int caught, harmless, unreached, wrong;
};

/* Whether it was caught. */
static bool run_mutant(int id, enum explore_order order, bool deep,
		       struct tally *tally)
{
	struct trial trial = { 0 };
	struct harmless *expected;
	char name[256];
	bool caught;

	sites_name(sites_at(id), name, sizeof(name));
	expected = find_known(name, order_names[order]);
	if (expected != NULL)
		expected->used = true;
	/* In the standard set what is known is believed. */
	caught = (expected == NULL || deep) &&
		 catch_mutant(id, order, deep, &trial);
	tally->caught += caught;
	tally->harmless += expected != NULL;
	tally->wrong += caught == (expected != NULL);
	print_trial(&trial, name, order_names[order],
		    caught && expected ? "WRONG" :
		    caught	       ? "caught" :
		    expected	       ? "harmless" :
					 "SURVIVES");
	return caught;
}

static bool is_modification(const struct explore_site *s)
{
	return s->operation >= EXPLORE_IS_CAS && s->operation <= EXPLORE_IS_AND;
}

static bool is_caught_relaxed(int id, bool deep)
{
	struct trial trial = { 0 };

	return catch_mutant(id, EXPLORE_RELAXED, deep, &trial);
}

static void run_halves(int id, bool deep, struct tally *tally)
{
	run_mutant(id, EXPLORE_ACQUIRE, deep, tally);
	run_mutant(id, EXPLORE_RELEASE, deep, tally);
}

static enum explore_order one_step_weaker(const struct explore_site *s)
{
	if (s->order != EXPLORE_SEQ_CST)
		return EXPLORE_RELAXED;
	if (s->operation == EXPLORE_IS_STORE)
		return EXPLORE_RELEASE;
	return s->operation == EXPLORE_IS_LOAD ? EXPLORE_ACQUIRE :
						 EXPLORE_ACQ_REL;
}

/*
 * One step weaker; where that does no harm, what is weaker still, a
 * read-modify-write in two halves. Where no order at all does no harm, one row
 * says so.
 */
static void run_site(int id, bool deep, struct tally *tally)
{
	const struct explore_site *s = sites_at(id);
	enum explore_order weaker = one_step_weaker(s);
	char name[256];

	sites_name(s, name, sizeof(name));
	if (s->operation >= EXPLORE_IS_BARRIER || weaker == EXPLORE_RELAXED ||
	    is_all_harmless(name) || !is_caught_relaxed(id, deep))
		run_mutant(id, EXPLORE_RELAXED, deep, tally);
	else if (!run_mutant(id, weaker, deep, tally) && is_modification(s))
		run_halves(id, deep, tally);
}

/* By itself or by its file, with the reason. */
static void note_unreached(const char *name, struct tally *tally)
{
	char file[64];
	struct harmless *h = find_known(name, "unreached");

	snprintf(file, sizeof(file), "%.*s", (int)strcspn(name, " "), name);
	if (h == NULL)
		h = find_known(file, "unreached");
	if (h != NULL)
		h->used = true;
	tally->unreached++;
	tally->wrong += h == NULL;
	printf("%-72s %s  %s\n", "", h != NULL ? "unreached" : "UNREACHED", name);
}

static int unused_known(void)
{
	int i, unused = 0;

	for (i = 0; i < known_count; i++)
		if (!known[i].used) {
			printf("%-72s WRONG: no such ordering: %s -> %s\n", "",
			       known[i].name, known[i].order);
			unused++;
		}
	return unused;
}

bool mutants_choose(const char *text)
{
	const char *arrow = strstr(text, " -> ");
	char name[256];
	int order;

	if (arrow == NULL)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(arrow - text), text);
	engine.mutant = sites_find(name);
	for (order = EXPLORE_RELAXED; order <= EXPLORE_SEQ_CST; order++)
		if (strcmp(order_names[order], arrow + 4) == 0) {
			engine.mutant_order = (enum explore_order)order;
			return engine.mutant >= 0;
		}
	return false;
}

int mutants_run(bool deep, const char *harmless, const char *filter,
		const char *scene)
{
	struct tally tally = { 0 };
	char name[256];
	int id;

	if (!read_known(harmless))
		return 1;
	only = scene;
	learn_reach();
	print_head();
	for (id = 0; id < sites_count(); id++) {
		sites_name(sites_at(id), name, sizeof(name));
		if (sites_at(id)->order == EXPLORE_RELAXED ||
		    (filter != NULL && strstr(name, filter) == NULL))
			continue;
		if (is_reached(id))
			run_site(id, deep, &tally);
		else if (only == NULL)
			note_unreached(name, &tally);
	}
	if (filter == NULL)
		tally.wrong += unused_known();
	printf("%d caught, %d harmless, %d not reached, "
	       "%d not as they must be; %.0f seconds\n",
	       tally.caught, tally.harmless, tally.unreached, tally.wrong,
	       (double)clock() / CLOCKS_PER_SEC);
	return tally.wrong;
}
