// SPDX-License-Identifier: MIT
// The class Disruptor of the npm package shared-memory-disruptor: the same
// calls, the same memory. What crashed there throws here.
'use strict';

const binding = require('./binding');
const guard = require('./guard');
const waits = require('./waits');
const { PAUSE_US } = require('./handles');
const { wrongType, outOfRange, released, notClaimed, checkFunction } =
	require('./errors');

// Results of the native calls, and what they wait for; compat.h has both.
const FULL = -1;
const NO_CONSUMERS = -2;
const RELEASED = -3;
const NOT_A_CONSUMER = -4;
const TO_CONSUME = 0;
const TO_CLAIM = 1;
const TO_CLAIM_SOME = 2;
const TO_COMMIT = 3;

// A blocking call comes back this often, so that a worker can be terminated.
const SLICE_NS = 100e6;
const CHUNK_BITS = 8;
const EMPTY = Buffer.alloc(0);
const UINT32_MAX = 4294967295;

// For the streams.
const waitFor = Symbol('waitFor');

function uint32(name, value, low = 0) {
	if (typeof value !== 'number')
		throw wrongType('A number was expected');
	if (!Number.isInteger(value) || value < low || value > UINT32_MAX)
		throw outOfRange(name, `an integer from ${low} to ${UINT32_MAX}`,
			value);
	return value;
}

function sequence(name, value) {
	if (typeof value !== 'number')
		throw wrongType('A number was expected');
	if (!Number.isSafeInteger(value) || value < 0)
		throw outOfRange(name, 'an integer from 0 to 2^53 - 1', value);
	return value;
}

function boolean(value) {
	if (typeof value !== 'boolean')
		throw wrongType('A boolean was expected');
	return value;
}

// −1 and what is beyond the consumers: such an object only produces.
function consumerIndex(value, consumers) {
	if (typeof value !== 'number')
		throw wrongType('A number was expected');
	if (!Number.isInteger(value) || value < -1 || value > UINT32_MAX)
		throw outOfRange('consumer', 'an integer from -1 to ' +
			`${UINT32_MAX}`, value);
	return value < consumers ? value : -1;
}

class Disruptor {
	#native;
	#elements;		// Buffers; undefined after release
	#consumers;
	#state;			// Float64Array that the native side writes
	#count;
	#size;
	#spin;
	#index;
	#slots = [];		// Buffers of single elements, in chunks
	#waits = new Set();

	constructor(shm_name, num_elements, element_size, num_consumers, consumer,
		init, spin) {
		for (const number of [num_elements, element_size, num_consumers,
			consumer])
			if (typeof number !== 'number')
				throw wrongType('A number was expected');
		boolean(init);
		boolean(spin);
		if (typeof shm_name !== 'string')
			throw wrongType('A string was expected');
		this.#count = uint32('num_elements', num_elements, 1);
		this.#size = uint32('element_size', element_size, 1);
		uint32('num_consumers', num_consumers);
		if (num_elements * element_size > UINT32_MAX)
			throw outOfRange('num_elements * element_size',
				`at most ${UINT32_MAX}`, num_elements * element_size);
		if (num_consumers * 8 > UINT32_MAX)
			throw outOfRange('num_consumers', 'less', num_consumers);
		this.#spin = spin;
		this.#index = consumer;
		this.#open(shm_name, num_consumers, init);
	}

	#open(name, consumers, init) {
		this.#state = new Float64Array(8);
		this.#state[0] = 1;
		if (name.includes('\0'))
			throw outOfRange('shm_name', 'without null bytes', name);
		this.#native = binding.openCompat(name, this.#count, this.#size,
			consumers, consumerIndex(this.#index, consumers), init,
			this.#state);
		guard(this.#native.elements);
		guard(this.#native.consumers);
		this.#elements = Buffer.from(this.#native.elements);
		this.#consumers = Buffer.from(this.#native.consumers);
	}

	static unlink(shm_name) {
		if (typeof shm_name !== 'string')
			throw wrongType('A string was expected');
		binding.unlinkCompat(shm_name);
	}

	// --- results -------------------------------------------------------------

	#checked(result) {
		if (result === RELEASED)
			throw released();
		if (result === NOT_A_CONSUMER)
			throw outOfRange('consumer', 'less than num_consumers to ' +
				'consume', this.#index);
		return result;
	}

	#slot(slot) {
		const chunk = this.#slots[slot >> CHUNK_BITS] ??= [];
		const i = slot & ((1 << CHUNK_BITS) - 1);

		return chunk[i] ??= this.#elements.subarray(slot * this.#size,
			(slot + 1) * this.#size);
	}

	#run(slot, count) {
		return count === 1 ? this.#slot(slot) : this.#elements.subarray(
			slot * this.#size, (slot + count) * this.#size);
	}

	// The count elements that begin where the last result does.
	#views(count) {
		const slot = this.#state[5];
		const first = this.#count - slot;

		if (count <= first)
			return [this.#run(slot, count)];
		return [this.#run(slot, first), this.#run(0, count - first)];
	}

	// --- one try each; undefined: not yet --------------------------------------

	#tryClaim(count, partial) {
		const n = this.#native.claim(count, partial);

		if (n > 0 || n === NO_CONSUMERS || !this.#spin || count === 0)
			return this.#checked(n);
		this.#checked(n);
		return undefined;
	}

	#tryConsume() {
		const n = this.#native.consume();

		return this.#checked(n) === 0 && this.#spin ? undefined : n;
	}

	#tryCommit(start, end) {
		const done = this.#native.commitRange(start, end);

		if (done < 0) {
			this.#checked(done);
			throw notClaimed(`${start} to ${end} is not claimed`);
		}
		if (done > 0)
			return true;
		// What the cursor has passed can never be committed.
		return this.#spin && start <= end && this.#native.cursor() <= start ?
			undefined : false;
	}

	#claimed(n) {
		return n > 0 ? this.#views(n) : [];
	}

	// --- synchronous -----------------------------------------------------------

	// Blocks until it is worth another try.
	#wait(kind, start, count) {
		for (let waited = 0; !this.#native.wait(kind, start, count, SLICE_NS,
			waited);)
			waited += SLICE_NS;
	}

	produceClaimSync() {
		const slot = this.#native.claimOne();

		if (slot >= 0)
			return this.#slot(slot);
		if (slot === FULL && this.#spin) {
			this.#wait(TO_CLAIM, 0, 1);
			return this.#claimed(this.#claimSync(1, false))[0] ?? EMPTY;
		}
		this.#checked(slot);
		return EMPTY;
	}

	#claimSync(count, partial) {
		let n;

		while ((n = this.#tryClaim(count, partial)) === undefined)
			this.#wait(partial ? TO_CLAIM_SOME : TO_CLAIM, 0,
				partial ? 1 : count);
		return n;
	}

	produceClaimManySync(n) {
		return this.#claimed(this.#claimSync(uint32('n', n), false));
	}

	produceClaimAvailSync(max) {
		return this.#claimed(this.#claimSync(uint32('max', max), true));
	}

	produceCommitSync(start, end) {
		if (arguments.length < 2) {
			if (this.#native.commit() === 1)
				return true;
			start = this.#state[0];
			end = this.#state[1];
		} else {
			sequence('start', start);
			sequence('end', end);
		}
		let done;
		while ((done = this.#tryCommit(start, end)) === undefined)
			this.#wait(TO_COMMIT, start, 0);
		return done;
	}

	consumeNewSync() {
		let n = this.#native.consume();

		while (n <= 0 && this.#spin) {
			this.#checked(n);
			this.#wait(TO_CONSUME, 0, 0);
			n = this.#native.consume();
		}
		return this.#checked(n) > 0 ? this.#views(n) : [];
	}

	consumeCommit() {
		return this.#checked(this.#native.consumeCommit()) === 1;
	}

	produceRecover(start, end) {
		return this.#claimed(this.#checked(this.#native.recover(
			sequence('start', start), sequence('end', end))));
	}

	// --- asynchronous ----------------------------------------------------------

	// What comes at once is waited for in place.
	#tryBriefly(attempt, kind, start, count) {
		const value = attempt();

		if (value !== undefined || waits.count() > 0 ||
			!this.#native.pause(kind, start, count, PAUSE_US * 1e3))
			return value;
		return attempt();
	}

	// Tries until there is a value, then done(null, value) or done(error).
	#begin(attempt, kind, start, count, done) {
		const wait = {
			ref: true,
			attempt: () => {
				let value;

				try {
					if ((value = attempt()) === undefined)
						return false;
				} catch (error) {
					done(error);
					return true;
				}
				done(null, value);
				return true;
			},
			sleep: (id) => this.#native.sleep(id, kind, start, count),
			ended: () => this.#waits.delete(wait),
			fail: (error) => {
				waits.end(wait);
				done(error);
			},
		};

		this.#waits.add(wait);
		waits.begin(wait);
	}

	// The callback form: never before the caller goes on.
	#call(cb, attempt, kind, start, count, values) {
		checkFunction('callback', cb);
		const value = this.#tryBriefly(attempt, kind, start, count);

		if (value !== undefined) {
			process.nextTick(cb, null, ...values(value));
			return;
		}
		this.#callLater(cb, attempt, kind, start, count, values);
	}

	#callLater(cb, attempt, kind, start, count, values) {
		this.#begin(attempt, kind, start, count, (error, value) => {
			if (error !== null)
				process.nextTick(cb, error, undefined, undefined,
					undefined, undefined);
			else
				process.nextTick(cb, null, ...values(value));
		});
	}

	// The *Async members: by the event loop even if it is there at once.
	#callAsync(cb, attempt, kind, start, count, values) {
		checkFunction('callback', cb);
		setImmediate(() => this.#callLater(cb, attempt, kind, start, count,
			values));
	}

	#promise(attempt, kind, start, count, result) {
		return new Promise((resolve, reject) => {
			const value = this.#tryBriefly(attempt, kind, start, count);

			if (value !== undefined) {
				resolve(result(value));
				return;
			}
			this.#begin(attempt, kind, start, count, (error, later) => {
				if (error !== null)
					reject(error);
				else
					resolve(result(later));
			});
		});
	}

	#claimValues(value) {
		return [value, this.#state[0], this.#state[1],
			this.#state[4] === 1];
	}

	#claimOneCall(run, cb) {
		return run.call(this, cb, () => this.#tryClaim(1, false), TO_CLAIM, 0,
			1, (n) => this.#claimValues(this.#claimed(n)[0] ?? EMPTY));
	}

	produceClaim(cb) {
		if (cb)
			return this.#claimOneCall(this.#call, cb);
		return this.#promise(() => this.#tryClaim(1, false), TO_CLAIM, 0, 1,
			(n) => ({
				buf: this.#claimed(n)[0] ?? EMPTY,
				claimStart: this.#state[0],
				claimEnd: this.#state[1],
				allConsumersIgnoring: this.#state[4] === 1,
			}));
	}

	produceClaimAsync(cb) {
		this.#claimOneCall(this.#callAsync, cb);
	}

	#claimManyCall(run, n, partial, cb) {
		return run.call(this, cb, () => this.#tryClaim(n, partial),
			partial ? TO_CLAIM_SOME : TO_CLAIM, 0, partial ? 1 : n,
			(got) => this.#claimValues(this.#claimed(got)));
	}

	#claimManyPromise(name, n, partial) {
		return this.#promise(() => this.#tryClaim(uint32(name, n), partial),
			partial ? TO_CLAIM_SOME : TO_CLAIM, 0, partial ? 1 : n,
			(got) => ({
				bufs: this.#claimed(got),
				claimStart: this.#state[0],
				claimEnd: this.#state[1],
				allConsumersIgnoring: this.#state[4] === 1,
			}));
	}

	produceClaimMany(n, cb) {
		if (cb)
			return this.#claimManyCall(this.#call, uint32('n', n), false, cb);
		return this.#claimManyPromise('n', n, false);
	}

	produceClaimManyAsync(n, cb) {
		this.#claimManyCall(this.#callAsync, uint32('n', n), false, cb);
	}

	produceClaimAvail(max, cb) {
		if (cb)
			return this.#claimManyCall(this.#call, uint32('max', max), true,
				cb);
		return this.#claimManyPromise('max', max, true);
	}

	produceClaimAvailAsync(max, cb) {
		this.#claimManyCall(this.#callAsync, uint32('max', max), true, cb);
	}

	// (cb), (start, end, cb), (start, end), (): the range and the callback.
	#commitArguments(args) {
		if (args.length >= 2)
			return [sequence('start', args[0]), sequence('end', args[1]),
				args[2]];
		return [this.#state[0], this.#state[1], args[0]];
	}

	#commitCall(run, start, end, cb) {
		return run.call(this, cb, () => this.#tryCommit(start, end), TO_COMMIT,
			start, 0, (done) => [done, undefined, undefined, undefined]);
	}

	produceCommit(...args) {
		const cb = args.length >= 2 ? args[2] : args[0];

		if (cb) {
			const [start, end] = this.#commitArguments(args);
			return this.#commitCall(this.#call, start, end, cb);
		}
		return this.#commitPromise(args);
	}

	async #commitPromise(args) {
		const [start, end] = this.#commitArguments(args);

		return this.#promise(() => this.#tryCommit(start, end), TO_COMMIT,
			start, 0, (done) => done);
	}

	produceCommitAsync(...args) {
		this.#commitCall(this.#callAsync, ...this.#commitArguments(args));
	}

	#consumeValues(n) {
		return [n > 0 ? this.#views(n) : [], this.#state[2], undefined,
			undefined];
	}

	consumeNew(cb) {
		if (cb)
			return this.#call(cb, () => this.#tryConsume(), TO_CONSUME, 0, 0,
				(n) => this.#consumeValues(n));
		return this.#promise(() => this.#tryConsume(), TO_CONSUME, 0, 0,
			(n) => ({
				bufs: n > 0 ? this.#views(n) : [],
				start: this.#state[2],
			}));
	}

	consumeNewAsync(cb) {
		this.#callAsync(cb, () => this.#tryConsume(), TO_CONSUME, 0, 0,
			(n) => this.#consumeValues(n));
	}

	// For the streams: calls back once, when it is worth another try or there
	// is nothing more to wait for. Returns what cancels it.
	[waitFor](kind, start, count, worthIt) {
		let asked = false, over = false;
		const finish = () => {
			if (!over)
				worthIt();
			over = true;
		};
		const wait = {
			ref: true,
			attempt: () => {
				if (!asked && !over) {
					asked = true;
					return false;
				}
				finish();
				return true;
			},
			sleep: (id) => this.#native.sleep(id, kind, start, count),
			ended: () => this.#waits.delete(wait),
			fail: () => {
				waits.end(wait);
				finish();
			},
		};

		if (this.#elements === undefined) {
			finish();
			return () => {};
		}
		this.#waits.add(wait);
		waits.begin(wait);
		return wait.fail;
	}

	// --- the rest --------------------------------------------------------------

	release(mark_ignore) {
		if (this.#elements === undefined)
			return;
		if (mark_ignore)
			this.#checked(this.#native.consumer() === NOT_A_CONSUMER ?
				NOT_A_CONSUMER : 0);
		for (const wait of [...this.#waits])
			wait.fail(released());
		this.#native.release(Boolean(mark_ignore), this.#native.elements,
			this.#native.consumers);
		this.#elements = this.#consumers = undefined;
		this.#slots = [];
	}

	get prevClaimStart() {
		return this.#state[0];
	}

	get prevClaimEnd() {
		return this.#state[1];
	}

	get prevConsumeStart() {
		return this.#state[2];
	}

	get prevConsumeNext() {
		return this.#state[3];
	}

	get allConsumersIgnoring() {
		return this.#state[4] === 1;
	}

	get elementSize() {
		return this.#size;
	}

	get spin() {
		return this.#spin;
	}

	get elements() {
		return this.#elements;
	}

	get consumers() {
		return this.#consumers;
	}

	get cursor() {
		return this.#checked(this.#native.cursor());
	}

	get next() {
		return this.#checked(this.#native.next());
	}

	get consumer() {
		return this.#checked(this.#native.consumer());
	}

	get status() {
		const status = this.#native.status();

		if (status === undefined)
			throw released();
		return status;
	}

	set status(status) {
		if (typeof status !== 'number')
			throw wrongType('A number was expected');
		this.#checked(this.#native.setStatus(status));
	}
}

Disruptor.prototype[Symbol.dispose] = function dispose() {
	this.release();
};

module.exports = { Disruptor, waitFor };
