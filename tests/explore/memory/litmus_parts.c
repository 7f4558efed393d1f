/* SPDX-License-Identifier: MIT */
#include "litmus_parts.h"

struct litmus_words *words;
int result[LITMUS_REGISTERS];
int store_order, load_order, fence_order, other_fence;

struct explore_site *litmus_site(int order)
{
	static struct explore_site sites[5];

	sites[order] = (struct explore_site){
		.file = "litmus", .function = "", .object = "", .id = -2,
		.operation = EXPLORE_IS_ADD,
		.order = (enum explore_order)order
	};
	return &sites[order];
}

int load_as(uint64_t *p, int order)
{
	return (int)explore_load(litmus_site(order), p, sizeof(*p));
}

int load(uint64_t *p)
{
	return load_as(p, load_order);
}

void store_as(uint64_t *p, uint64_t value, int order)
{
	explore_store(litmus_site(order), p, sizeof(*p), value);
}

void store(uint64_t *p, uint64_t value)
{
	store_as(p, value, store_order);
}

int add(uint64_t *p, int order)
{
	return (int)explore_modify(litmus_site(order), p, sizeof(*p), 1);
}

int swap_if(uint64_t *p, uint64_t expected, uint64_t value, int order)
{
	explore_cas(litmus_site(order), p, sizeof(*p), &expected, value);
	return (int)expected;
}

void fence(int order)
{
	if (order != NONE)
		explore_fence(litmus_site(order));
}

void compiler_barrier(void)
{
	static struct explore_site here = {
		.file = "litmus", .function = "", .object = "", .id = -2,
		.operation = EXPLORE_IS_BARRIER, .order = EXPLORE_SEQ_CST
	};

	explore_compiler_barrier(&here);
}

void litmus_begin(const struct litmus *t)
{
	store_order = t->stores;
	load_order = t->loads;
	fence_order = t->fence;
	other_fence = t->other_fence;
}

void litmus_setup(void)
{
	words = scene_memory(sizeof(*words));
}

int litmus_result(int which)
{
	return result[which];
}
