/* SPDX-License-Identifier: MIT */
#include "kernel.h"

/* Files and their mappings. */

#define FIRST_FD 100

void *disruptor_os_map_private(uint64_t length)
{
	void *memory = explore_allocate(DISRUPTOR_LINE, length);

	if (memory != NULL)
		plain_watch(memory, length);
	return memory;
}

void *disruptor_os_map_shared(int fd, uint64_t length, bool writable)
{
	(void)length;
	(void)writable;
	return machine.files[fd - FIRST_FD].memory;
}

void disruptor_os_unmap(void *address, uint64_t length)
{
	(void)address;
	(void)length;
}

void disruptor_os_want_huge_pages(void *address, uint64_t length)
{
	disruptor_os_unmap(address, length);
}

int disruptor_os_keep_from_children(void *address, uint64_t length)
{
	disruptor_os_unmap(address, length);
	return 0;
}

int disruptor_os_protect_read_only(void *address, uint64_t length)
{
	disruptor_os_unmap(address, length);
	return 0;
}

int disruptor_os_file_create(uint64_t length, uint32_t mode)
{
	int i;

	(void)mode;
	for (i = 0; i < FILES && machine.files[i].used; i++)
		;
	if (i == FILES)
		return -ENFILE;
	machine.files[i].memory = explore_allocate(DISRUPTOR_LINE, length);
	machine.files[i].length = length;
	machine.files[i].used = machine.files[i].memory != NULL;
	if (machine.files[i].used && !engine.running)
		plain_watch(machine.files[i].memory, length);
	return machine.files[i].used ? FIRST_FD + i : -ENOSPC;
}

/* No participant truncates a file. */
int disruptor_os_guard_install(void)
{
	return 0;
}

void disruptor_os_guard_add(void *address, uint64_t length, uint32_t *word,
			    uint32_t value)
{
	(void)word;
	(void)value;
	disruptor_os_unmap(address, length);
}

void disruptor_os_guard_drop(const void *address)
{
	(void)address;
}

bool disruptor_os_guard_was_cut(const void *address)
{
	(void)address;
	return false;
}

bool disruptor_os_file_has_holes(int fd, uint64_t length)
{
	(void)fd;
	(void)length;
	return false;
}

int disruptor_os_file_fill_holes(int fd, uint64_t length)
{
	(void)fd;
	(void)length;
	return 0;
}

static int find(const char *name)
{
	int i;

	for (i = 0; i < FILES; i++)
		if (machine.files[i].used &&
		    strcmp(machine.files[i].name, name) == 0)
			return FIRST_FD + i;
	return -ENOENT;
}

int disruptor_os_file_anonymous(uint64_t length, uint32_t mode)
{
	return disruptor_os_file_create(length, mode);
}

/* No participant changes a file's length. */
bool disruptor_os_file_is_sealed(int fd)
{
	(void)fd;
	return true;
}

int disruptor_os_file_link(int fd, const char *name)
{
	kernel_enter(NAMES_KEY);
	if (find(name) >= 0)
		return -EEXIST;
	strcpy(machine.files[fd - FIRST_FD].name, name);
	engine_trace(NULL, "names the file");
	if (engine.running)
		engine_changed();
	return 0;
}

void disruptor_os_file_discard(int fd)
{
	machine.files[fd - FIRST_FD].used = false;
}

bool disruptor_os_file_exists(const char *name)
{
	kernel_enter(NAMES_KEY);
	return find(name) >= 0;
}

int disruptor_os_file_open(const char *name, bool writable)
{
	(void)writable;
	kernel_enter(NAMES_KEY);
	return find(name);
}

int disruptor_os_file_reopen(int fd)
{
	return fd;
}

int disruptor_os_file_copy(int fd)
{
	return fd;
}

int disruptor_os_file_unlink(const char *name)
{
	int fd;

	kernel_enter(NAMES_KEY);
	fd = find(name);
	if (fd >= 0)
		machine.files[fd - FIRST_FD].name[0] = '\0';
	return fd >= 0 ? 0 : fd;
}

int disruptor_os_file_stat(int fd, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFREG | 0600;
	st->st_nlink = machine.files[fd - FIRST_FD].name[0] != '\0';
	st->st_ino = (ino_t)fd;
	st->st_size = (off_t)machine.files[fd - FIRST_FD].length;
	return 0;
}

int disruptor_os_file_read(int fd, void *buffer, size_t length)
{
	explore_copy(buffer, machine.files[fd - FIRST_FD].memory, length);
	return (int)length;
}

int disruptor_os_file_read_data(int fd, void *buffer, uint64_t length)
{
	return disruptor_os_file_read(fd, buffer, length) < 0 ? -EIO : 0;
}

void disruptor_os_file_close(int fd)
{
	(void)fd;
}

const char *disruptor_os_directory(void)
{
	return "(nowhere)";
}
