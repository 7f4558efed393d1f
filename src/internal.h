/* SPDX-License-Identifier: MIT */
/*
 * What the library's .c files share. Never installed.
 *
 *	error.c			the last failure in words
 *	options.c		size-first structs to checked configuration
 *	region.c		geometry and header: compute, fill, verify
 *	disruptor.c		a ring: new, free, close, queries
 *	published.c		how far it has come
 *	shared_memory.c		a ring with a name: create, unlink
 *	anonymous.c		a ring without a name: create, join
 *	attach.c		joining it: whose file, what is in it
 *	holes.c			files without memory for all they hold
 *	liveness.c		who is alive: kernel locks that mappings hold
 *	sequencer.c, producer.c	claims that do not succeed at once
 *	fetch_ahead.c		lines of slots before they are written to
 *	gate.c			the slowest consumer
 *	recovery.c		claims of dead producers become gaps
 *	consumer_record.c	consumers join
 *	consumer_look.c		their records seen from outside
 *	eviction.c		consumers leave, are removed, are evicted
 *	stall.c			those who stand still
 *	upstream.c		whom a consumer follows
 *	event_poller.c		polls that do not succeed at once
 *	slip.c			a moment's wait while events stream in
 *	wait_strategy.c		spin, yield, sleep, block; waking up
 *	embedding.c		sleeping for handles in a loop of one's own
 *	event_handler.c		one batch: calls, errors, early release
 *	event_processor.c	a thread for a handler
 *	graph.c			handlers in order
 *	graph_change.c		handlers come and go
 *	worker_pool.c		several that share the events
 *	worker_change.c		workers come and go
 *	worker_share.c		which events are whose
 *	life_cycle.c		start, shutdown, halt
 *	holder.c		who claimed what is not published
 *	inspect.c, check.c	looking at a ring from outside
 *	repair.c		putting right what can be
 *	inline_symbols.c	the inline functions as symbols
 *
 * os/os.h has the list of src/os/.
 */
#ifndef DISRUPTOR_INTERNAL_H
#define DISRUPTOR_INTERNAL_H

#include <disruptor/disruptor.h>

#include <pthread.h>
#include <time.h>

#include "os/os.h"

/* --- error.c ------------------------------------------------------------ */

/* Says why in this thread's disruptor_error(), sets errno, returns -error. */
__attribute__((format(printf, 2, 3))) int disruptor_fail(int error,
							 const char *format,
							 ...);

/*
 * The disruptor is NULL: -EINVAL. The reason is that of the call that should
 * have made it, so a chain of calls may be checked at its end.
 */
int disruptor_fail_no_disruptor(void);

#define DISRUPTOR_REASON_SIZE 320

struct disruptor_failure {
	int error;		/* negative errno; 0: none */
	char reason[DISRUPTOR_REASON_SIZE];
};

/* Keeps the first one, with this thread's disruptor_error(). */
void disruptor_note_failure(struct disruptor_failure *failure, int error);

/* Says errno's last word: whatever expression does to it is forgotten. */
#define disruptor_keep_errno(expression)                                       \
	do {                                                                   \
		int saved_errno = errno;                                       \
									       \
		(void)(expression);                                            \
		errno = saved_errno;                                           \
	} while (0)

/* --- options.c ---------------------------------------------------------- */

struct disruptor_wait {
	enum disruptor_wait_strategy strategy;
	enum disruptor_wait_strategy fallback;
	int64_t spin_ns;
	int64_t yield_ns;
	int64_t sleep_ns;
};

/*
 * Copies what the caller has of a size-first struct over zeroes. known and
 * smallest are the sizes of this library's struct and of its first release's.
 */
int disruptor_options_copy(void *copy, size_t known, size_t smallest,
			   const void *given);
/* Fills in the defaults, checks the ranges, rounds the capacity up. */
int disruptor_options_resolve(struct disruptor_options *resolved,
			      const struct disruptor_options *given);
/* To a power of two, at most DISRUPTOR_CAPACITY_MAX. */
uint64_t disruptor_round_capacity(uint64_t wanted);
int disruptor_wait_resolve(struct disruptor_wait *wait);

/* --- region.c ----------------------------------------------------------- */

int disruptor_header_make(struct disruptor_header *header,
			  const struct disruptor_options *options);
/* Checks all fields against each other; file_size is what the file has. */
int disruptor_header_verify(const struct disruptor_header *header,
			    uint64_t file_size, bool to_join);
/* Within the limits of layout.h; then no offset overflows. */
bool disruptor_geometry_fits(uint64_t capacity, uint64_t event_size);
uint64_t disruptor_type_hash(const char *type_name);

/* --- disruptor.c -------------------------------------------------------- */

/* Who does not wait but asks again and again looks after the dead as well. */
struct disruptor_suspicion {
	int64_t sequence;	/* that has been in the way … */
	int64_t since;		/* … since then */
};

/* Since when a consumer stands where it stands. */
struct disruptor_stall {
	uint32_t index;
	uint64_t status;
	int64_t sequence;
	int64_t since;		/* 0: none is known to */
};

struct disruptor_producer_private {
	struct disruptor_producer handle;
	struct disruptor_producer_private *following;
	struct disruptor *disruptor;
	struct disruptor_wait wait;
	struct disruptor_producer_record *record;
	uint32_t index;
	struct disruptor_os_pin pin;
	struct disruptor_suspicion suspicion;
	struct disruptor_stall stall;
	/* The gate: records that were active in this epoch. */
	uint64_t gate_epoch;
	int64_t gate;
	int32_t slowest;	/* index of the consumer that gates; -1: none */
	uint64_t dropped;	/* claims turned away, disruptor_claim_or_drop() */
	uint32_t gating_count;
	uint16_t gating[DISRUPTOR_CONSUMERS_LIMIT];
};

/* See slip.c. */
struct disruptor_slip {
	int pauses;		/* between two looks at the cursor */
	uint32_t after;		/* polls until the next trial */
	int64_t gain_least;	/* events between two looks: it may pay */
	int64_t gain_enough;	/* it pays in any case */
	int64_t gain;		/* so many between two looks: it pays */
	int64_t armed_at;	/* how fast they come without: since then, */
	int64_t armed_next;	/* from this sequence on */
	int64_t target;		/* events to wait for; 0: never */
};

struct disruptor_poller_private {
	struct disruptor_poller handle;
	struct disruptor_poller_private *following;
	struct disruptor *disruptor;
	struct disruptor_wait wait;
	uint64_t status;	/* of the record while it is ours */
	uint32_t index;
	struct disruptor_slip slip;
	struct disruptor_os_pin pin;
	struct disruptor_suspicion suspicion;
	bool evicted;		/* handle.next is where it was */
	enum disruptor_on_upstream_lost on_upstream_lost;
	bool upstream_died;	/* one with a place; see suspect() */
	const struct disruptor_sequence *upstream[DISRUPTOR_CONSUMERS_LIMIT];
	uint16_t upstream_index[DISRUPTOR_CONSUMERS_LIMIT];
};

struct disruptor {
	struct disruptor_header header;	/* checked copy; the only one used */
	unsigned char *region;
	struct disruptor_ring_buffer ring;
	struct disruptor_shared_words *words;
	struct disruptor_producer_record *producers;
	struct disruptor_consumer_record *consumers;
	struct disruptor_wait wait;
	bool shared;
	bool can_barrier;	/* membarrier works: sleepers pay for E5 */
	uint64_t generation;	/* a forked child is somebody else */
	bool read_only_events;	/* no producers here; see recovery.c */
	char name[256];		/* of a shared ring; "": it has none */
	int probe_fd;		/* asks for locks; never holds one */
	dev_t device;
	ino_t inode;
	/* Control plane only: the lists and the graph below. */
	pthread_mutex_t mutex;
	struct disruptor_producer_private *producer_handles;
	struct disruptor_poller_private *poller_handles;
	uint32_t registry_is_held; /* by somebody, for as long as one waits */
	bool halted;
	struct disruptor_processor *processors;
	struct disruptor_worker_pool *pools;
	struct disruptor_failure graph_failure; /* the first one sticks */
	struct disruptor_failure start_failure;
	struct disruptor_failure failure; /* why a processor ended early */
	bool started;
	bool was_started;	/* errors of the graph stick no more */
	uint32_t starting;	/* processor threads whose on_start is not done */
	uint32_t running;	/* processor threads that have not ended */
	pthread_cond_t changed;	/* running or changing is less than it was */
	bool changing;		/* a start, shutdown or join is under way */
};

/* For time-outs by disruptor_os_now(). */
void disruptor_cond_init(pthread_cond_t *condition);
/* Zeroed and on lines of its own; for free(). NULL with errno. */
void *disruptor_allocate(size_t size);
/* Fills in what follows from a checked header, a mapping and its file. */
void disruptor_place(struct disruptor *d, const struct disruptor_header *header,
		     unsigned char *region, int fd);
/*
 * A ring over a region that is mapped already; on failure it stays mapped. A
 * shared one has a name and a file, a private one NULL and -1.
 */
struct disruptor *disruptor_make(const struct disruptor_header *header,
				 unsigned char *region, const char *name,
				 int fd);
/* Wakes everybody who sleeps anywhere on this ring. */
void disruptor_wake_everybody(struct disruptor *d);
/* -ECHILD with a reason when this is a forked child's copy. */
int disruptor_check_process(const struct disruptor *d);

/* --- shared_memory.c ---------------------------------------------------- */

/* The name without its leading slash, or NULL with the reason. */
const char *disruptor_plain_name(const char *name);
/* Writes the whole ring into a file that nobody else has yet; maps it. */
unsigned char *disruptor_fill_file(int fd, const struct disruptor_header *header,
				   bool huge_pages);

/* A new file of so many bytes is over the process's limit: -EFBIG. */
int disruptor_fail_limit(uint64_t bytes);

/* --- attach.c ----------------------------------------------------------- */

/* Opens a ring's file for reading, and reads its checked header. */
int disruptor_open_to_look(const char *name, struct disruptor_header *header);
/* Reads the header into private memory and checks it there. */
int disruptor_read_header(int fd, const struct stat *st,
			  struct disruptor_header *header, bool to_join);
/* Copies and checks what attaching calls are given. */
int disruptor_attach_options(struct disruptor_options *options,
			     const struct disruptor_options *given);
/* Joins the ring in a file whose header was checked; fd is closed or kept. */
struct disruptor *disruptor_attach_file(const char *name, int fd,
					const struct disruptor_header *header,
					const struct disruptor_options *o);
/* What a ring's open() returned, in words. */
int disruptor_fail_open(int error);
/* Protects a fresh mapping from us, and from children. */
int disruptor_secure(unsigned char *region,
		     const struct disruptor_header *header);

/* --- holes.c ------------------------------------------------------------ */

/* Before a ring's file is mapped to join it. */
int disruptor_fill_holes(int fd, const struct disruptor_header *header);
/* For reading alone; of a file with holes a copy. NULL with the reason. */
unsigned char *disruptor_map_to_look(int fd,
				     const struct disruptor_header *header);

/* -EIO with the reason when the memory at address was cut off; else 0. */
int disruptor_check_cut(const void *address);
/* Closed: -ESHUTDOWN, or because it was cut off. */
int disruptor_fail_closed(const struct disruptor_shared_words *words);

/* --- inspect.c ---------------------------------------------------------- */

/* A read-only look at a ring; the caller owns the struct. */
int disruptor_view_open(struct disruptor *view, const char *name);
void disruptor_view_close(struct disruptor *view);

/* --- holder.c ----------------------------------------------------------- */

/* What was read of the record since it had this owner is of that one alone. */
bool disruptor_producer_is_still(const struct disruptor_producer_record *r,
				 uint64_t owner);

/* disruptor_find_holder() without its checks. */
int disruptor_find_holder_in_view(struct disruptor *d, int64_t sequence,
				  struct disruptor_holder *holder);

/* --- published.c -------------------------------------------------------- */

/* The cursor, brought into the range that it can honestly have. */
int64_t disruptor_cursor(const struct disruptor *d);
/* The first sequence in [from, to) whose word is neither event nor gap. */
int64_t disruptor_first_unresolved(const struct disruptor_ring_buffer *ring,
				   int64_t from, int64_t to);
/* Where a closed ring ends: what is claimed, or published by the one producer. */
int64_t disruptor_stream_end(const struct disruptor *d);
uint64_t *disruptor_commit_word(const struct disruptor *d, int64_t sequence);

/* --- liveness.c --------------------------------------------------------- */

#define DISRUPTOR_LOCK_REGISTRY (INT64_C(1) << 40)
#define DISRUPTOR_LOCK_PRODUCER(i) (DISRUPTOR_LOCK_REGISTRY + 1024 + (i))
#define DISRUPTOR_LOCK_CONSUMER(i) (DISRUPTOR_LOCK_REGISTRY + 2048 + (i))

/* False when the program closed our descriptor, or its number is another's. */
bool disruptor_probe_is_ours(const struct disruptor *d);

/* -EAGAIN: somebody lives there. Private rings take nothing and succeed. */
int disruptor_liveness_take(struct disruptor *d, struct disruptor_os_pin *pin,
			    int64_t byte);
/* May say true of the dead (who cannot be asked for); never false of the
 * living. */
bool disruptor_liveness_alive(struct disruptor *d, int64_t byte);

/*
 * One at a time may change the set of consumers, in this process by d->mutex,
 * which the caller holds, among processes by a lock that falls with its holder.
 */
int disruptor_registry_lock(struct disruptor *d, int64_t patience_ns);
int disruptor_registry_try_lock(struct disruptor *d);
void disruptor_registry_unlock(struct disruptor *d, int lock);

/* An identity that was never used before. */
uint64_t disruptor_incarnation(void);

/* --- sequencer.c, producer.c, gate.c, recovery.c, fetch_ahead.c ---------- */

/* Turns the claim in hand in a multi producer ring into gaps. */
void disruptor_sequencer_abandon(struct disruptor_sequencer *s);
/* Before a gap's word: followers look for gaps below this. */
void disruptor_raise_gap_end(struct disruptor_control *control, int64_t end);

/* Decides whether lines are fetched ahead in this ring. */
void disruptor_sequencer_prepare_fetch(struct disruptor_sequencer *s);

/* Rescans the consumers and sets the sequencer's limit. */
void disruptor_gate_scan(struct disruptor_producer_private *p);
/* A scan would find what the last one found. */
bool disruptor_gate_is_unmoved(const struct disruptor_producer_private *p);
/* The next scan lists the consumers anew, whatever the epoch says. */
void disruptor_gate_forget(struct disruptor_producer_private *p);

/*
 * Turns the claims from sequence on into gaps, as long as their claimers are
 * certainly dead. Any number of survivors may do it at once.
 */
void disruptor_recover(struct disruptor *d, int64_t sequence);
/* The same for what the owner of a record claimed, if that owner is dead. */
void disruptor_recover_producer(struct disruptor *d, uint32_t index);

/* --- consumer_record.c -------------------------------------------------- */

struct disruptor_consumer_set {
	uint64_t bits[DISRUPTOR_CONSUMERS_LIMIT / 64];
};

static inline bool disruptor_set_has(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> (i % 64)) & 1;
}

static inline void disruptor_set_add(struct disruptor_consumer_set *set,
				     uint32_t i)
{
	set->bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline bool
disruptor_consumer_follows(const struct disruptor_consumer_record *r,
			   uint32_t i)
{
	return (disruptor_load_relaxed_u64(&r->upstream[i / 64]) >>
			(i % 64) & 1) != 0;
}

static inline uint32_t disruptor_consumer_state(uint64_t status)
{
	return (uint32_t)(status & 0xff);
}

/* Producers wait for it, and those who follow it. */
static inline bool disruptor_consumer_gates(uint64_t status)
{
	return disruptor_consumer_state(status) == DISRUPTOR_CONSUMER_ACTIVE ||
	       disruptor_consumer_state(status) == DISRUPTOR_CONSUMER_EVICTING;
}

/*
 * Joins, or resumes a name. Fills index, status and pin; sets the sequence.
 * upstream, by record, adds to the names in the options; NULL adds nobody.
 */
int disruptor_consumer_join(struct disruptor_poller_private *p,
			    const struct disruptor_poller_options *options,
			    const struct disruptor_consumer_set *upstream);
/* A consistent copy of whom a consumer follows; false: it is being changed. */
bool disruptor_consumer_upstream(const struct disruptor_consumer_record *r,
				 struct disruptor_consumer_set *set);

/* --- consumer_look.c ---------------------------------------------------- */

void disruptor_consumer_set_name(struct disruptor_consumer_record *r,
				 const char *name);
/* DISRUPTOR_CONSUMER_NAME_SIZE bytes, the last one zero. */
void disruptor_consumer_get_name(const struct disruptor_consumer_record *r,
				 char *name);
/* What was read of the record since it had this status is of one owner. */
bool disruptor_consumer_is_still(const struct disruptor_consumer_record *r,
				 uint64_t status);

/* --- eviction.c --------------------------------------------------------- */

void disruptor_consumer_leave(struct disruptor_poller_private *p);
/* An active one of that name, or -ENOENT. */
int disruptor_consumer_find(const struct disruptor *d, const char *name,
			    uint32_t *index);
/* Active, and its place outlives it. */
bool disruptor_consumer_holds_place(const struct disruptor_consumer_record *r);
/* One that follows it asks for its place to be kept. */
bool disruptor_consumer_followers_hold(struct disruptor *d, uint32_t index);
/* Its owner is dead and its place not held, or its eviction was begun. */
bool disruptor_consumer_is_lost(struct disruptor *d, uint32_t index);
/* Evicts one that is lost; the registry is locked. */
void disruptor_consumer_lose(struct disruptor *d, uint32_t index);
/* Takes it out of the graph and off the gate; the registry is locked. */
void disruptor_consumer_remove(struct disruptor *d, uint32_t index);
/* A private ring knows its consumers by their handles; d->mutex is held. */
bool disruptor_poller_is_here(const struct disruptor *d, uint32_t index);
/* Takes a consumer that is lost off the gate. d->mutex is free. */
void disruptor_consumer_evict_if_dead(struct disruptor *d, uint32_t index);

/* --- stall.c ------------------------------------------------------------ */

/*
 * Looks whether the consumer that a producer waits for, or the one that this
 * one waits for, stands still, and evicts it after its limit. d->mutex is free.
 */
void disruptor_consumer_evict_if_stalled(struct disruptor *d,
					 struct disruptor_stall *stall,
					 uint32_t index);

/* --- consumer_record.c -------------------------------------------------- */

bool disruptor_consumer_is_active(const struct disruptor *d, uint32_t index);
/*
 * index, which does not poll yet, follows whom member follows, and whoever
 * follows one of members follows also index from now on: all that happens after
 * this, to those that learn of it, finds it so. d->mutex is held.
 */
int disruptor_consumer_join_members(struct disruptor *d, uint32_t index,
				    uint32_t member,
				    const struct disruptor_consumer_set *members);

/* --- who is told of the end ---------------------------------------------- */

/* E7, E8: sees also what was done before the halt, or before the close. */
static inline uint32_t
disruptor_poller_halted(const struct disruptor_poller *poller)
{
	return disruptor_load_acquire_u32(&poller->halted);
}

static inline bool
disruptor_is_closed(const struct disruptor_shared_words *words)
{
	return (disruptor_load_acquire_u32(&words->control.state) &
		DISRUPTOR_STATE_CLOSED) != 0;
}

/* --- event_poller.c ----------------------------------------------------- */

/* As disruptor_poller_new_opts(); d->mutex is held. */
struct disruptor_poller *
disruptor_poller_make(struct disruptor *d,
		      const struct disruptor_poller_options *options,
		      const struct disruptor_consumer_set *upstream);
/* Its record's place among the ring's consumers. */
uint32_t disruptor_poller_index(const struct disruptor_poller *poller);
/* Leaves the ring, once; the handle stays. d->mutex is held. */
void disruptor_poller_leave(struct disruptor_poller *poller);
/* Leaves and frees; d->mutex is held. */
void disruptor_poller_unmake(struct disruptor_poller *poller);
void disruptor_producer_unmake(struct disruptor_producer_private *p);

/* --- upstream.c --------------------------------------------------------- */

/*
 * Learns anew whom to follow. 0; -ESTALE, -EOWNERDEAD; 1: not to be told yet.
 */
int disruptor_poller_revalidate(struct disruptor_poller_private *p);
/* Of those that it follows, the one that is behind; -1: the cursor. */
int32_t
disruptor_poller_slowest_upstream(const struct disruptor_poller_private *p);
/* Looks after whom or what it waits for. */
void disruptor_poller_suspect(struct disruptor_poller_private *p);
int disruptor_fail_upstream(void);

/* --- slip.c ------------------------------------------------------------- */

void disruptor_slip_prepare(struct disruptor_poller_private *p);

/* --- wait_strategy.c ---------------------------------------------------- */

/* A round of spinning takes about as long: for less there is none. */
#define DISRUPTOR_SPIN_SHORTEST_NS 500

/* What is waited for, asked again and again. All get context. */
struct disruptor_waiter {
	void *context;
	/* Not 0: the wait is over and this is its result. */
	int64_t (*attempt)(void *context);
	/* The word that changes when attempt may succeed. */
	uint32_t *(*point)(void *context);
	/* Looks after the dead; called now and then. */
	void (*suspect)(void *context);
	/* Somebody, who may be dead, is in the way; else there is no work. */
	bool (*held_up)(void *context);
	const struct disruptor_wait *wait;
	struct disruptor *disruptor;
};

/* Now and timeout_ns later; INT64_MAX for a negative time-out. */
int64_t disruptor_deadline(int64_t timeout_ns);
/* attempt's result, or 0 after timeout_ns (negative: never). */
int64_t disruptor_wait_until(const struct disruptor_waiter *waiter,
			     int64_t timeout_ns);
/* Whether this sequence has been in the way for a millisecond, or one more. */
bool disruptor_suspicion_due(struct disruptor_suspicion *suspicion,
			     int64_t sequence);
/* The cold half of E5 for publishers: wakes who sleeps on this word. */
void disruptor_wake(uint32_t *signal, bool shared);

/* --- processors: the graph, its threads, its pools ----------------------- */

#define DISRUPTOR_THREAD_NAME_SIZE 16 /* the kernel's, with a zero byte */
#define DISRUPTOR_CPUS_SIZE 256

/* Of a worker's poller, beside DISRUPTOR_HALTED: after what it took. */
#define DISRUPTOR_LEAVING 2u

/* A processor's part in a pool. */
struct disruptor_worker {
	uint32_t id;		/* not 0; nobody in the pool had it before */
	/* Without a key: what it took and is not done with. */
	int64_t taken;
	int64_t taken_end;
	/* By key: it is done with all before passed, and has seen looked. */
	int64_t passed;
	int64_t looked;
	bool left; /* has no keys, and nobody waits for it */
};

/* How far those that are started together have come. */
enum disruptor_phase {
	DISRUPTOR_PHASE_STARTING, /* on_start runs */
	DISRUPTOR_PHASE_RUNNING,  /* all of them succeeded: handle events */
	DISRUPTOR_PHASE_FAILED	  /* one did not: end */
};

struct disruptor_processor {
	struct disruptor *disruptor;
	struct disruptor_processor *following;
	struct disruptor_poller *poller;
	struct disruptor_processor_options options; /* its strings: here */
	char thread_name[DISRUPTOR_THREAD_NAME_SIZE];
	char cpus[DISRUPTOR_CPUS_SIZE];
	struct disruptor_worker_pool *pool; /* NULL: every event is its own */
	struct disruptor_worker worker;
	void *state;		/* what callbacks get */
	uint64_t errors;	/* skipped */
	pthread_t thread;
	bool joinable;
	enum disruptor_phase phase; /* under d->mutex, as ended */
	bool ended;		/* the thread's last word */
	bool failed;		/* a handler, not the ring, ended it */
	bool going;		/* to be removed: leaves when its thread ends */
	bool gone;		/* has left; only to be joined and freed */
	/* The batch in hand, for disruptor_release(). */
	int64_t first;
	int64_t end;
	int64_t released;
};

/* --- event_handler.c */

/* This thread is p's. */
void disruptor_processor_enter(struct disruptor_processor *p);
/* Whether the caller is one of d's processor threads: it must not join. */
bool disruptor_processor_is_caller(const struct disruptor *d);
/* Handles and passes the count events that its poller has ready, or fails. */
int disruptor_handle_batch(struct disruptor_processor *p, int64_t count);

/* --- event_processor.c */

/* A callback's own number: whatever it is, an errno comes of it. */
int disruptor_honest_error(int error);
/*
 * Starts these of the list, and waits for their on_start. After a failure all
 * of them are about to end. d->mutex is held.
 */
int disruptor_processors_start(struct disruptor *d,
			       struct disruptor_processor *first,
			       const struct disruptor_processor *end);
/* Waits for a thread that has ended or is about to, if there is one. */
void disruptor_processor_join(struct disruptor_processor *processor);

/* --- graph.c; a change is under way and d->mutex is held */

/* As disruptor_handle_events_opts(), but does not start it. */
struct disruptor_processor *
disruptor_graph_add(struct disruptor *d,
		    const struct disruptor_processor_options *options);
/* The first error of a graph that is not started sticks. */
void disruptor_graph_remember(struct disruptor *d, int error);

/* --- graph_change.c; a change is under way and d->mutex is held */

/* The first error, which sticks, or 0. */
int disruptor_graph_check(const struct disruptor *d);
/* Begins one, unless the graph cannot be changed or not from here. */
int disruptor_graph_begin(struct disruptor *d);
/* Whether its threads handle events, or did until the ring's end. */
bool disruptor_graph_runs(const struct disruptor *d);
/* Starts those that were added before end, if it runs; or takes them out. */
int disruptor_graph_run(struct disruptor *d,
			const struct disruptor_processor *end);
/* Asks its thread to end between two batches: 0, or -ETIMEDOUT. */
int disruptor_graph_stop(struct disruptor_processor *p, int64_t deadline);
/* Takes out those that were added before end; returns error. */
int disruptor_graph_undo(struct disruptor *d,
			 const struct disruptor_processor *end, int error);

/* --- worker_pool.c, worker_share.c */

/* Others take over; 0, or it cannot go now. A change is under way. */
int disruptor_worker_leave(struct disruptor_processor *p, int64_t deadline);
/* It took events that it is not done with. */
bool disruptor_worker_has_taken(const struct disruptor_processor *p);
/* -EBUSY: its handler failed at an event that is still its own. */
int disruptor_worker_check_left(const struct disruptor_processor *p);
/* It is no longer of its pool. */
void disruptor_worker_forget(struct disruptor_processor *p);
void disruptor_worker_pools_free(struct disruptor *d);
/* Narrows p->first and p->end to what this worker has to do next. */
int disruptor_worker_take(struct disruptor_processor *p);
/* How far it may pass: ready is the end of what was ready, done of what is. */
int64_t disruptor_worker_done(struct disruptor_processor *p, int64_t ready,
			      int64_t done);
/* The first of its own events from sequence on, or p->end. */
int64_t disruptor_worker_next(const struct disruptor_processor *p,
			      int64_t sequence);

/* --- life_cycle.c */

/* One start, stop or change of the graph at a time; takes d->mutex. */
bool disruptor_begin_change(struct disruptor *d, int64_t deadline);
void disruptor_end_change(struct disruptor *d);
/* Not from a handler, not from a forked child. */
int disruptor_check_caller(const struct disruptor *d);
/* Tells all handles to stop and wakes them; d->mutex is held. */
void disruptor_halt_handles(struct disruptor *d);
/* d->mutex is held. False: the deadline has passed. */
bool disruptor_wait_for_change(struct disruptor *d, int64_t deadline);
struct timespec disruptor_absolute(int64_t ns);
/* Ends the graph: drains or halts, joins, frees the processors. */
void disruptor_graph_free(struct disruptor *d);

#endif
