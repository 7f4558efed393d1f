/* SPDX-License-Identifier: MIT */
#include "engine.h"
#include "improvise.h"
#include "memory/litmus.h"
#include "mutants.h"
#include "random/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A deep exploration of one scene ends here, whatever else is allowed. */
#define DEEP_STATES 10000000

static const struct scene *find_scene(const char *name)
{
	unsigned long long number;
	int i;

	for (i = 0; scenes[i] != NULL; i++)
		if (strcmp(scenes[i]->name, name) == 0)
			return scenes[i];
	if (sscanf(name, "improvised-%llu", &number) == 1)
		return improvise(number);
	fprintf(stderr, "explore: there is no scene '%s'\n", name);
	exit(2);
}

static void print_findings(const struct scene *s, const struct bounds *b,
			   const struct findings *f)
{
	printf("%-18s %4d %5d %10llu %10llu %8llu %8.2f  %s\n", s->name,
	       b->deviations, b->kills, (unsigned long long)f->runs,
	       (unsigned long long)f->states, (unsigned long long)f->kills,
	       f->seconds,
	       f->violated ? "VIOLATED" :
	       f->cut > 0  ? "cut" :
	       f->complete ? "holds" :
			     "holds so far");
	if (f->violated)
		printf("    %s\n    schedule: %s\n", f->reason, f->schedule);
	fflush(stdout);
}

static int run_scene(const struct scene *s, const struct bounds *bounds)
{
	struct findings f;

	search(s, bounds, &f);
	if (f.violated)
		search_shortest(s, bounds, &f);
	print_findings(s, bounds, &f);
	return f.violated || f.cut > 0;
}

static void print_head(void)
{
	printf("%-18s %4s %5s %10s %10s %8s %8s  %s\n", "scene", "dev",
	       "kills", "executions", "states", "killed", "seconds", "result");
}

static int run_bounded(const struct scene *s, bool deep)
{
	struct bounds bounds = {
		.deviations = deep ? s->deep_deviations : s->deviations,
		.kills = deep ? s->deep_kills : s->kills,
		.states = deep ? DEEP_STATES : 0,
	};

	return run_scene(s, &bounds);
}

/* Those that are named, or all. */
static int run_scenes(bool deep, char **names, int count)
{
	int i, bad = 0;

	print_head();
	for (i = 0; i < count; i++)
		bad |= run_bounded(find_scene(names[i]), deep);
	for (i = 0; count == 0 && scenes[i] != NULL; i++)
		bad |= run_bounded(scenes[i], deep);
	return bad;
}

static int list_scenes(void)
{
	int i;

	for (i = 0; scenes[i] != NULL; i++)
		printf("%s\n", scenes[i]->name);
	return 0;
}

/* An ordering to make weaker, as the table of mutants names it, or NULL. */
static void choose_mutant(const char *mutant)
{
	if (mutant == NULL || mutants_choose(mutant))
		return;
	fprintf(stderr, "explore: there is no ordering '%s'\n", mutant);
	exit(2);
}

static int run_improvised(int argc, char **argv)
{
	choose_mutant(argc > 4 ? argv[4] : NULL);
	return improvise_run(atoi(argv[2]),
			     argc > 3 ? strtoull(argv[3], NULL, 0) : 0) != 0;
}

static int replay(const char *name, const char *schedule, const char *mutant)
{
	enum outcome outcome;

	choose_mutant(mutant);
	engine.tracing = true;
	outcome = search_replay(find_scene(name), schedule);
	printf("%s %s\n", outcome == VIOLATION ? "VIOLATED:" : "no violation",
	       engine.reason);
	return outcome == VIOLATION;
}

static int usage(void)
{
	fprintf(stderr, "usage: explore litmus\n"
			"       explore random COUNT [SEED]\n"
			"       explore list\n"
			"       explore files\n"
			"       explore scenes standard|deep [NAME...]\n"
			"       explore scene NAME [DEVIATIONS [KILLS]]\n"
			"       explore improvise COUNT [NUMBER ['ORDERING']]\n"
			"       explore replay NAME 'SCHEDULE' ['ORDERING']\n"
			"       explore mutants standard|deep FILE "
			"[FILTER [SCENE]]\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct bounds bounds = { 0 };
	const struct scene *s;

	engine.mutant = -1;
	sites_number();
	if (argc >= 3 && strcmp(argv[1], "improvise") == 0)
		return run_improvised(argc, argv);
	if (argc == 2 && strcmp(argv[1], "litmus") == 0)
		return litmus_run() != 0;
	if (argc >= 3 && strcmp(argv[1], "random") == 0)
		return random_run(strtoull(argv[2], NULL, 10),
				  argc > 3 ? strtoull(argv[3], NULL, 10) :
					     1) != 0;
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list_scenes();
	if (argc == 2 && strcmp(argv[1], "files") == 0)
		return sites_list_files();
	if (argc >= 3 && strcmp(argv[1], "scenes") == 0)
		return run_scenes(strcmp(argv[2], "deep") == 0, argv + 3,
				  argc - 3);
	if ((argc == 4 || argc == 5) && strcmp(argv[1], "replay") == 0)
		return replay(argv[2], argv[3], argc == 5 ? argv[4] : NULL);
	if (argc >= 4 && strcmp(argv[1], "mutants") == 0)
		return mutants_run(strcmp(argv[2], "deep") == 0, argv[3],
				   argc > 4 ? argv[4] : NULL,
				   argc > 5 ? argv[5] : NULL) != 0;
	if (argc < 3 || strcmp(argv[1], "scene") != 0)
		return usage();
	s = find_scene(argv[2]);
	bounds.deviations = argc > 3 ? atoi(argv[3]) : s->deviations;
	bounds.kills = argc > 4 ? atoi(argv[4]) : s->kills;
	print_head();
	return run_scene(s, &bounds);
}
