/* SPDX-License-Identifier: MIT */
/* inspect.h disruptor_repair(): damage that can be put right, and is. */
#include <region.h>

#include <child.h>

struct patient {
	struct region r;
	char name[RING_NAME_SIZE];
	int problems;
};

/* Twelve events, "home" at 6, nobody there. */
static struct patient new_patient(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8, .consumers_max = 4,
				   .producers_max = 4);
	struct disruptor_poller *home = POLLER(d, "home");
	struct disruptor_producer *p = PRODUCER(d);
	struct patient patient = { .problems = 0 };

	put_many(p, 0, 6);
	take_many(home, 0, 6);
	put_many(p, 6, 6);
	snprintf(patient.name, sizeof(patient.name), "%s", ring_name());
	disruptor_free(d);
	patient.r = region_open(patient.name);
	CHECK_EQ(disruptor_check(patient.name, NULL, NULL), 0);
	return patient;
}

static void note(void *context, const char *text)
{
	(void)context;
	CHECK(text[0] != '\0');
}

static void repaired(struct patient *p, int expected)
{
	struct disruptor *d = ATTACH(p->name);

	CHECK_EQ(disruptor_repair(d, note, NULL), expected);
	CHECK_EQ(disruptor_check(p->name, NULL, NULL), 0);
	CHECK_EQ(disruptor_repair(d, note, NULL), 0);
	disruptor_free(d);
}

/* It works again: home gets what is left, then what is new. */
static void works(struct patient *p, int64_t expected)
{
	struct disruptor *d = ATTACH(p->name);
	struct disruptor_poller *home = POLLER(d, "home");
	struct disruptor_producer *producer;
	int64_t n, got = 0;

	while ((n = disruptor_poll(home)) > 0) {
		got += n;
		disruptor_poller_advance(home, n);
	}
	CHECK_EQ(n, 0);
	CHECK_EQ(got, expected);
	producer = PRODUCER(d);
	put_many(producer, 100, 8);
	take_many(home, 100, 8);
	disruptor_free(d);
	CHECK_EQ(disruptor_check(p->name, NULL, NULL), 0);
	region_close(&p->r);
}

static void sick(struct patient *p)
{
	CHECK(disruptor_check(p->name, NULL, NULL) > 0);
}

static void healthy(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);

	repaired(&p, 0);
	works(&p, 6);
}

static void bad_cursor(const struct flavour *flavour)
{
	static const int64_t values[] = { -1, INT64_MAX, INT64_MIN };
	size_t i;

	for (i = 0; i < 3; i++) {
		struct patient p = new_patient(flavour);

		p.r.words->cursor.value = values[i];
		sick(&p);
		/* Without words nothing but the consumer tells how far it was. */
		repaired(&p, 1);
		works(&p, p.r.header->word_stride != 0 ? 6 : 0);
	}
}

/* Within the range, but far from what the words say. */
static void lying_cursor(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);
	struct disruptor *d;

	p.r.words->cursor.value = 1000000;
	d = ATTACH(p.name);
	CHECK(disruptor_repair(d, note, NULL) >= 1);
	disruptor_free(d);
	works(&p, 6);
	p = new_patient(flavour);
	p.r.words->cursor.value = 3;
	sick(&p);
	repaired(&p, 1);
	works(&p, 6);
}

static void bad_words(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);

	*region_word(&p.r, 7) = UINT64_MAX;
	*region_word(&p.r, 9) = disruptor_word_published(10);
	*region_word(&p.r, 10) = 1;
	sick(&p);
	repaired(&p, 1);
	works(&p, 3);
}

static void unknown_gap(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);

	*region_word(&p.r, 8) = disruptor_word_gap(8);
	sick(&p);
	repaired(&p, 1);
	CHECK_EQ(p.r.words->control.gap_end.value, 9);
	works(&p, 5);
}

static void bad_places(const struct flavour *flavour)
{
	static const int64_t places[] = { -5, 3, 13, INT64_MAX };
	static const int64_t left[] = { 8, 8, 0, 0 };
	size_t i;

	for (i = 0; i < 4; i++) {
		struct patient p = new_patient(flavour);

		p.r.consumers[0].sequence.value = places[i];
		sick(&p);
		repaired(&p, 1);
		works(&p, left[i]);
	}
}

static void bad_records(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);

	p.r.consumers[0].upstream[0] = 2 | 1 | UINT64_C(1) << 63;
	p.r.consumers[0].upstream[3] = 4;
	p.r.consumers[1].status = 77;
	p.r.consumers[2].status = UINT64_C(5) << 8 | DISRUPTOR_CONSUMER_ACTIVE;
	p.r.words->control.state = 4;
	sick(&p);
	repaired(&p, 4);
	CHECK_EQ(p.r.words->control.evicted, 1);
	works(&p, 6);
}

struct scene {
	char name[RING_NAME_SIZE];
	uint32_t there;
};

/* An anonymous consumer and a claim of three; then it dies. */
static void leave_a_mess(void *argument)
{
	struct scene *s = argument;
	struct disruptor *d = ATTACH(s->name);

	CHECK(disruptor_poller_new(d, NULL) != NULL);
	CHECK_EQ(disruptor_claim_n(PRODUCER(d), 2), 2);
	disruptor_fetch_add_u32(&s->there, 1);
	for (;;)
		pause();
}

static void of_the_dead(const struct flavour *flavour)
{
	struct scene *s = shared_alloc(sizeof(*s));
	struct patient p = new_patient(flavour);
	pid_t pid;

	memcpy(s->name, p.name, sizeof(s->name));
	pid = child_start(leave_a_mess, s);
	wait_for_u32(&s->there, 1);
	CHECK(child_kill(pid));
	sick(&p);
	repaired(&p, flavour_multi(flavour) ? 2 : 1);
	CHECK_EQ(p.r.words->control.recovered,
		 flavour_multi(flavour) ? 2 : 0);
	works(&p, 6);
	shared_free(s, sizeof(*s));
}

/* What somebody lives by is left alone, however odd it looks. */
static void of_the_living(const struct flavour *flavour)
{
	struct patient p = new_patient(flavour);
	struct disruptor *d = ATTACH(p.name), *doctor = ATTACH(p.name);
	struct disruptor_producer *producer = PRODUCER(d);
	struct disruptor_poller *home = POLLER(d, "home");

	CHECK_EQ(disruptor_claim_n(producer, 2), 2);
	p.r.consumers[1].status = 99;
	p.r.words->control.state = 8;
	if (p.r.header->word_stride != 0)
		*region_word(&p.r, 11) = UINT64_MAX;
	CHECK_EQ(disruptor_repair(doctor, note, NULL), 1);
	CHECK_EQ(p.r.words->control.state, 8);
	CHECK_EQ(p.r.consumers[1].status & 0xff, DISRUPTOR_CONSUMER_FREE);
	if (p.r.header->word_stride != 0)
		*region_word(&p.r, 11) = disruptor_word_published(11);
	disruptor_publish(producer);
	take_many(home, 6, 6);
	CHECK_EQ(disruptor_poll(home), 2);
	disruptor_free(d);
	CHECK_EQ(disruptor_repair(doctor, note, NULL), 1);
	CHECK_EQ(p.r.words->control.state, 0);
	disruptor_free(doctor);
	region_close(&p.r);
}

static void refused(void **state)
{
	struct disruptor *d = RING(&flavours[0], .capacity = 8);

	(void)state;
	CHECK_ERROR(disruptor_repair(d, NULL, NULL), EOPNOTSUPP);
	CHECK_ERROR(disruptor_repair(NULL, NULL, NULL), EINVAL);
	disruptor_free(d);
	disruptor_free(RING(&flavours[4], .capacity = 8));
	d = disruptor_attach_opts(ring_name(),
				  DISRUPTOR_OPTIONS(.read_only_events = true));
	CHECK_ERROR(disruptor_repair(d, NULL, NULL), EROFS);
	disruptor_free(d);
}

static bool shared_multi(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

static bool shared_words(const struct flavour *flavour)
{
	return flavour->shared &&
	       (flavour_multi(flavour) ||
		flavour->slot_layout == DISRUPTOR_SLOTS_STAMPED);
}

TEST_MAIN(TEST_SHARED(healthy), TEST_SHARED(bad_cursor),
	  TEST_SOME(lying_cursor, shared_multi),
	  TEST_SOME(bad_words, shared_words),
	  TEST_SOME(unknown_gap, shared_words), TEST_SHARED(bad_places),
	  TEST_SHARED(bad_records), TEST_SHARED(of_the_dead),
	  TEST_SHARED(of_the_living), TEST(refused));
