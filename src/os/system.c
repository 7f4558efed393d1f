/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

int disruptor_os_random(void *buffer, size_t length)
{
	return getrandom(buffer, length, 0) == (ssize_t)length ? 0 : -EIO;
}

/* "8-4-4-4-12" hexadecimal digits to 16 bytes. */
static void parse_id(const char *text, uint8_t id[16])
{
	char digits[3] = { 0 };
	int i;

	for (i = 0; i < 16; i++) {
		if (*text == '-')
			text++;
		if (text[0] == '\0' || text[1] == '\0')
			return;
		memcpy(digits, text, 2);
		id[i] = (uint8_t)strtoul(digits, NULL, 16);
		text += 2;
	}
}

void disruptor_os_boot_id(uint8_t id[16])
{
	char text[40] = { 0 };
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	memset(id, 0, 16);
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		parse_id(text, id);
	close(fd);
}

uint32_t disruptor_os_process_id(void)
{
	return (uint32_t)getpid();
}

uint32_t disruptor_os_thread_id(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

uint32_t disruptor_os_user_id(void)
{
	return (uint32_t)geteuid();
}
