/* SPDX-License-Identifier: MIT */
#include "kernel.h"

/* Clocks, identities and what a scene has no use for. */

int64_t disruptor_os_now(void)
{
	return engine.now;
}

int64_t disruptor_os_wall_clock(void)
{
	return 0;
}

void disruptor_os_nap(int64_t ns)
{
	(void)ns;
	scene_wait();
}

void disruptor_os_yield(void)
{
	scene_wait();
}

void disruptor_os_fork_hold(void)
{
}

void disruptor_os_fork_release(void)
{
}

uint64_t disruptor_os_generation(void)
{
	return 1;
}

int disruptor_os_thread_name(const char *name)
{
	(void)name;
	return 0;
}

int disruptor_os_thread_cpus(const char *cpus)
{
	(void)cpus;
	return 0;
}

int disruptor_os_check_cpus(const char *cpus)
{
	(void)cpus;
	return 0;
}

/* Never the same twice: incarnations drop the lowest eight bits. */
int disruptor_os_random(void *buffer, size_t length)
{
	uint64_t value = (uint64_t)kernel_caller() << 40 |
			 ++machine.random[kernel_caller()] << 12;

	memset(buffer, 0, length);
	memcpy(buffer, &value, length < sizeof(value) ? length : sizeof(value));
	return 0;
}

void disruptor_os_boot_id(uint8_t id[16])
{
	memset(id, 0, 16);
}

uint32_t disruptor_os_process_id(void)
{
	return (uint32_t)kernel_caller();
}

uint32_t disruptor_os_thread_id(void)
{
	return (uint32_t)kernel_caller();
}

uint32_t disruptor_os_user_id(void)
{
	return 0;
}
