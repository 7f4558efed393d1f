/* SPDX-License-Identifier: MIT */
#include "kernel.h"

/*
 * src/os/ for the explorer: one machine of participants, each a process (or a
 * thread, if they share a ring). Memory comes from an arena at fixed addresses,
 * so that an execution repeats; what setup left in it is copied back before
 * each. A participant that is killed loses its locks, and whoever finds them
 * free afterwards sees all that it did. Real kernels order more: one lock of a
 * file with another, a wake with the end of a sleep. No scene may need that.
 */

#define SETUP_SIZE (512 * 1024)
#define OWN_SIZE (96 * 1024)
#define ARENA_SIZE (SETUP_SIZE + SCENE_PARTICIPANTS * OWN_SIZE)

static _Alignas(4096) unsigned char arena[ARENA_SIZE];
static unsigned char kept[SETUP_SIZE];
static struct machine kept_machine;
struct machine machine;

int kernel_caller(void)
{
	return engine.running ? engine.current : engine.setting_for;
}

/* --- memory --------------------------------------------------------------- */

static unsigned char *area(int who)
{
	return who == 0 ? arena :
			  arena + SETUP_SIZE + (size_t)(who - 1) * OWN_SIZE;
}

void *explore_allocate(size_t alignment, size_t size)
{
	int who = engine.running ? engine.current : 0;
	size_t at = (machine.used[who] + alignment - 1) & ~(alignment - 1);

	if (at + size > (who == 0 ? SETUP_SIZE : OWN_SIZE))
		return NULL;
	machine.used[who] = at + size;
	return memset(area(who) + at, 0, size);
}

void *scene_memory(size_t size)
{
	return explore_allocate(64, size);
}

void scene_share(const void *memory, size_t size)
{
	plain_watch(memory, size);
}

bool system_holds(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)arena &&
	       (uintptr_t)p < (uintptr_t)arena + ARENA_SIZE;
}

size_t system_place(const void *p)
{
	return (uintptr_t)p - (uintptr_t)arena;
}

void *system_at(size_t place)
{
	return arena + place % ARENA_SIZE;
}

void system_forget(void)
{
	memset(&machine, 0, sizeof(machine));
}

void system_keep(void)
{
	memcpy(kept, arena, machine.used[0]);
	kept_machine = machine;
}

void system_reset(void)
{
	memcpy(arena, kept, kept_machine.used[0]);
	machine = kept_machine;
}

void scene_act_as(int n)
{
	engine.setting_for = n + 1;
}

uint64_t system_hash(void)
{
	return machine.hash;
}

/* --- the kernel ----------------------------------------------------------- */

struct object *kernel_object_of(uint64_t key)
{
	int i;

	for (i = 0; i < OBJECTS; i++) {
		if (machine.objects[i].key == 0)
			machine.objects[i].key = key;
		if (machine.objects[i].key == key)
			return &machine.objects[i];
	}
	scene_violated("the simulated kernel has too few objects");
}

void kernel_touch(struct object *o)
{
	machine.hash ^= mix(o->key, o->kernel.last);
	memory_enter_kernel(&o->kernel);
	machine.hash ^= mix(o->key, o->kernel.last);
}

void kernel_enter(uint64_t key)
{
	engine.step++;
	if (!engine.running)
		return;
	engine_point();
	promises_barrier();
	engine_note('E', key);
	if (key != 0)
		kernel_touch(kernel_object_of(key));
}

void system_enter(const void *address)
{
	kernel_enter((uintptr_t)address);
}
