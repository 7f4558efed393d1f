/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

#define TRAIL_MAX 8192
#define VALUES_MAX 24

/*
 * The choices of the execution under way. What was chosen before is chosen
 * again; behind that, each first alternative, which costs nothing. Another one
 * costs a deviation, or a life.
 */
struct choice {
	uint32_t step;
	char kind;
	bool is_free;
	uint8_t count, chosen;
	int8_t values[VALUES_MAX];
};

static struct choice trail[TRAIL_MAX];
static int length, depth;

/* A schedule from outside. */
struct order {
	uint32_t step;
	char kind;
	int value;
	bool used;	/* one step may have two: a death, and who goes on */
};
static struct order orders[TRAIL_MAX];
static int order_count;

void trail_clear(void)
{
	length = depth = 0;
}

void trail_rewind(void)
{
	depth = 0;
}

bool trail_is_new(void)
{
	return depth >= length;
}

static bool allowed(const struct choice *c, int i, int value)
{
	if (c->kind == 'p' && value < 0)
		return engine.kills_left > 0;
	return i == 0 || c->is_free || engine.left > 0;
}

static void append(char kind, int count, const int *values, bool is_free)
{
	struct choice *c = &trail[length];
	int i;

	if (length == TRAIL_MAX)
		engine_end(CUT);
	c->step = engine.step;
	c->kind = kind;
	c->is_free = is_free;
	c->count = c->chosen = 0;
	for (i = 0; i < count && c->count < VALUES_MAX; i++)
		if (allowed(c, i, values[i]))
			c->values[c->count++] = (int8_t)values[i];
	length++;
}

static int follow(char kind, int count, const int *values)
{
	int i, v;

	for (i = 0; i < order_count; i++) {
		if (orders[i].step != engine.step || orders[i].kind != kind ||
		    orders[i].used)
			continue;
		orders[i].used = true;
		for (v = 0; v < count; v++)
			if (values[v] == orders[i].value)
				return values[v];
		scene_violated("the schedule does not fit at step %u",
			       engine.step);
	}
	return values[0];
}

int trail_choose(char kind, int count, const int *values, bool is_free)
{
	struct choice *c;

	if (engine.following)
		return follow(kind, count, values);
	if (depth == length)
		append(kind, count, values, is_free);
	c = &trail[depth++];
	if (c->step != engine.step || c->kind != kind) {
		fprintf(stderr, "explore: an execution does not repeat\n");
		abort();
	}
	if (c->chosen > 0 && !is_free && c->values[c->chosen] >= 0 &&
	    engine.left < UNBOUNDED)
		engine.left--;
	if (kind != 'p' && c->chosen > 0 && c->values[c->chosen] < 0)
		abort();
	return c->values[c->chosen];
}

bool trail_advance(void)
{
	while (length > 0) {
		struct choice *c = &trail[length - 1];

		if (c->chosen + 1 < c->count) {
			c->chosen++;
			return true;
		}
		length--;
	}
	return false;
}

void trail_describe(char *text, size_t size)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < depth && used < size; i++)
		if (trail[i].chosen > 0)
			used += (size_t)snprintf(
				text + used, size - used, "%s%u%c%d",
				used > 0 ? " " : "", trail[i].step,
				trail[i].kind, trail[i].values[trail[i].chosen]);
}

void trail_follow(const char *text)
{
	int read;

	order_count = 0;
	while (order_count < TRAIL_MAX &&
	       sscanf(text, " %u%c%d%n", &orders[order_count].step,
		      &orders[order_count].kind, &orders[order_count].value,
		      &read) == 3) {
		text += read;
		orders[order_count++].used = false;
	}
}
