/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t noted;
static timer_t nudge;

static void interrupt(int signal)
{
	(void)signal;
}

/*
 * A signal that comes between the look at noted and the system call that then
 * blocks would go unnoticed; the timer interrupts that call soon after.
 */
static void note(int signal)
{
	static const struct itimerspec soon = { { 0, 20000000 },
						{ 0, 20000000 } };
	int saved = errno;

	noted = signal;
	timer_settime(nudge, 0, &soon, NULL);
	errno = saved;
}

static void handle(int signal, void (*handler)(int), int flags)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	action.sa_flags = flags;
	sigaction(signal, &action, NULL);
}

static bool is_ignored(int signal)
{
	struct sigaction action;

	return sigaction(signal, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

void signals_note(void)
{
	struct sigevent event;

	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_SIGNAL;
	event.sigev_signo = SIGALRM;
	handle(SIGALRM, interrupt, 0);
	handle(SIGPIPE, SIG_IGN, 0);
	if (timer_create(CLOCK_MONOTONIC, &event, &nudge) != 0)
		return; /* then signals keep their default action */
	handle(SIGINT, note, (int)SA_RESETHAND);
	handle(SIGTERM, note, (int)SA_RESETHAND);
	if (!is_ignored(SIGHUP)) /* nohup(1) */
		handle(SIGHUP, note, (int)SA_RESETHAND);
}

int signals_noted(void)
{
	return noted;
}

void nap(long nanoseconds)
{
	struct timespec pause = { nanoseconds / 1000000000,
				  nanoseconds % 1000000000 };

	nanosleep(&pause, NULL);
}
