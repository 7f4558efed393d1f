/* SPDX-License-Identifier: MIT */
/*
 * What is known outside of the ring, in memory that outlives every kill: what
 * each life of each producer has published, and what consumers found wrong.
 */
#ifndef CRASH_BOOKS_H
#define CRASH_BOOKS_H

#include <load.h>

#define BOOK_SLOTS 4	/* producers at one time */
#define BOOK_LIVES 1024 /* of one slot, at most */
#define BOOK_ROWS 4	/* consumers whose books are held against each other */
#define BOOK_WORDS 6

/* A producer about itself, written around the calls that may be its last. */
struct life {
	int64_t begun;	   /* numbers that it may have published */
	int64_t published; /* that it certainly has */
	uint32_t window;   /* it is between its claim and its publish */
};

struct tally {
	int64_t kills, in_window, gaps, delivered;
	int64_t lost, duplicated, torn, stuck;
	int64_t longest_ns; /* that a survivor waited for something */
};

struct book {
	struct tally tally;
	struct life life[BOOK_SLOTS][BOOK_LIVES];
	int64_t got[BOOK_ROWS][BOOK_SLOTS][BOOK_LIVES];
};

struct book_event {
	uint32_t slot, life;
	int64_t number; /* in its life */
	uint64_t words[BOOK_WORDS];
};

/* --- what producers write --- */

static inline uint64_t book_word(const struct book_event *event, int i)
{
	return load_check((uint64_t)event->slot << 32 | event->life,
			  (uint64_t)event->number + (uint64_t)i);
}

static inline void book_fill(struct book_event *event, uint32_t slot,
			     uint32_t life, int64_t number)
{
	int i;

	event->slot = slot;
	event->life = life;
	event->number = number;
	for (i = 0; i < BOOK_WORDS; i++)
		event->words[i] = book_word(event, i);
}

static inline void book_fill_claim(struct disruptor_producer *p, uint32_t slot,
				   uint32_t life, int64_t number, int64_t n)
{
	int64_t i;

	for (i = 0; i < n; i++)
		book_fill(disruptor_producer_event(p, i), slot, life,
			  number + i);
}

/* Publishes n events, and the life says so before and after. */
static inline void book_publish(struct life *life, struct disruptor_producer *p,
				int64_t n)
{
	disruptor_store_seq_cst_i64(&life->begun, life->published + n);
	disruptor_publish(p);
	disruptor_store_seq_cst_i64(&life->published, life->published + n);
	disruptor_store_seq_cst_u32(&life->window, 0);
}

static inline void book_claimed(struct life *life)
{
	disruptor_store_seq_cst_u32(&life->window, 1);
}

static inline void book_abandon(struct life *life, struct disruptor_producer *p)
{
	disruptor_abandon(p);
	disruptor_store_seq_cst_u32(&life->window, 0);
}

/* --- what consumers find --- */

struct place {
	uint32_t life;
	uint32_t known; /* 0: no event of this slot has come yet */
	int64_t next;	/* number that must come next */
};

struct reader {
	struct place places[BOOK_SLOTS];
	int64_t taken;
	int32_t row; /* in the book; -1: none */
};

/* Joined before the first event: all of every life must come. */
static inline void reader_from_start(struct reader *reader, int32_t row)
{
	int i;

	*reader = (struct reader){ .row = row };
	for (i = 0; i < BOOK_SLOTS; i++)
		reader->places[i].known = 1;
}

static inline void book_fault(int64_t *count, int64_t n, const char *what,
			      const struct reader *reader, uint32_t slot,
			      const struct place *place, int64_t found)
{
	if (disruptor_fetch_add_i64(count, n) >= 5)
		return;
	fprintf(stderr,
		"%s: %" PRId64 " of slot %u, life %u: at %" PRId64
		", found %" PRId64 " (consumer %d, %s)\n",
		what, n, slot, place->life, place->next, found, reader->row,
		test_where != NULL ? test_where : "-");
}

/* Lives before until are over: all that they published must have come. */
static inline void book_settle(struct book *book, struct reader *reader,
			       uint32_t slot, uint32_t until)
{
	struct place *place = &reader->places[slot];

	while (place->life < until) {
		const struct life *life = &book->life[slot][place->life];

		if (place->next < life->published)
			book_fault(&book->tally.lost,
				   life->published - place->next, "lost",
				   reader, slot, place, life->published);
		if (place->next > life->begun)
			book_fault(&book->tally.torn, 1, "never published",
				   reader, slot, place, life->begun);
		if (reader->row >= 0)
			book->got[reader->row][slot][place->life] = place->next;
		place->life++;
		place->next = 0;
	}
}

static inline bool book_is_whole(const struct book_event *event)
{
	int i;

	if (event->slot >= BOOK_SLOTS || event->life >= BOOK_LIVES)
		return false;
	for (i = 0; i < BOOK_WORDS; i++)
		if (event->words[i] != book_word(event, i))
			return false;
	return true;
}

static inline void book_meet(struct place *place,
			     const struct book_event *event)
{
	if (place->known)
		return;
	place->known = 1;
	place->life = event->life;
	place->next = event->number;
}

static inline void book_take(struct book *book, struct reader *reader,
			     const struct book_event *shared)
{
	struct book_event event = *shared;
	struct place *place;

	if (!book_is_whole(&event)) {
		book_fault(&book->tally.torn, 1, "torn", reader, event.slot,
			   &reader->places[0], event.number);
		return;
	}
	place = &reader->places[event.slot];
	book_meet(place, &event);
	if (event.life > place->life)
		book_settle(book, reader, event.slot, event.life);
	if (event.life < place->life || event.number < place->next) {
		book_fault(&book->tally.duplicated, 1, "twice or out of order",
			   reader, event.slot, place, event.number);
		return;
	}
	if (event.number > place->next)
		book_fault(&book->tally.lost, event.number - place->next,
			   "lost", reader, event.slot, place, event.number);
	place->next = event.number + 1;
	reader->taken++;
}

static inline void book_waited(struct book *book, int64_t ns)
{
	int64_t longest = disruptor_load_relaxed_i64(&book->tally.longest_ns);

	while (ns > longest &&
	       !disruptor_cas_i64(&book->tally.longest_ns, &longest, ns))
		;
}

/* --- the sum over a whole program --- */

static inline int64_t book_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 * MS + t.tv_nsec;
}

static inline void tally_add(struct tally *sum, const struct tally *t)
{
	sum->kills += t->kills;
	sum->in_window += t->in_window;
	sum->gaps += t->gaps;
	sum->delivered += t->delivered;
	sum->lost += t->lost;
	sum->duplicated += t->duplicated;
	sum->torn += t->torn;
	sum->stuck += t->stuck;
	if (t->longest_ns > sum->longest_ns)
		sum->longest_ns = t->longest_ns;
}

static inline bool tally_is_clean(const struct tally *t)
{
	return t->lost == 0 && t->duplicated == 0 && t->torn == 0 &&
	       t->stuck == 0;
}

/* One line of JSON; extra begins with a comma or is empty. */
static inline int tally_print(const struct tally *t, const char *test,
			      const char *extra)
{
	printf("{\"test\":\"%s\",\"kills\":%" PRId64
	       ",\"kills_in_window\":%" PRId64 ",\"gaps\":%" PRId64
	       ",\"delivered\":%" PRId64 ",\"lost\":%" PRId64
	       ",\"duplicated\":%" PRId64 ",\"torn\":%" PRId64
	       ",\"stuck\":%" PRId64 ",\"longest_block_ms\":%.1f%s}\n",
	       test, t->kills, t->in_window, t->gaps, t->delivered, t->lost,
	       t->duplicated, t->torn, t->stuck, (double)t->longest_ns / MS,
	       extra);
	return tally_is_clean(t) ? 0 : 1;
}

#endif
