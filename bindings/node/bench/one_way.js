// SPDX-License-Identifier: MIT
// One way: a producer process and a consumer process, messages of 8 bytes. The
// consumer checks each and tells the nanoseconds per message. Run by run.js.
'use strict';

const { fork } = require('node:child_process');
const { Worker, MessageChannel, isMainThread, workerData } =
	require('node:worker_threads');

const given = isMainThread ? JSON.parse(process.argv[2]) : workerData;
const { system, library, name, messages, batch, role } = given;
const RING = 65536;

// The clock runs from the first messages to the last.
class Check {
	#next = 0;
	#first;
	#began;

	see(value) {
		if (value !== this.#next)
			throw new Error(`expected ${this.#next}, not ${value}`);
		this.#next++;
	}

	get done() {
		if (this.#began === undefined && this.#next > 0) {
			this.#began = process.hrtime.bigint();
			this.#first = this.#next;
		}
		return this.#next >= messages;
	}

	tell() {
		const ns = Number(process.hrtime.bigint() - this.#began);

		process.stdout.write(`${JSON.stringify(
			{ ns: ns / (messages - this.#first) })}\n`, () => process.exit());
	}
}

function seeBuffers(check, bufs) {
	for (const buf of bufs)
		for (let j = 0; j < buf.length; j += 8)
			check.see(buf.readUInt32LE(j));
}

function openCompat(consumer, init, spin = true) {
	const { Disruptor } = require(library);

	return new Disruptor(name, RING, 8, 1, consumer, init, spin);
}

const systems = {
	ring: {
		produce() {
			const { Ring } = require(library);
			const ring = Ring.openSync(name);
			const p = ring.producer(), { u32 } = ring;

			for (let i = 0; i < messages; i += batch) {
				let s = p.tryClaim(batch);
				if (s < 0)
					s = p.claimSync(batch);
				for (let n = 0; n < batch; n++)
					u32[ring.offset(s + n) >>> 2] = i + n;
				p.publish();
			}
		},
		async consume(check, go) {
			const { Ring } = require(library);
			const ring = Ring.create(name, { slots: RING, slotSize: 8 });
			const c = ring.consumer('bench'), { u32 } = ring;

			go();
			for await (const { start, end } of c.batches()) {
				for (let s = start; s < end; s++)
					check.see(u32[ring.offset(s) >>> 2]);
				if (check.done)
					break;
			}
		},
	},
	compat: {
		produce() {
			const d = openCompat(-1, false);

			if (batch === 1) {
				for (let i = 0; i < messages; i++) {
					d.produceClaimSync().writeUInt32LE(i, 0);
					d.produceCommitSync();
				}
				return;
			}
			for (let i = 0; i < messages;) {
				for (const buf of d.produceClaimManySync(batch))
					for (let j = 0; j < buf.length; j += 8)
						buf.writeUInt32LE(i++, j);
				d.produceCommitSync();
			}
		},
		consume(check, go) {
			const d = openCompat(0, true);

			go();
			while (!check.done)
				seeBuffers(check, d.consumeNewSync());
		},
	},
	promises: {
		async produce() {
			const d = openCompat(-1, false);

			for (let i = 0; i < messages; i++) {
				const { buf } = await d.produceClaim();
				buf.writeUInt32LE(i, 0);
				await d.produceCommit();
			}
		},
		async consume(check, go) {
			const d = openCompat(0, true);

			go();
			while (!check.done)
				seeBuffers(check, (await d.consumeNew()).bufs);
		},
	},
	send: {
		async produce() {
			for (let i = 0; i < messages; i++)
				if (!process.send(i))
					await new Promise(setImmediate);
		},
		consume(check, go) {
			const child = go();

			return new Promise((resolve) => child.on('message', (i) => {
				if (i === 'ready')
					return;
				check.see(i);
				if (check.done)
					resolve();
			}));
		},
	},
	port: {
		produce() {
			for (let i = 0; i < messages; i++)
				workerData.port.postMessage(i);
		},
		consume(check) {
			const { port1, port2 } = new MessageChannel();

			new Worker(__filename, { workerData: { ...given, port: port2,
				role: 'produce' }, transferList: [port2] });
			return new Promise((resolve) => port1.on('message', (i) => {
				check.see(i);
				if (check.done)
					resolve();
			}));
		},
	},
	pipe: {
		async produce() {
			for (let i = 0; i < messages; i += batch) {
				const chunk = Buffer.alloc(8 * batch);
				for (let n = 0; n < batch; n++)
					chunk.writeUInt32LE(i + n, 8 * n);
				if (!process.stdout.write(chunk))
					await new Promise((resolve) =>
						process.stdout.once('drain', resolve));
			}
		},
		consume(check, go) {
			const child = go();
			let rest = Buffer.alloc(0);

			return new Promise((resolve) => child.stdout.on('data', (data) => {
				const all = rest.length > 0 ? Buffer.concat([rest, data]) :
					data;
				const whole = all.length - all.length % 8;
				seeBuffers(check, [all.subarray(0, whole)]);
				rest = all.subarray(whole);
				if (check.done)
					resolve();
			}));
		},
	},
};

async function consume() {
	const check = new Check();

	await systems[system].consume(check, () => fork(__filename,
		[JSON.stringify({ ...given, role: 'produce' })],
		{ stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }));
	check.tell();
}

// Nobody goes on alone.
if (role === 'produce') {
	if (isMainThread)
		process.once('disconnect', () => process.exit());
	systems[system].produce();
} else {
	consume();
}
