/* SPDX-License-Identifier: MIT */
#include "engine.h"
#include "library.h"
#undef memcpy
#undef memset
#undef free

#include "../../src/os/os.h"

#include <errno.h>
#include <string.h>

/*
 * src/os/ for the explorer: one machine of participants, each a process (or a
 * thread, if they share a ring). Memory comes from an arena at fixed addresses,
 * so that an execution repeats; what setup left in it is copied back before
 * each. A participant that is killed loses its locks, and whoever finds them
 * free afterwards sees all that it did. Real kernels order more: one lock of a
 * file with another, a wake with the end of a sleep. No scene may need that.
 */

#define SETUP_SIZE (512 * 1024)
#define OWN_SIZE (96 * 1024)
#define ARENA_SIZE (SETUP_SIZE + SCENE_PARTICIPANTS * OWN_SIZE)
#define LOCKS 16
#define FILES 4
#define OBJECTS 24
#define WORDS 4			/* that one sleeps on at once */
/* No addresses. */
#define LOCK_KEY(byte) ((uint64_t)(byte) << 1 | 1)
#define NAMES_KEY UINT64_C(1)
#define FIRST_FD 100

struct lock {
	int64_t byte;
	int owner;		/* participant, from 1; 0: free */
	bool pinned;		/* by a mapping: only that lets it go */
};

struct file {
	unsigned char *memory;
	uint64_t length;
	bool used;
	char name[32];		/* "": none yet */
};

/* What a call has to do with: a lock, or by its address a mutex, a thread. */
struct object {
	uint64_t key;
	struct kernel_object kernel;
};

struct machine {
	size_t used[PARTICIPANTS];
	struct lock locks[LOCKS];
	struct file files[FILES];
	struct object objects[OBJECTS];
	uint64_t hash;		/* who touched what last */
	const uint32_t *words[PARTICIPANTS][WORDS];
	uint64_t random[PARTICIPANTS];
};

static _Alignas(4096) unsigned char arena[ARENA_SIZE];
static unsigned char kept[SETUP_SIZE];
static struct machine machine, kept_machine;

static int process(void)
{
	return engine.running ? engine.current : engine.setting_for;
}

/* --- memory -------------------------------------------------------------------- */

static unsigned char *area(int who)
{
	return who == 0 ? arena :
			  arena + SETUP_SIZE + (size_t)(who - 1) * OWN_SIZE;
}

void *explore_allocate(size_t alignment, size_t size)
{
	int who = engine.running ? engine.current : 0;
	size_t at = (machine.used[who] + alignment - 1) & ~(alignment - 1);

	if (at + size > (who == 0 ? SETUP_SIZE : OWN_SIZE))
		return NULL;
	machine.used[who] = at + size;
	return memset(area(who) + at, 0, size);
}

void *scene_memory(size_t size)
{
	return explore_allocate(64, size);
}

void scene_share(const void *memory, size_t size)
{
	plain_watch(memory, size);
}

bool system_holds(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)arena &&
	       (uintptr_t)p < (uintptr_t)arena + ARENA_SIZE;
}

size_t system_place(const void *p)
{
	return (uintptr_t)p - (uintptr_t)arena;
}

void *system_at(size_t place)
{
	return arena + place % ARENA_SIZE;
}

void system_forget(void)
{
	memset(&machine, 0, sizeof(machine));
}

void system_keep(void)
{
	memcpy(kept, arena, machine.used[0]);
	kept_machine = machine;
}

void system_reset(void)
{
	memcpy(arena, kept, kept_machine.used[0]);
	machine = kept_machine;
}

void scene_act_as(int n)
{
	engine.setting_for = n + 1;
}

uint64_t system_hash(void)
{
	return machine.hash;
}

/* --- the kernel ------------------------------------------------------------------ */

static struct object *object_of(uint64_t key)
{
	int i;

	for (i = 0; i < OBJECTS; i++) {
		if (machine.objects[i].key == 0)
			machine.objects[i].key = key;
		if (machine.objects[i].key == key)
			return &machine.objects[i];
	}
	scene_violated("the simulated kernel has too few objects");
}

static void touch(struct object *o)
{
	machine.hash ^= mix(o->key, o->kernel.last);
	memory_enter_kernel(&o->kernel);
	machine.hash ^= mix(o->key, o->kernel.last);
}

/*
 * A call that others can see, one after the other. It comes after the last one
 * that had to do with the same thing (0: nothing), and is ordered with no other.
 */
static void enter_kernel(uint64_t key)
{
	engine.step++;
	if (!engine.running)
		return;
	engine_point();
	promises_barrier();
	engine_note('E', key);
	if (key != 0)
		touch(object_of(key));
}

void system_enter(const void *address)
{
	enter_kernel((uintptr_t)address);
}

void system_bury(int who)
{
	int i;

	for (i = 0; i < LOCKS; i++)
		if (machine.locks[i].owner == who) {
			touch(object_of(LOCK_KEY(machine.locks[i].byte)));
			machine.locks[i].owner = 0;
			machine.locks[i].pinned = false;
		}
	engine_changed();
}

static struct lock *lock_of(int64_t byte)
{
	int i;

	for (i = 0; i < LOCKS; i++) {
		if (machine.locks[i].byte == byte)
			return &machine.locks[i];
		if (machine.locks[i].byte == 0) {
			machine.locks[i].byte = byte;
			return &machine.locks[i];
		}
	}
	scene_violated("the simulated kernel has too few locks");
}

int disruptor_os_lock_take(int fd, int64_t byte)
{
	struct lock *lock;

	(void)fd;
	enter_kernel(LOCK_KEY(byte));
	lock = lock_of(byte);
	engine_trace(NULL, "takes lock %lld%s", (long long)(byte & 0xffff),
		     lock->owner != 0 ? ": it is held" : "");
	if (lock->owner != 0)
		return -EAGAIN;
	lock->owner = process();
	return 0;
}

static void drop(int64_t byte)
{
	enter_kernel(LOCK_KEY(byte));
	lock_of(byte)->owner = 0;
	lock_of(byte)->pinned = false;
	engine_trace(NULL, "drops lock %lld", (long long)(byte & 0xffff));
	if (engine.running)
		engine_changed();
}

/* All or none. */
int disruptor_os_lock_take_range(int fd, int64_t first, int64_t count)
{
	int64_t byte;
	int error = 0;

	for (byte = first; byte < first + count && error == 0; byte++)
		error = disruptor_os_lock_take(fd, byte);
	if (error < 0)
		disruptor_os_lock_drop_range(fd, first, byte - 1 - first);
	return error;
}

void disruptor_os_lock_drop_range(int fd, int64_t first, int64_t count)
{
	int64_t byte;

	(void)fd;
	for (byte = first; byte < first + count; byte++)
		if (lock_of(byte)->owner == process() &&
		    !lock_of(byte)->pinned)
			drop(byte);
}

void disruptor_os_lock_drop(int fd, int64_t byte)
{
	(void)fd;
	drop(byte);
}

/*
 * Who finds a lock free comes after who dropped it. Nothing else is ordered:
 * the kernel may look at its list of locks without a lock of its own.
 */
static void ask_kernel(int64_t byte)
{
	struct kernel_object object;

	enter_kernel(0);
	object = object_of(LOCK_KEY(byte))->kernel;
	if (lock_of(byte)->owner == 0)
		memory_enter_kernel(&object);
	else
		engine_note('H', object.last);
}

int disruptor_os_lock_held(int fd, int64_t byte)
{
	(void)fd;
	ask_kernel(byte);
	engine_trace(NULL, "asks for lock %lld: %s", (long long)(byte & 0xffff),
		     lock_of(byte)->owner != 0 ? "held" : "free");
	return lock_of(byte)->owner != 0;
}

int disruptor_os_pin_take(struct disruptor_os_pin *pin, int fd, int probe_fd,
			  int64_t byte)
{
	int error = disruptor_os_lock_take(fd, byte);

	(void)probe_fd;
	if (error < 0)
		return error;
	pin->page = lock_of(byte);
	lock_of(byte)->pinned = true;
	return error;
}

void disruptor_os_pin_drop(struct disruptor_os_pin *pin)
{
	if (pin->page != NULL)
		drop(((struct lock *)pin->page)->byte);
	pin->page = NULL;
}

/* --- sleeping --------------------------------------------------------------------- */

static void forget_words(void)
{
	memset(machine.words[engine.current], 0,
	       sizeof(machine.words[engine.current]));
}

/* True: nobody woke it before. */
static bool sleep_until(int64_t deadline)
{
	struct participant *p = self();

	engine_trace(NULL, "sleeps");
	p->object = &machine;
	p->deadline = deadline;
	p->expired = false;
	engine_leave(SLEEPING);
	p->object = NULL;
	engine_note('S', (uint64_t)p->expired);
	engine_trace(NULL, p->expired ? "has slept enough" : "is woken");
	return p->expired;
}

bool disruptor_os_futex_wait(const uint32_t *word, uint32_t expected,
			     int64_t timeout_ns, bool shared)
{
	(void)shared;
	enter_kernel(0);
	forget_words();
	machine.words[engine.current][0] = word;
	if (memory_newest(word, sizeof(*word)) != expected) {
		engine_note('W', memory_newest(word, sizeof(*word)));
		engine_trace(NULL, "does not sleep: the word is another");
		return false;
	}
	return timeout_ns <= 0 || sleep_until(engine.now + timeout_ns);
}

/* Which words each sleeps on. */
static bool sleeps_on(int who, const uint32_t *word)
{
	int i;

	for (i = 0; i < WORDS && machine.words[who][i] != NULL; i++)
		if (machine.words[who][i] == word)
			return true;
	return false;
}

void disruptor_os_futex_wake_all(const uint32_t *word, bool shared)
{
	int i;

	(void)shared;
	enter_kernel(0);
	engine_trace(NULL, "wakes who sleeps");
	for (i = 1; i < PARTICIPANTS; i++)
		if (engine.participant[i].state == SLEEPING &&
		    engine.participant[i].object == &machine &&
		    sleeps_on(i, word))
			engine.participant[i].state = READY;
}

int disruptor_os_futex_wait_any(const struct disruptor_os_futex *futexes,
				int count, int64_t deadline)
{
	int i;

	enter_kernel(0);
	forget_words();
	for (i = 0; i < count; i++) {
		uint64_t found = memory_newest(futexes[i].word,
					       sizeof(*futexes[i].word));

		if (found != futexes[i].expected) {
			engine_note('W', found);
			engine_trace(NULL, "does not sleep: a word is another");
			return 0;
		}
		machine.words[engine.current][i] = futexes[i].word;
	}
	return sleep_until(deadline) ? -ETIMEDOUT : 0;
}

bool disruptor_os_barrier_register(bool shared)
{
	(void)shared;
	return !engine.scene->no_barrier;
}

bool disruptor_os_barrier(bool shared)
{
	EXPLORE_SITE(CALL, SEQ_CST, "membarrier");

	(void)shared;
	if (engine.scene->no_barrier)
		return false;
	engine.step++;
	sites_reach(&explore_here);
	if (!engine.running)
		return true;
	engine_point();
	engine_trace(&explore_here, "membarrier");
	if (sites_order(&explore_here) == EXPLORE_SEQ_CST)
		memory_membarrier();
	return true;
}

/* --- files -------------------------------------------------------------------------- */

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
	enter_kernel(NAMES_KEY);
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
	enter_kernel(NAMES_KEY);
	return find(name) >= 0;
}

int disruptor_os_file_open(const char *name, bool writable)
{
	(void)writable;
	enter_kernel(NAMES_KEY);
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

	enter_kernel(NAMES_KEY);
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

/* --- the rest ------------------------------------------------------------------------ */

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
	uint64_t value = (uint64_t)process() << 40 |
			 ++machine.random[process()] << 12;

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
	return (uint32_t)process();
}

uint32_t disruptor_os_thread_id(void)
{
	return (uint32_t)process();
}

uint32_t disruptor_os_user_id(void)
{
	return 0;
}
