// SPDX-License-Identifier: MIT
// What the `disruptor` command keeps in its rings: each event begins with a
// header of 16 bytes, and a record is one frame or several.
//
//	0	uint32	stream	the publisher: its record in the ring << 24, and
//				a random number
//	4	uint32	length of the data behind the header, FIRST, LAST
//	8	int64	when it was published, CLOCK_MONOTONIC in nanoseconds
'use strict';

const binding = require('./binding');
const { randomInt } = require('node:crypto');
const { endianness } = require('node:os');

const { outOfRange, withCode } = require('./errors');

const FRAME_TYPE = 'disruptor.frames';
const HEADER = 16;
const FIRST = 0x80000000;
const LAST = 0x40000000;
const LENGTH = 0x3fffffff;
const NOBODY = 255;
const LITTLE = endianness() === 'LE';

// Records in the order of their ends, whole; what has lost its beginning or its
// end is left out.
class FrameReader {
	#objectMode;
	#open = new Map();	// stream: its frames so far

	constructor(objectMode) {
		this.#objectMode = objectMode;
	}

	take(ring, batch) {
		const records = [];

		for (let sequence = batch.start; sequence < batch.end; sequence++)
			this.#takeOne(ring, sequence, records);
		if (this.#objectMode || records.length === 0)
			return records;
		return [Buffer.concat(records)];
	}

	#takeOne(ring, sequence, records) {
		const offset = ring.offset(sequence);
		const stream = ring.view.getUint32(offset, LITTLE);
		const word = ring.view.getUint32(offset + 4, LITTLE);
		const length = word & LENGTH;

		if (length > ring.info.slotSize - HEADER)
			throw withCode(new Error(`event ${sequence} holds no frame`),
				'ERR_DISRUPTOR_FRAME');
		const data = Buffer.from(ring.bytes.subarray(offset + HEADER,
			offset + HEADER + length));
		if (word & FIRST) {
			this.#replace(stream);
			this.#open.set(stream, []);
		}
		const frames = this.#open.get(stream);
		if (frames === undefined)
			return;
		frames.push(data);
		if (word & LAST) {
			this.#open.delete(stream);
			records.push(frames.length === 1 ? data : Buffer.concat(frames));
		}
	}

	// Whoever had this publisher's place is gone, and so is its record's end.
	#replace(stream) {
		const place = stream >>> 24;

		if (place === NOBODY)
			return;
		for (const other of this.#open.keys())
			if (other !== stream && other >>> 24 === place)
				this.#open.delete(other);
	}
}

// Our record among the producers, by which others see whether we live; if this
// process has several, nobody can tell.
function place(ring) {
	let ours = [];

	try {
		ours = binding.inspectRing(ring.name).producerList.filter(
			(producer) => producer.alive && producer.pid === process.pid);
	} catch {
		// The ring has lost its name.
	}
	return ours.length === 1 ? ours[0].index : NOBODY;
}

// A chunk is a record.
class FrameWriter {
	#payload;
	#stream;

	constructor(ring) {
		this.#payload = ring.info.slotSize - HEADER;
		if (this.#payload < 1)
			throw outOfRange('slotSize', `at least ${HEADER + 1} for frames`,
				ring.info.slotSize);
		this.#stream = (place(ring) << 24 | randomInt(1 << 24)) >>> 0;
	}

	split(chunk) {
		return Math.ceil(chunk.length / this.#payload);
	}

	put(slot, chunk, i, events) {
		const from = i * this.#payload;
		const length = Math.min(this.#payload, chunk.length - from);
		const flags = (i === 0 ? FIRST : 0) | (i === events - 1 ? LAST : 0);
		const header = new DataView(slot.buffer, slot.byteOffset, HEADER);

		header.setUint32(0, this.#stream, LITTLE);
		header.setUint32(4, (length | flags) >>> 0, LITTLE);
		header.setBigInt64(8, process.hrtime.bigint(), LITTLE);
		chunk.copy(slot, HEADER, from, from + length);
	}
}

module.exports = { FrameReader, FrameWriter, FRAME_TYPE };
