/* SPDX-License-Identifier: MIT */
#include "message.h"
#include "command.h"

#include <disruptor/disruptor.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A name with a newline in it must not make two lines, nor move a cursor. */
static void make_one_line(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

static size_t append(char *line, size_t size, size_t used, const char *format,
		     va_list arguments)
{
	int n = vsnprintf(line + used, size - used, format, arguments);

	if (n < 0)
		return used;
	used += (size_t)n;
	return used < size ? used : size - 1;
}

void complain(const char *ring, const char *format, ...)
{
	char line[2048] = "disruptor: ";
	size_t used = strlen(line);
	va_list arguments;

	if (ring != NULL)
		used += (size_t)snprintf(line + used, 512, "%.400s: ",
					 *ring != '\0' ? ring : "''");
	va_start(arguments, format);
	used = append(line, sizeof(line) - 1, used, format, arguments);
	va_end(arguments);
	make_one_line(line);
	line[used++] = '\n';
	/* One write, so that lines of several processes do not mix. */
	if (write(STDERR_FILENO, line, used) < 0)
		return;
}

static const char *advice_for(int error)
{
	switch (error) {
	case EEXIST:
		return "remove it with 'disruptor rm NAME' or choose another "
		       "name";
	case ENOENT:
		return "'disruptor create NAME' makes one";
	case EPERM:
		return "--trust attaches all the same";
	case EACCES:
		return "ask its owner for access ('disruptor create --mode "
		       "0660' lets a group in)";
	case EBADMSG:
		return "choose another name, or delete that file in /dev/shm "
		       "if nothing uses it";
	case EPROTONOSUPPORT:
		return "use the release of disruptor that made it";
	case ENOSPC:
		return "choose a smaller --capacity or --event-size, or free "
		       "memory in /dev/shm";
	case EFBIG:
		return "raise that limit, or choose a smaller --capacity or "
		       "--event-size";
	case ENOMEM:
		return "free some memory";
	case ENAMETOOLONG:
		return "choose a shorter name";
	case ESHUTDOWN:
		return "its stream has ended: remove it with 'disruptor rm "
		       "NAME' and create it anew";
	case ETIMEDOUT:
		return "try again";
	case EIO:
		return "delete that file in /dev/shm and create the ring anew";
	case EUCLEAN:
		return "look at it with 'disruptor check NAME'";
	default:
		return "see 'man disruptor'";
	}
}

int fail(const char *ring, const char *advice)
{
	int error = errno;
	const char *reason = disruptor_error(), *name;

	if (*reason == '\0')
		reason = strerror(error);
	if (advice == NULL)
		advice = advice_for(error);
	name = strstr(advice, "NAME");
	if (name == NULL)
		complain(ring, "%s; %s", reason, advice);
	else
		complain(ring, "%s; %.*s%.400s%s", reason, (int)(name - advice),
			 advice, ring, name + strlen("NAME"));
	return EXIT_FAILED;
}

int finish_stdout(const char *ring)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (errno == EPIPE)
		return EXIT_PIPE;
	complain(ring, "cannot write to standard output: %s", strerror(errno));
	return EXIT_FAILED;
}
