// SPDX-License-Identifier: MIT
// The class Disruptor of the npm package shared-memory-disruptor: the same
// calls, the same memory. What crashed there throws here.
'use strict';

const binding = require('./binding');
const guard = require('./guard');
const { CompatWaits } = require('./compat_waits');
const { number, uint32, sequence, string, consumerIndex, checkOpening } =
	require('./compat_arguments');
const { outOfRange, released, notClaimed } = require('./errors');

// Results of the native calls, and what they wait for; compat.h has both.
const FULL = -1;
const NO_CONSUMERS = -2;
const RELEASED = -3;
const NOT_A_CONSUMER = -4;
const TO_CONSUME = 0;
const TO_CLAIM = 1;
const TO_CLAIM_SOME = 2;
const TO_COMMIT = 3;

const CHUNK_BITS = 8;
const EMPTY = Buffer.alloc(0);

// For the streams.
const waitFor = Symbol('waitFor');

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
	#waits;

	constructor(shm_name, num_elements, element_size, num_consumers, consumer,
		init, spin) {
		checkOpening(shm_name, num_elements, element_size, num_consumers,
			consumer, init, spin);
		this.#count = num_elements;
		this.#size = element_size;
		this.#spin = spin;
		this.#index = consumer;
		this.#open(shm_name, num_consumers, init);
	}

	#open(name, consumers, init) {
		this.#state = new Float64Array(8);
		this.#state[0] = 1;
		this.#native = binding.openCompat(name, this.#count, this.#size,
			consumers, consumerIndex(this.#index, consumers), init,
			this.#state);
		this.#waits = new CompatWaits(this.#native);
		guard(this.#native.elements);
		guard(this.#native.consumers);
		this.#elements = Buffer.from(this.#native.elements);
		this.#consumers = Buffer.from(this.#native.consumers);
	}

	static unlink(shm_name) {
		binding.unlinkCompat(string(shm_name));
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

	produceClaimSync() {
		const slot = this.#native.claimOne();

		if (slot >= 0)
			return this.#slot(slot);
		if (slot === FULL && this.#spin) {
			this.#waits.block(TO_CLAIM, 0, 1);
			return this.#claimed(this.#claimSync(1, false))[0] ?? EMPTY;
		}
		this.#checked(slot);
		return EMPTY;
	}

	#claimSync(count, partial) {
		let n;

		while ((n = this.#tryClaim(count, partial)) === undefined)
			this.#waits.block(partial ? TO_CLAIM_SOME : TO_CLAIM, 0,
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
			this.#waits.block(TO_COMMIT, start, 0);
		return done;
	}

	consumeNewSync() {
		let n = this.#native.consume();

		while (n <= 0 && this.#spin) {
			this.#checked(n);
			this.#waits.block(TO_CONSUME, 0, 0);
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

	#claimValues(value) {
		return [value, this.#state[0], this.#state[1],
			this.#state[4] === 1];
	}

	#claimOneCall(how, cb) {
		return this.#waits[how](cb, () => this.#tryClaim(1, false),
			TO_CLAIM, 0, 1, (n) => this.#claimValues(this.#claimed(n)[0] ?? EMPTY));
	}

	produceClaim(cb) {
		if (cb)
			return this.#claimOneCall('call', cb);
		return this.#waits.promise(() => this.#tryClaim(1, false),
			TO_CLAIM, 0, 1, (n) => ({
				buf: this.#claimed(n)[0] ?? EMPTY,
				claimStart: this.#state[0],
				claimEnd: this.#state[1],
				allConsumersIgnoring: this.#state[4] === 1,
			}));
	}

	produceClaimAsync(cb) {
		this.#claimOneCall('callAsync', cb);
	}

	#claimManyCall(how, n, partial, cb) {
		return this.#waits[how](cb, () => this.#tryClaim(n, partial),
			partial ? TO_CLAIM_SOME : TO_CLAIM, 0, partial ? 1 : n,
			(got) => this.#claimValues(this.#claimed(got)));
	}

	#claimManyPromise(name, n, partial) {
		return this.#waits.promise(
			() => this.#tryClaim(uint32(name, n), partial),
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
			return this.#claimManyCall('call', uint32('n', n), false, cb);
		return this.#claimManyPromise('n', n, false);
	}

	produceClaimManyAsync(n, cb) {
		this.#claimManyCall('callAsync', uint32('n', n), false, cb);
	}

	produceClaimAvail(max, cb) {
		if (cb)
			return this.#claimManyCall('call', uint32('max', max), true,
				cb);
		return this.#claimManyPromise('max', max, true);
	}

	produceClaimAvailAsync(max, cb) {
		this.#claimManyCall('callAsync', uint32('max', max), true, cb);
	}

	// (cb), (start, end, cb), (start, end), (): the range and the callback.
	#commitArguments(args) {
		if (args.length >= 2)
			return [sequence('start', args[0]), sequence('end', args[1]),
				args[2]];
		return [this.#state[0], this.#state[1], args[0]];
	}

	#commitCall(how, start, end, cb) {
		return this.#waits[how](cb, () => this.#tryCommit(start, end),
			TO_COMMIT, start, 0, (done) => [done, undefined, undefined, undefined]);
	}

	produceCommit(...args) {
		const cb = args.length >= 2 ? args[2] : args[0];

		if (cb) {
			const [start, end] = this.#commitArguments(args);
			return this.#commitCall('call', start, end, cb);
		}
		return this.#commitPromise(args);
	}

	async #commitPromise(args) {
		const [start, end] = this.#commitArguments(args);

		return this.#waits.promise(() => this.#tryCommit(start, end), TO_COMMIT,
			start, 0, (done) => done);
	}

	produceCommitAsync(...args) {
		this.#commitCall('callAsync', ...this.#commitArguments(args));
	}

	#consumeValues(n) {
		return [n > 0 ? this.#views(n) : [], this.#state[2], undefined,
			undefined];
	}

	consumeNew(cb) {
		if (cb)
			return this.#waits.call(cb, () => this.#tryConsume(),
				TO_CONSUME, 0, 0, (n) => this.#consumeValues(n));
		return this.#waits.promise(() => this.#tryConsume(),
			TO_CONSUME, 0, 0, (n) => ({
				bufs: n > 0 ? this.#views(n) : [],
				start: this.#state[2],
			}));
	}

	consumeNewAsync(cb) {
		this.#waits.callAsync(cb, () => this.#tryConsume(),
			TO_CONSUME, 0, 0, (n) => this.#consumeValues(n));
	}

	// For the streams: see CompatWaits.worthIt().
	[waitFor](kind, start, count, callback) {
		if (this.#elements !== undefined)
			return this.#waits.worthIt(kind, start, count, callback);
		callback();
		return () => {};
	}

	// --- the rest --------------------------------------------------------------

	release(mark_ignore) {
		if (this.#elements === undefined)
			return;
		if (mark_ignore)
			this.#checked(this.#native.consumer() === NOT_A_CONSUMER ?
				NOT_A_CONSUMER : 0);
		this.#waits.failAll();
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
		this.#checked(this.#native.setStatus(number(status)));
	}
}

Disruptor.prototype[Symbol.dispose] = function dispose() {
	this.release();
};

module.exports = { Disruptor, waitFor };
