/* The other process. It may be killed and started again: "risk" resumes. */
#include <disruptor/disruptor.h>
#include <stdio.h>

struct tick { double price; };
DISRUPTOR_DEFINE(tick, struct tick);

int main(void)
{
	struct disruptor *d = disruptor_attach("ticks", sizeof(struct tick));
	struct disruptor_poller *poller = disruptor_poller_new(d, "risk");
	int64_t n;

	if (poller == NULL)
		return fprintf(stderr, "ticks: %s\n", disruptor_error()), 1;
	while ((n = disruptor_poll_wait(poller, DISRUPTOR_FOREVER)) > 0) {
		for (int64_t i = 0; i < n; i++)
			printf("%.2f\n", tick_event(poller, i)->price);
		disruptor_poller_advance(poller, n);
	}
	disruptor_free(d); /* n was -ESHUTDOWN: closed and drained. */
}
