/* SPDX-License-Identifier: MIT */
#include "programs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t slot_of(const struct values *o)
{
	uint64_t hash = 0;
	size_t i;

	for (i = 0; i < REGISTERS + PLACES; i++)
		hash = (hash ^ o->value[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash >> 40) % OUTCOMES;
}

static bool is_same(const struct values *a, const struct values *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Where it is, or would be. */
static uint32_t find(const struct outcomes *set, const struct values *o)
{
	uint32_t i = slot_of(o);

	while (set->used[i] && !is_same(&set->at[i], o))
		i = (i + 1) % OUTCOMES;
	return i;
}

void outcomes_clear(struct outcomes *set)
{
	memset(set->used, 0, sizeof(set->used));
	set->count = 0;
}

bool outcomes_have(const struct outcomes *set, const struct values *o)
{
	return set->used[find(set, o)];
}

void outcomes_add(struct outcomes *set, const struct values *o)
{
	uint32_t i = find(set, o);

	if (set->used[i])
		return;
	if (++set->count > OUTCOMES / 2) {
		fprintf(stderr, "explore: too many outcomes\n");
		exit(1);
	}
	set->used[i] = true;
	set->at[i] = *o;
}

const struct values *outcomes_beyond(const struct outcomes *set,
				      const struct outcomes *other)
{
	uint32_t i;

	for (i = 0; i < OUTCOMES; i++)
		if (set->used[i] && !outcomes_have(other, &set->at[i]))
			return &set->at[i];
	return NULL;
}

static bool reads(const struct operation *o)
{
	return o->kind == LOAD || is_modification(o);
}

static bool uses(const struct program *p, int place)
{
	int t, i;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			if (is_access(&p->operation[t][i]) &&
			    p->operation[t][i].place == place)
				return true;
	return false;
}

void values_print(const struct program *p, const struct values *o)
{
	int t, i;

	for (t = 0; t < p->threads; t++)
		for (i = 0; i < p->count[t]; i++)
			if (reads(&p->operation[t][i]))
				printf("r%d%d=%u ", t, i,
				       o->value[t * OPERATIONS_EACH + i]);
	for (i = 0; i < PLACES; i++)
		if (uses(p, i))
			printf("%c=%u ", 'x' + i, o->value[REGISTERS + i]);
	printf("\n");
}
