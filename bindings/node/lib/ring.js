// SPDX-License-Identifier: MIT
// A ring of libdisruptor in shared memory.
'use strict';

const { constants } = require('node:buffer');
const { setTimeout: sleep } = require('node:timers/promises');

const binding = require('./binding');
const guard = require('./guard');
const { Producer } = require('./producer');
const { Consumer } = require('./consumer');
const { waitOptions } = require('./handles');
const { withCode, wrongType, outOfRange, released, aborted, timedOut,
	checkInteger, checkString, checkOptions } = require('./errors');

const SAFE = Number.MAX_SAFE_INTEGER;
const LOOK_MS = 5;
const MASK_MAX = 2 ** 31;

function checkChoice(name, value, choices) {
	if (!choices.includes(value))
		throw withCode(new TypeError(`The "${name}" property must be one ` +
			`of: ${choices.join(', ')}. Received ${String(value)}`),
		'ERR_INVALID_ARG_VALUE');
	return value;
}

function checkSequence(name, value) {
	if (typeof value === 'bigint' ? value >= 0n && value < 1n << 62n :
		Number.isSafeInteger(value) && value >= 0)
		return value;
	if (typeof value !== 'number' && typeof value !== 'bigint')
		throw wrongType(`The "${name}" property must be a number or bigint`);
	throw outOfRange(name, 'an integer from 0 to 2^62 - 1', value);
}

function checkType(type) {
	checkString('options.type', type);
	if (Buffer.byteLength(type) > 63)
		throw outOfRange('options.type', 'at most 63 bytes', type);
	return type === '' ? undefined : type;
}

function create(name, options) {
	checkString('name', name);
	checkOptions(options);
	const { slots, slotSize, producers = 'single', slotLayout = 'packed',
		mode = 0o600, maxConsumers = 64, maxProducers = 64, type = '',
		firstSequence = 0 } = options;

	return binding.createRing(name,
		checkInteger('options.slots', slots, 1, MASK_MAX),
		checkInteger('options.slotSize', slotSize, 1, 2 ** 30),
		checkChoice('options.producers', producers, ['single', 'multi']) ===
			'multi',
		checkChoice('options.slotLayout', slotLayout,
			['packed', 'stamped']) === 'stamped',
		checkInteger('options.mode', mode, 0o1, 0o777),
		checkInteger('options.maxConsumers', maxConsumers, 1, 256),
		checkInteger('options.maxProducers', maxProducers, 1, 256),
		checkType(type), checkSequence('options.firstSequence',
			firstSequence));
}

function attach(name, options = {}) {
	checkString('name', name);
	checkOptions(options);
	return binding.attachRing(name, options.slotSize === undefined ? 0 :
		checkInteger('options.slotSize', options.slotSize, 1, 2 ** 30));
}

class Ring {
	#native;
	#name;
	#memory;
	#mask;
	#stride;
	#slotSize;
	#handles = new Set();
	#released = false;
	#shared;

	constructor(key, name, native) {
		if (key !== KEY)
			throw withCode(new TypeError('Ring.create() or Ring.open() ' +
				'makes a ring'), 'ERR_ILLEGAL_CONSTRUCTOR');
		if (native.slots > MASK_MAX ||
			native.slots * native.stride > constants.MAX_LENGTH)
			throw outOfRange('slots * slotSize',
				`at most ${constants.MAX_LENGTH}`,
				native.slots * native.stride);
		this.#native = native;
		this.#name = name;
		this.#memory = native.memory;
		this.#mask = native.slots - 1;
		this.#stride = native.stride;
		this.#slotSize = native.slotSize;
		guard(this.#memory);
		this.#makeViews();
	}

	static create(name, options) {
		return new Ring(KEY, name, create(name, options));
	}

	// Waits until somebody has created it.
	static async open(name, options = {}) {
		const { signal, timeout = Infinity } = waitOptions(options);
		const end = performance.now() + timeout;

		for (;;) {
			if (signal?.aborted)
				throw aborted(signal);
			try {
				return Ring.openSync(name, options);
			} catch (error) {
				if (error.code !== 'ENOENT')
					throw error;
				if (performance.now() >= end)
					throw timedOut(`there is no ring ${name} yet`);
			}
			await sleep(Math.min(LOOK_MS, end - performance.now()), undefined,
				{ signal }).catch(() => {});
		}
	}

	// ENOENT if there is none.
	static openSync(name, options) {
		return new Ring(KEY, name, attach(name, options));
	}

	// In another thread, of what ring.handle gave.
	static from(handle) {
		return Ring.openSync(checkOptions(handle).name);
	}

	static unlink(name) {
		binding.unlinkRing(checkString('name', name));
	}

	// All about a ring, without joining it.
	static inspect(name) {
		return binding.inspectRing(checkString('name', name));
	}

	#alive() {
		if (this.#released)
			throw released();
		return this.#native;
	}

	get name() {
		return this.#name;
	}

	get handle() {
		return { name: this.#name };
	}

	get released() {
		return this.#released;
	}

	get info() {
		const { slots, slotSize, multi, type } = this.#native;

		return {
			name: this.#name, slots, slotSize, type,
			stride: this.#stride,
			producers: multi ? 'multi' : 'single',
			libraryVersion: binding.version(),
		};
	}

	// --- the memory ------------------------------------------------------------

	// Once for all, so that a look at an event costs no call. After release
	// they are empty.
	#makeViews() {
		const memory = this.#memory;
		const over = (Type) => new Type(memory, 0,
			Math.floor(memory.byteLength / Type.BYTES_PER_ELEMENT));

		this.bytes = Buffer.from(memory);
		this.view = new DataView(memory);
		this.u8 = over(Uint8Array);
		this.i8 = over(Int8Array);
		this.u16 = over(Uint16Array);
		this.i16 = over(Int16Array);
		this.u32 = over(Uint32Array);
		this.i32 = over(Int32Array);
		this.f32 = over(Float32Array);
		this.f64 = over(Float64Array);
		this.u64 = over(BigUint64Array);
		this.i64 = over(BigInt64Array);
	}

	// All events as a SharedArrayBuffer, which can be posted to workers and
	// waited on between them by Atomics. The ring stays mapped as long as any
	// thread has it, also after release(). undefined: this Node has none.
	get shared() {
		this.#shared ??= this.#alive().shared();
		return this.#shared;
	}

	// Where the event begins, in bytes.
	offset(sequence) {
		if (typeof sequence === 'bigint')
			return Number(sequence & BigInt(this.#mask)) * this.#stride;
		return (sequence & this.#mask) * this.#stride;
	}

	// The event as a Buffer.
	slot(sequence) {
		const offset = this.offset(sequence);

		return this.bytes.subarray(offset, offset + this.#slotSize);
	}

	buffers(start, count) {
		if (this.#stride !== this.#slotSize)
			return Array.from({ length: count }, (_, i) => this.slot(
				typeof start === 'bigint' ? start + BigInt(i) : start + i));
		const offset = this.offset(start);
		const length = count * this.#stride;
		const rest = offset + length - this.bytes.length;

		if (rest <= 0)
			return [this.bytes.subarray(offset, offset + length)];
		return [this.bytes.subarray(offset), this.bytes.subarray(0, rest)];
	}

	// --- participants ----------------------------------------------------------

	#range(bigint) {
		return bigint ? new BigInt64Array(2) : new Float64Array(2);
	}

	producer(options = {}) {
		checkOptions(options);
		const range = this.#range(options.bigint);
		const producer = new Producer(this, this.#alive().producer(range),
			range, this.#native.slots);

		this.#handles.add(producer);
		return producer;
	}

	// Without a name it is forgotten when it leaves.
	consumer(name, options) {
		if (name !== null && typeof name === 'object') {
			options = name;
			name = undefined;
		}
		options ??= {};
		checkOptions(options);
		const { from = 'next', after = [], max = 0, bigint } = options;

		if (name !== undefined)
			checkString('name', name);
		if (!Array.isArray(after))
			throw wrongType('The "options.after" property must be an array ' +
				'of consumers\' names');
		for (const upstream of after)
			checkString('options.after', upstream);
		checkChoice('options.from', from, ['next', 'now', 'oldest']);
		checkInteger('options.max', max, 0, SAFE);
		const range = this.#range(bigint);
		const consumer = new Consumer(this, this.#alive().consumer(range,
			name, after, from === 'oldest', max), range, name);

		this.#handles.add(consumer);
		return consumer;
	}

	forget(handle) {
		this.#handles.delete(handle);
	}

	// Takes a named consumer's place away that is not there.
	removeConsumer(name) {
		this.#alive().removeConsumer(checkString('name', name));
	}

	async waitForConsumers(n, options) {
		const { signal, timeout = Infinity } = waitOptions(options);
		const end = performance.now() + timeout;

		checkInteger('n', n, 0, 256);
		while (this.consumerCount < n) {
			if (signal?.aborted)
				throw aborted(signal);
			if (performance.now() >= end)
				throw timedOut(`there are not ${n} consumers yet`);
			await sleep(Math.min(LOOK_MS, end - performance.now()), undefined,
				{ signal }).catch(() => {});
		}
	}

	// --- looks -----------------------------------------------------------------

	get publishedBig() {
		return this.#alive().published();
	}

	// The first sequence that is not published.
	get published() {
		return Number(this.publishedBig);
	}

	get claimedBig() {
		return this.#alive().claimed();
	}

	// The first sequence that nobody has claimed.
	get claimed() {
		return Number(this.claimedBig);
	}

	// LMAX's word for how far it has come.
	get cursor() {
		return this.published;
	}

	get remaining() {
		return this.#alive().remaining();
	}

	get consumerCount() {
		return this.#alive().consumerCount();
	}

	// --- the end ---------------------------------------------------------------

	// End of stream for everybody: consumers read what is there, then end.
	close() {
		this.#alive().close();
	}

	// Leaves the ring, which stays. All views become empty.
	release() {
		if (this.#released)
			return;
		for (const handle of [...this.#handles])
			handle.release();
		this.#released = true;
		this.#native.release(this.#memory);
	}

	[Symbol.dispose]() {
		this.release();
	}
}

const KEY = Symbol('key');

module.exports = { Ring };
