// SPDX-License-Identifier: MIT
// Streams over rings, and rings shared with the disruptor command.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { createHash, randomBytes } = require('node:crypto');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const test = require('node:test');

const { Ring } = require('..');
const { newName, command, PATIENCE_MS } = require('./helpers');

const skip = command() === undefined &&
	'build/disruptor is not built: make first';

function sha(...chunks) {
	const hash = createHash('sha256');

	chunks.forEach((chunk) => hash.update(chunk));
	return hash.digest('hex');
}

async function collect(stream) {
	const chunks = [];

	for await (const chunk of stream)
		chunks.push(chunk);
	return chunks;
}

for (const type of ['', 'disruptor.frames'])
	test(`bytes through a ring of ${type || 'bare events'}`,
		{ timeout: PATIENCE_MS }, async (t) => {
			const ring = Ring.create(newName(t),
				{ slots: 64, slotSize: 64, type });
			const data = randomBytes(64 * 3000);
			const reading = collect(ring.consumer('c').readable());

			await pipeline(Readable.from([data.subarray(0, 6400),
				data.subarray(6400)]),
			ring.producer().writable({ close: true }));
			assert.equal(sha(...await reading), sha(data));
			ring.release();
		});

test('records as objects, and web streams', async (t) => {
	const ring = Ring.create(newName(t), { slots: 16, slotSize: 20,
		type: 'disruptor.frames', producers: 'multi' });
	const reading = collect(ring.consumer('c').readable({ objectMode: true }));
	const web = collect(ring.consumer('w').readableWeb());
	const writer = ring.producer().writableWeb({ close: true }).getWriter();
	const records = ['a', 'bcdefgh', 'i'.repeat(99)];

	for (const record of records)
		await writer.write(Buffer.from(record));
	await writer.close();
	assert.deepEqual((await reading).map(String), records);
	assert.equal(Buffer.concat(await web).toString(), records.join(''));
	const events = Ring.create(newName(t), { slots: 16, slotSize: 2 });
	const objects = collect(events.consumer('c').readable(
		{ objectMode: true }));
	const writable = events.producer().writable({ close: true });
	const failed = new Promise((resolve) => writable.once('error', resolve));
	writable.write(Buffer.from('aabb'));
	writable.write(Buffer.from('c'));
	assert.equal((await failed).code, 'ERR_OUT_OF_RANGE');
	events.close();
	assert.deepEqual((await objects).map(String), ['aa', 'bb']);
	events.release();
	ring.release();
});

test('destroy while asleep', async (t) => {
	const ring = Ring.create(newName(t), { slots: 4, slotSize: 8 });
	const readable = ring.consumer('c').readable();
	const writable = ring.producer().writable();
	const closed = (stream) => new Promise((resolve) =>
		stream.on('close', resolve));

	readable.resume();
	writable.on('error', () => {});
	writable.write(Buffer.alloc(8 * 9));
	await new Promise((resolve) => setTimeout(resolve, 10));
	const both = Promise.all([closed(readable), closed(writable)]);
	readable.destroy();
	writable.destroy();
	await both;
	ring.release();
});

test('the command publishes, Node reads', { skip, timeout: PATIENCE_MS },
	async (t) => {
		const name = newName(t);
		execFileSync(command(), ['create', name, '--capacity', '1K']);
		const ring = Ring.openSync(name);
		const reading = collect(ring.consumer('node').readable());
		const lines = Array.from({ length: 50000 }, (_, i) =>
			`${i} ${'x'.repeat(i % 700)}\n`).join('');
		const publish = spawn(command(), ['publish', name, '--close'],
			{ stdio: ['pipe', 'inherit', 'inherit'] });

		publish.stdin.end(lines);
		assert.equal(sha(...await reading), sha(lines));
		ring.release();
	});

test('Node publishes, the command reads', { skip, timeout: PATIENCE_MS },
	async (t) => {
		const name = newName(t);
		execFileSync(command(), ['create', name, '--capacity', '1K']);
		const subscribe = spawn(command(), ['subscribe', name, '--as', 'c'],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		const reading = collect(subscribe.stdout);
		const ring = Ring.openSync(name);
		const lines = Array.from({ length: 20000 }, (_, i) =>
			`${i} ${'y'.repeat(i % 900)}\n`);

		await ring.waitForConsumers(1);
		await pipeline(Readable.from(lines),
			ring.producer().writable({ close: true }));
		assert.equal(sha(...await reading), sha(...lines));
		ring.release();
	});

test('bare events between Node and the command',
	{ skip, timeout: PATIENCE_MS }, async (t) => {
		const name = newName(t);
		const ring = Ring.create(name, { slots: 256, slotSize: 8,
			type: 'number' });
		const subscribe = spawn(command(), ['subscribe', name],
			{ stdio: ['ignore', 'pipe', 'inherit'] });
		const reading = collect(subscribe.stdout);
		const p = ring.producer();
		const EVENTS = 100000;

		await ring.waitForConsumers(1);
		for (let i = 0; i < EVENTS; i++)
			await p.write(1, (s) => {
				ring.f64[ring.offset(s) / 8] = i;
			});
		ring.close();
		const bytes = Buffer.concat(await reading);
		assert.equal(bytes.length, EVENTS * 8);
		for (let i = 0; i < EVENTS; i++)
			assert.equal(bytes.readDoubleLE(i * 8), i);
		const stat = JSON.parse(execFileSync(command(),
			['stat', name, '--json'], { encoding: 'utf8' }));
		assert.equal(stat.published, EVENTS);
		ring.release();
	});
