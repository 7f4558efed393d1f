// SPDX-License-Identifier: MIT
// node:stream over a ring. A ring of the `disruptor` command holds frames, any
// other one bare events; frames.js knows the former.
'use strict';

const { Readable, Writable } = require('node:stream');

const { FrameReader, FrameWriter, FRAME_TYPE } = require('./frames');
const { outOfRange } = require('./errors');

function isFramed(ring, options) {
	return options.frames ?? ring.info.type === FRAME_TYPE;
}

// Events as they are.
class EventReader {
	constructor(objectMode) {
		this.objectMode = objectMode;
	}

	// Copies: the slots are given back at once.
	take(ring, batch) {
		if (!this.objectMode)
			return [Buffer.concat(batch.buffers())];
		return Array.from({ length: batch.length },
			(_, i) => Buffer.from(ring.slot(typeof batch.start === 'bigint' ?
				batch.start + BigInt(i) : batch.start + i)));
	}
}

class RingReadable extends Readable {
	#consumer;
	#reader;
	#abort = new AbortController();
	#reading = false;

	constructor(consumer, options) {
		super(options);
		this.#consumer = consumer;
		this.#reader = isFramed(consumer.ring, options) ?
			new FrameReader(Boolean(options.objectMode)) :
			new EventReader(Boolean(options.objectMode));
	}

	async _read() {
		if (this.#reading)
			return;
		this.#reading = true;
		try {
			while (await this.#step())
				;
		} catch (error) {
			this.destroy(error);
		} finally {
			this.#reading = false;
		}
	}

	// Whether nothing was pushed yet.
	async #step() {
		const batch = await this.#consumer.next(
			{ signal: this.#abort.signal });

		if (batch === undefined) {
			this.push(null);
			return false;
		}
		const chunks = this.#reader.take(this.#consumer.ring, batch);
		this.#consumer.advance(batch.length);
		this.#reading = chunks.length === 0;
		for (const chunk of chunks)
			this.push(chunk);
		return chunks.length === 0;
	}

	_destroy(error, callback) {
		this.#abort.abort();
		callback(error);
	}
}

// A chunk is a whole number of events.
class EventWriter {
	constructor(ring) {
		this.size = ring.info.slotSize;
	}

	split(chunk) {
		if (chunk.length % this.size !== 0)
			throw outOfRange('chunk.length',
				`a multiple of ${this.size}, the ring's slotSize`,
				chunk.length);
		return chunk.length / this.size;
	}

	put(slot, chunk, i) {
		chunk.copy(slot, 0, i * this.size, (i + 1) * this.size);
	}
}

class RingWritable extends Writable {
	#producer;
	#writer;
	#abort = new AbortController();
	#close;

	constructor(producer, options) {
		super(options);
		this.#producer = producer;
		this.#close = Boolean(options.close);
		this.#writer = isFramed(producer.ring, options) ?
			new FrameWriter(producer.ring) : new EventWriter(producer.ring);
	}

	async _write(chunk, encoding, callback) {
		try {
			await this.#put(chunk);
		} catch (error) {
			callback(error);
			return;
		}
		callback();
	}

	// The callback is late when the ring is full: that is the back-pressure.
	async #put(chunk) {
		const ring = this.#producer.ring;
		const events = this.#writer.split(chunk);
		const signal = this.#abort.signal;

		for (let i = 0; i < events;) {
			const n = await this.#producer.claimUpTo(
				Math.min(events - i, ring.info.slots), { signal });
			let sequence = this.#producer.start;

			for (const end = i + n; i < end; i++)
				this.#writer.put(ring.slot(sequence++), chunk, i, events);
			this.#producer.publish();
		}
	}

	_final(callback) {
		try {
			if (this.#close)
				this.#producer.ring.close();
			callback();
		} catch (error) {
			callback(error);
		}
	}

	_destroy(error, callback) {
		this.#abort.abort();
		callback(error);
	}
}

function readable(consumer, options = {}) {
	return new RingReadable(consumer, options);
}

function writable(producer, options = {}) {
	return new RingWritable(producer, options);
}

module.exports = { readable, writable };
