// SPDX-License-Identifier: MIT
'use strict';

const waits = require('./waits');
const { AGAIN, TIMEDOUT, PAUSE_US, failure, waitOptions, Waiting, block } =
	require('./handles');
const { notClaimed, released, aborted, checkInteger, checkFunction } =
	require('./errors');

const PAUSE_NS = PAUSE_US * 1e3;

// Claims, fills, publishes. One claim at a time is in hand; those that wait for
// room, or for the one in hand, are served in order.
class Producer {
	#native;
	#ring;
	#range;			// [start, end) of the claim in hand
	#held = false;
	#queue = [];
	#slots;

	constructor(ring, native, range, slots) {
		this.#ring = ring;
		this.#native = native;
		this.#range = range;
		this.#slots = slots;
	}

	get ring() {
		return this.#ring;
	}

	// The claim in hand: [start, end).
	get start() {
		return this.#range[0];
	}

	get end() {
		return this.#range[1];
	}

	#take(n) {
		if (n > 0) {
			this.#held = true;
			return n;
		}
		if (n === 0 || n === AGAIN || n === TIMEDOUT)
			return 0;
		throw failure(n);
	}

	#count(n) {
		return checkInteger('n', n, 1, this.#slots);
	}

	// The first sequence of n, or -1 when there is no room.
	tryClaim(n = 1) {
		if (this.#queue.length > 0)
			return this.#none();
		const got = n === 1 ? this.#native.claimOne() :
			this.#native.claim(this.#count(n), false);

		return this.#take(got) > 0 ? this.#range[0] : this.#none();
	}

	#none() {
		return typeof this.#range[0] === 'bigint' ? -1n : -1;
	}

	// As many as fit, at most max: how many; start tells where.
	tryClaimUpTo(max) {
		if (this.#queue.length > 0)
			return 0;
		return this.#take(this.#native.claim(this.#count(max), true));
	}

	// Resolves with the first sequence when there is room.
	claim(n = 1, options) {
		return this.#claimLater(n, false, options);
	}

	// Resolves with how many, 1 to max, when there is room for one.
	claimUpTo(max, options) {
		return this.#claimLater(max, true, options);
	}

	async #claimLater(n, upTo, options) {
		const { signal, timeout, ref } = waitOptions(options);

		this.#count(n);
		if (signal?.aborted)
			throw aborted(signal);
		if (this.#queue.length === 0 && !this.#held) {
			let got = this.#take(this.#native.claim(n, upTo));
			if (got === 0 && waits.count() === 0)
				got = this.#take(this.#native.claimPause(n, upTo,
					PAUSE_NS));
			if (got > 0)
				return upTo ? got : this.#range[0];
		}
		return new Promise((resolve, reject) => {
			this.#queue.push(this.#waiting(n, upTo,
				{ signal, timeout, ref }, resolve, reject));
			if (this.#queue.length === 1)
				this.#serve();
		});
	}

	#waiting(n, upTo, options, resolve, reject) {
		const waiting = new Waiting(this.#native, () => {
			const got = this.#take(this.#native.claim(n, upTo));

			if (got === 0)
				return undefined;
			return upTo ? got : this.#range[0];
		}, options, (error, value) => {
			this.#queue.splice(this.#queue.indexOf(waiting), 1);
			if (error !== null)
				reject(error);
			else
				resolve(value);
			this.#serve();
		});

		return waiting;
	}

	// The first in the queue, unless it waits for the claim in hand.
	#serve() {
		const first = this.#queue[0];

		if (first !== undefined && !this.#held && !first.begun) {
			first.begun = true;
			first.begin();
		}
	}

	// Blocks this thread; -1 after the time-out. For workers.
	claimSync(n = 1, options = {}) {
		const got = block((ns) => {
			const claimed = this.#take(this.#native.claimWait(
				this.#count(n), false, ns));
			return claimed > 0 ? claimed : undefined;
		}, waitOptions(options).timeout);

		return got === undefined ? this.#none() : this.#range[0];
	}

	// All that is claimed; with arguments, which must be just that.
	publish(sequence, n) {
		if (!this.#held)
			throw this.#ring.released ? released() :
				notClaimed('nothing is claimed');
		if (sequence !== undefined && (sequence !== this.#range[0] ||
			n !== undefined &&
			Number(this.#range[1] - this.#range[0]) !== n))
			throw notClaimed(`claimed is ${this.#range[0]} to ` +
				`${this.#range[1]}, exclusive`);
		this.#held = false;
		this.#native.publish();
		if (this.#queue.length > 0)
			this.#serve();
	}

	// The claim in hand is given up: consumers step over it.
	abandon() {
		this.#held = false;
		this.#native.abandon();
		if (this.#queue.length > 0)
			this.#serve();
	}

	// fill(sequence, i) for each of n, then publishes; if it throws, nothing is
	// published. False: no room.
	tryWrite(n, fill) {
		checkFunction('fill', fill);
		if (this.tryClaim(n) < 0)
			return false;
		this.#fill(n, fill);
		return true;
	}

	async write(n, fill, options) {
		checkFunction('fill', fill);
		await this.claim(n, options);
		this.#fill(n, fill);
	}

	#fill(n, fill) {
		let sequence = this.#range[0];

		try {
			for (let i = 0; i < n; i++)
				fill(sequence++, i);
		} catch (error) {
			this.abandon();
			throw error;
		}
		this.publish();
	}

	// A node:stream Writable, see streams.js.
	writable(options) {
		return require('./streams').writable(this, options);
	}

	writableWeb(options) {
		return require('node:stream').Writable.toWeb(this.writable(options));
	}

	release() {
		const queue = this.#queue;

		this.#queue = [];
		for (const waiting of queue)
			waiting.fail(released());
		this.#held = false;
		this.#native.release();
		this.#ring.forget(this);
	}

	[Symbol.dispose]() {
		this.release();
	}
}

module.exports = { Producer };
