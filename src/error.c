/* SPDX-License-Identifier: MIT */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static _Thread_local char message[DISRUPTOR_REASON_SIZE];

int disruptor_fail(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	errno = error;
	return -error;
}

int disruptor_fail_no_disruptor(void)
{
	if (message[0] == '\0')
		return disruptor_fail(EINVAL, "no disruptor");
	errno = EINVAL;
	return -EINVAL;
}

void disruptor_note_failure(struct disruptor_failure *failure, int error)
{
	if (failure->error != 0)
		return;
	failure->error = error;
	snprintf(failure->reason, sizeof(failure->reason), "%s", message);
}

void disruptor_type_mismatch(uint64_t event_size, uint64_t type_size)
{
	fprintf(stderr,
		"libdisruptor: a handler of events of %llu bytes was given a "
		"ring whose events have %llu\n",
		(unsigned long long)type_size, (unsigned long long)event_size);
	abort();
}

const char *disruptor_error(void)
{
	return message;
}
