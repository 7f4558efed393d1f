// SPDX-License-Identifier: MIT
// DisruptorReadStream and DisruptorWriteStream of shared-memory-disruptor: byte
// streams over a Disruptor with elements of one byte. Idle ones sleep.
'use strict';

const { Readable, Writable } = require('node:stream');

const { withCode } = require('./errors');
const { waitFor } = require('./compat');

const TO_CLAIM_SOME = 2;
const TO_COMMIT = 3;
const TO_READ = 4;
const ENDED = 1;
const FAILED = 2;

function check(disruptor) {
	if (disruptor.elementSize !== 1)
		throw withCode(new Error('element size must be 1'),
			'ERR_INVALID_ARG_VALUE');
	if (disruptor.spin)
		throw withCode(new Error('spin must be false'),
			'ERR_INVALID_ARG_VALUE');
}

function nextTurn() {
	return new Promise((resolve) => setImmediate(resolve));
}

// Waits a turn of the event loop, and then until something has moved.
class Pause {
	#cancel = () => {};

	async take(disruptor, kind, start, count) {
		await nextTurn();
		if (typeof disruptor[waitFor] === 'function')
			await new Promise((resolve) => {
				this.#cancel = disruptor[waitFor](kind, start, count,
					resolve);
			});
	}

	end() {
		this.#cancel();
	}
}

class DisruptorReadStream extends Readable {
	#reading = false;
	#again = false;		// asked for more while reading
	#consuming = false;
	#afterwards;		// of a destroy that came while consuming
	#pause = new Pause();

	constructor(disruptor, options) {
		super(options);
		check(disruptor);
		this.disruptor = disruptor;
	}

	async _read() {
		this.#again = true;
		if (this.#reading || this.destroyed)
			return;
		this.#reading = true;
		while (this.#again && !this.destroyed) {
			this.#again = false;
			while (await this.#step())
				;
		}
		this.#reading = false;
	}

	// Whether to go on.
	async #step() {
		let data;

		try {
			data = await this.#take();
		} catch (error) {
			if (!this.destroyed)
				this.emit('error', error);
			return false;
		}
		if (this.destroyed)
			return false;
		if (data.length === 0)
			return this.#nothing();
		if (!this.push(data))
			return false;
		await nextTurn();
		return true;
	}

	// A copy: the elements are given back at once.
	async #take() {
		this.#consuming = true;
		try {
			const { bufs = [] } = await this.disruptor.consumeNew() ?? {};
			const data = Buffer.concat(bufs);

			this.disruptor.consumeCommit();
			return data;
		} finally {
			this.#consuming = false;
			this.#afterwards?.();
		}
	}

	async #nothing() {
		switch (this.disruptor.status) {
		case ENDED: {
			// What was written before the end and after we looked.
			const data = await this.#take();
			if (this.destroyed)
				return false;
			if (data.length > 0)
				this.push(data);
			this.push(null);
			return false;
		}
		case FAILED:
			this.emit('error', withCode(new Error('writer errored'),
				'ERR_DISRUPTOR_WRITER'));
			return false;
		default:
			await this.#pause.take(this.disruptor, TO_READ, 0, 0);
			return !this.destroyed;
		}
	}

	_destroy(error, callback) {
		if (this.#consuming)
			this.#afterwards = () => callback(error);
		else
			callback(error);
		this.#pause.end();
	}
}

class DisruptorWriteStream extends Writable {
	#busy = false;		// claiming or committing
	#afterwards;		// of a destroy that came meanwhile
	#pause = new Pause();

	constructor(disruptor, options) {
		super(options);
		check(disruptor);
		this.disruptor = disruptor;
	}

	async _write(chunk, encoding, callback) {
		if (this.destroyed)
			return;
		if (chunk.length === 0) {
			callback();
			return;
		}
		let claim;
		try {
			claim = await this.#guarded(() =>
				this.disruptor.produceClaimAvail(chunk.length)) ?? {};
		} catch (error) {
			if (!this.destroyed)
				callback(error);
			return;
		}
		if (!this.destroyed)
			await this.#fill(claim, chunk, encoding, callback);
	}

	// A destroy waits until this has ended.
	async #guarded(action) {
		this.#busy = true;
		try {
			return await action();
		} finally {
			this.#busy = false;
			this.#afterwards?.();
		}
	}

	async #fill(claim, chunk, encoding, callback) {
		const { bufs = [], claimStart, claimEnd } = claim;
		let rest = chunk;

		for (const buf of bufs) {
			rest.copy(buf, 0, 0, buf.length);
			rest = rest.subarray(buf.length);
		}
		if (rest.length < chunk.length) {
			await this._commit(claimStart, claimEnd, rest, encoding, callback);
			return;
		}
		if (claim.allConsumersIgnoring) {
			callback(withCode(new Error('no consumers'),
				'ERR_DISRUPTOR_NO_CONSUMERS'));
			return;
		}
		await this.#pause.take(this.disruptor, TO_CLAIM_SOME, 0, 1);
		await this._write(chunk, encoding, callback);
	}

	async _commit(claimStart, claimEnd, rest, encoding, callback) {
		if (this.destroyed)
			return;
		let committed;
		try {
			committed = await this.#guarded(() =>
				this.disruptor.produceCommit(claimStart, claimEnd));
		} catch (error) {
			if (!this.destroyed)
				callback(error);
			return;
		}
		if (this.destroyed)
			return;
		if (!committed) {
			await this.#pause.take(this.disruptor, TO_COMMIT, claimStart, 0);
			await this._commit(claimStart, claimEnd, rest, encoding,
				callback);
		} else if (rest.length === 0) {
			callback();
		} else {
			await nextTurn();
			await this._write(rest, encoding, callback);
		}
	}

	_final(callback) {
		this.disruptor.status = ENDED;
		callback();
	}

	_destroy(error, callback) {
		if (error)
			this.disruptor.status = FAILED;
		if (this.#busy)
			this.#afterwards = () => callback(error);
		else
			callback(error);
		this.#pause.end();
	}
}

module.exports = { DisruptorReadStream, DisruptorWriteStream };
