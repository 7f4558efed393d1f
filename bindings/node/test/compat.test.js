// SPDX-License-Identifier: MIT
// The drop-in's contract where the original's own suite does not look.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { Disruptor } = require('..');
const { newName, Peer, delay, until, PATIENCE_MS } = require('./helpers');

function open(t, { elements = 4, size = 8, consumers = 1, consumer = 0,
	init = true, spin = false, name = newName(t) } = {}) {
	const d = new Disruptor(name, elements, size, consumers, consumer, init,
		spin);

	t.after(() => d.release());
	return d;
}

test('the shape of results', async (t) => {
	const d = open(t);
	const { buf, ...claim } = await d.produceClaim();

	assert.ok(Buffer.isBuffer(buf));
	assert.deepEqual(claim,
		{ claimStart: 0, claimEnd: 0, allConsumersIgnoring: false });
	const { bufs, ...many } = await d.produceClaimMany(2);
	assert.deepEqual(bufs.map((b) => b.length), [16]);
	assert.deepEqual(many,
		{ claimStart: 1, claimEnd: 2, allConsumersIgnoring: false });
	assert.equal((await d.produceClaimAvail(9)).claimEnd, 3);
	assert.deepEqual(await d.produceClaimAvail(9), { bufs: [], claimStart: 1,
		claimEnd: 0, allConsumersIgnoring: false });
	assert.equal(await d.produceCommit(), false);
	assert.equal(await d.produceCommit(0, 3), true);
	assert.equal(await d.produceCommit(0, 3), false);
	assert.deepEqual(await d.consumeNew(),
		{ bufs: [d.elements], start: 0 });
	assert.deepEqual(await d.consumeNew(), { bufs: [], start: 0 });
	assert.equal(d.consumeCommit(), true);
});

test('callbacks have five arguments, and come later', async (t) => {
	const d = open(t);
	const call = (method, ...args) => new Promise((resolve) => {
		let later = false;

		d[method](...args, (...values) => {
			assert.equal(later, true);
			resolve(values);
		});
		later = true;
	});

	for (const [i, suffix] of ['', 'Async'].entries()) {
		const [error, buf, ...rest] = await call(`produceClaim${suffix}`);
		assert.equal(error, null);
		assert.equal(buf.length, 8);
		assert.deepEqual(rest, [i, i, false]);
		assert.deepEqual(await call(`produceCommit${suffix}`),
			[null, true, undefined, undefined, undefined]);
		assert.deepEqual(await call(`consumeNew${suffix}`),
			[null, [buf], i, undefined, undefined]);
		d.consumeCommit();
	}
	assert.deepEqual(await call('produceCommit', 1, 0),
		[null, false, undefined, undefined, undefined]);
	assert.equal((await call('produceClaimMany', 4))[1].length, 2);
	assert.deepEqual((await call('produceClaimAvailAsync', 4)).slice(0, 2),
		[null, []]);
	assert.deepEqual((await call('produceClaimManyAsync', 4)).slice(1),
		[[], 1, 0, false]);
});

test('a Buffer is the memory', (t) => {
	const d = open(t);
	const buf = d.produceClaimSync();

	buf[0] = 77;
	assert.equal(d.elements[0], 77);
	d.produceCommitSync();
	assert.equal(d.consumeNewSync()[0][0], 77);
	assert.equal(d.consumers.readBigUInt64LE(), 0n);
	d.consumeCommit();
	assert.equal(d.consumers.readBigUInt64LE(), 1n);
	assert.deepEqual([d.cursor, d.next, d.consumer], [1, 1, 1]);
	assert.deepEqual([d.prevClaimStart, d.prevClaimEnd, d.prevConsumeStart,
		d.prevConsumeNext, d.elementSize, d.spin], [0, 0, 0, 0, 8, false]);
});

test('the layout of the original', (t) => {
	const name = newName(t);
	const d = open(t, { name, consumers: 3, consumer: 1 });
	const bytes = () => fs.readFileSync(`/dev/shm/${name}`);

	d.produceClaimManySync(3).forEach((b) => b.fill(0xab));
	d.produceCommitSync(0, 1);
	d.consumeNewSync();
	d.consumeCommit();
	d.status = -2;
	const b = bytes();
	assert.deepEqual([0, 8, 16, 24, 32].map((o) => b.readBigUInt64LE(o)),
		[0n, 2n, 0n, 2n, 3n]);
	assert.equal(b.readInt32LE(40), -2);
	assert.ok(b.subarray(44, 44 + 24).every((byte) => byte === 0xab));
	assert.equal(b[44 + 24], 0);
	assert.equal(fs.statSync(`/dev/shm/${name}`).mode & 0o777, 0o600);
});

test('status is an int32', (t) => {
	const d = open(t);

	for (const [set, get] of [[1.7, 1], [2 ** 31, -(2 ** 31)], [-1, -1],
		[NaN, 0]]) {
		d.status = set;
		assert.equal(d.status, get);
	}
});

test('spinning calls block until it is possible', async (t) => {
	const name = newName(t);
	const d = open(t, { name, spin: true });
	const other = open(t, { name, init: false });
	const code = [];

	d.produceClaimManySync(4);
	const claim = d.produceClaim().then(() => code.push('claim'));
	const commit = d.produceCommit(2, 3).then(() => code.push('commit'));
	const consume = d.consumeNew().then(({ bufs }) =>
		code.push(bufs[0].length));
	await delay(20);
	assert.deepEqual(code, []);
	assert.equal(other.produceCommitSync(0, 1), true);
	await Promise.all([commit, consume]);
	// Whichever of the two is told first.
	assert.ok(code.includes('commit') && (code.includes(16) ||
		code.includes(32)), code.join());
	d.consumeCommit();
	await claim;
	assert.equal(d.next, 5);
	// What the cursor has passed can never be committed: no wait for ever.
	assert.equal(d.produceCommitSync(0, 1), false);
	assert.equal(d.produceCommitSync(1, 0), false);
});

test('a segment that was made anew is another one', (t) => {
	const name = newName(t);
	const old = open(t, { name });
	const fresh = open(t, { name, elements: 8 });

	old.produceClaimSync();
	assert.deepEqual([old.next, fresh.next], [1, 0]);
});

test('a segment without our page behind it', async (t) => {
	const name = newName(t);

	fs.writeFileSync(`/dev/shm/${name}`, Buffer.alloc(8 * 3 + 4 + 32));
	const d = open(t, { name, init: false, spin: true });
	const waiting = d.consumeNew();
	await delay(20);
	const other = open(t, { name, init: false });
	other.produceClaimSync().fill(5);
	other.produceCommitSync();
	assert.equal((await waiting).bufs[0][0], 5);
});

// One that gets no CPU after it made the name.
test('a joiner waits for a slow creator', { timeout: PATIENCE_MS },
	async (t) => {
		const made = newName(t), name = newName(t);

		open(t, { name: made }).produceClaimSync();
		fs.writeFileSync(`/dev/shm/${name}`, '');
		const creator = new Peer(t, `
			const fs = require('node:fs');
			const bytes = fs.readFileSync('/dev/shm/' + args[0]);
			tell('there');
			setTimeout(() => {
				const fd = fs.openSync('/dev/shm/' + args[1], 'r+');
				const magic = bytes.length - 4096;
				// At once of its size, and what says that it is made last.
				fs.ftruncateSync(fd, bytes.length);
				fs.writeSync(fd, bytes, 0, magic, 0);
				fs.writeSync(fd, bytes, magic + 8, 4096 - 8, magic + 8);
				fs.writeSync(fd, bytes, magic, 8, magic);
			}, 500);`, [made, name]);
		await creator.take();
		assert.equal(open(t, { name, init: false }).next, 1);
		assert.equal(await creator.ended, 0);
	});

test('subclasses, disposal, unlink', async (t) => {
	const name = newName(t);
	let released = 0;
	class Counting extends Disruptor {
		release(...args) {
			released++;
			super.release(...args);
		}
	}
	const d = new Counting(name, 4, 8, 1, 0, true, false);

	d.consumeNew = () => 'mine';
	assert.equal(d.consumeNew(), 'mine');
	d[Symbol.dispose]();
	assert.equal(released, 1);
	assert.throws(() => Disruptor('x'), TypeError);
	Disruptor.unlink(name);
	await until(() => !fs.existsSync(`/dev/shm/${name}`));
});
