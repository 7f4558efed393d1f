/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>

#define TRAIL_MAX 8192
#define VALUES_MAX STORES_EACH

/*
 * The choices of the execution under way. What was chosen before is chosen
 * again; behind that, each first alternative, which costs nothing. Another one
 * costs a deviation, or a life.
 */
struct choice {
	uint32_t step, point;
	char kind;
	bool is_free;
	bool may_deviate;	/* as it is met */
	uint8_t count, chosen;
	int16_t values[VALUES_MAX];
};

static struct choice trail[TRAIL_MAX];
static int length, depth;

/* A schedule from outside. */
struct order {
	uint32_t step, point;
	char kind;
	int value;
	bool used;
};
static struct order orders[TRAIL_MAX];
static int order_count;

void trail_clear(void)
{
	promises_forget();
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
	c->point = engine.point;
	c->kind = kind;
	c->is_free = is_free;
	c->may_deviate = engine.left > 0;
	c->count = c->chosen = 0;
	for (i = 0; i < count; i++)
		if (allowed(c, i, values[i]))
			c->values[c->count++] = (int16_t)values[i];
	length++;
}

static bool is_among(int value, const int *values, int count)
{
	while (count-- > 0)
		if (values[count] == value)
			return true;
	return false;
}

/* No values: any will do. */
static int follow(char kind, int count, const int *values)
{
	int i;

	for (i = 0; i < order_count; i++) {
		if (orders[i].step != engine.step ||
		    orders[i].point != engine.point ||
		    orders[i].kind != kind || orders[i].used)
			continue;
		orders[i].used = true;
		if (values == NULL || is_among(orders[i].value, values, count))
			return orders[i].value;
		scene_violated("the schedule does not fit at step %u",
			       engine.step);
	}
	return values == NULL ? 0 : values[0];
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

int trail_open(char kind, int *place)
{
	static const int nothing;

	*place = depth;
	return engine.following ? follow(kind, 0, NULL) :
				  trail_choose(kind, 1, &nothing, false);
}

void trail_offer(int place, int value)
{
	struct choice *c = &trail[place];
	int i;

	if (engine.following || !c->may_deviate)
		return;
	for (i = 0; i < c->count; i++)
		if (c->values[i] == value)
			return;
	if (c->count == VALUES_MAX)
		engine_end(CUT);
	c->values[c->count++] = (int16_t)value;
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

/* A step has a second point where a death or an end comes behind the first. */
static int describe(const struct choice *c, char *text, size_t size)
{
	int value = c->values[c->chosen];
	char name[40], point[16] = "";

	if (c->point > 1)
		snprintf(point, sizeof(point), ".%u", c->point);
	if (c->kind == PROMISE)
		promise_name(value, name, sizeof(name));
	else
		snprintf(name, sizeof(name), "%d", value);
	return snprintf(text, size, "%u%s%c%s", c->step, point, c->kind, name);
}

void trail_describe(char *text, size_t size)
{
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < depth && used + 1 < size; i++) {
		if (trail[i].chosen == 0)
			continue;
		if (used > 0)
			text[used++] = ' ';
		used += (size_t)describe(&trail[i], text + used, size - used);
	}
}

static const char *read_order(const char *text, struct order *o)
{
	int read = 0;

	o->used = false;
	o->point = 1;
	if (sscanf(text, " %u%n", &o->step, &read) != 1)
		return NULL;
	text += read;
	if (sscanf(text, ".%u%n", &o->point, &read) == 1)
		text += read;
	o->kind = *text++;
	if (o->kind == PROMISE)
		return promise_read(text, &o->value);
	return sscanf(text, "%d%n", &o->value, &read) == 1 ? text + read :
							     NULL;
}

void trail_follow(const char *text)
{
	order_count = 0;
	while (order_count < TRAIL_MAX &&
	       (text = read_order(text, &orders[order_count])) != NULL)
		order_count++;
}
