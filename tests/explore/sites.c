/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern struct explore_site *const __start_explore_sites[];
extern struct explore_site *const __stop_explore_sites[];

static struct explore_site *sites[SITES];
static bool reached[SITES];
static int count;

static const char *const operations[] = {
	[EXPLORE_IS_LOAD] = "load",	[EXPLORE_IS_STORE] = "store",
	[EXPLORE_IS_CAS] = "cas",	[EXPLORE_IS_ADD] = "add",
	[EXPLORE_IS_OR] = "or",		[EXPLORE_IS_AND] = "and",
	[EXPLORE_IS_FENCE] = "fence",	[EXPLORE_IS_BARRIER] = "barrier",
	[EXPLORE_IS_CALL] = "call",
};

static const char *base(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

static int compare(const void *a, const void *b)
{
	const struct explore_site *s = *(struct explore_site *const *)a;
	const struct explore_site *t = *(struct explore_site *const *)b;
	int order = strcmp(base(s->file), base(t->file));

	if (order == 0)
		order = s->line - t->line;
	if (order == 0)
		order = (int)s->operation - (int)t->operation;
	return order != 0 ? order : strcmp(s->object, t->object);
}

void sites_number(void)
{
	size_t n = (size_t)(__stop_explore_sites - __start_explore_sites), i;
	struct explore_site **all = malloc(n * sizeof(*all));

	if (all == NULL)
		exit(1);
	memcpy(all, __start_explore_sites, n * sizeof(*all));
	qsort(all, n, sizeof(*all), compare);
	for (i = 0; i < n; i++) {
		if (i == 0 || compare(&all[i - 1], &all[i]) != 0) {
			if (count == SITES)
				abort();
			sites[count++] = all[i];
		}
		all[i]->id = count - 1;
	}
	free(all);
}

int sites_count(void)
{
	return count;
}

const struct explore_site *sites_at(int id)
{
	return sites[id];
}

enum explore_order sites_order(struct explore_site *site)
{
	return site->id == engine.mutant ? engine.mutant_order : site->order;
}

/* How many sites of the same words stand before it in its function. */
static int ordinal(const struct explore_site *site)
{
	int i, n = 1;

	for (i = 0; i < site->id; i++)
		n += strcmp(sites[i]->function, site->function) == 0 &&
		     strcmp(base(sites[i]->file), base(site->file)) == 0 &&
		     sites[i]->operation == site->operation &&
		     strcmp(sites[i]->object, site->object) == 0;
	return n;
}

void sites_name(const struct explore_site *site, char *text, size_t size)
{
	int n = ordinal(site);
	char number[16] = "";

	if (n > 1)
		snprintf(number, sizeof(number), "#%d", n);
	snprintf(text, size, "%s %s %s(%s)%s", base(site->file),
		 site->function, operations[site->operation], site->object,
		 number);
}

int sites_list_files(void)
{
	const char *last = "";
	int i;

	for (i = 0; i < count; i++) {
		if (sites[i]->order == EXPLORE_RELAXED ||
		    strcmp(base(sites[i]->file), last) == 0)
			continue;
		last = base(sites[i]->file);
		printf("%s\n", last);
	}
	return 0;
}

int sites_find(const char *name)
{
	char text[256];
	int i;

	for (i = 0; i < count; i++) {
		sites_name(sites[i], text, sizeof(text));
		if (strcmp(text, name) == 0)
			return i;
	}
	return -1;
}

void sites_reach(const struct explore_site *site)
{
	if (site->id >= 0)
		reached[site->id] |= engine.running;
}

bool sites_was_reached(int id)
{
	return reached[id];
}

void sites_clear_reached(void)
{
	memset(reached, 0, sizeof(reached));
}
