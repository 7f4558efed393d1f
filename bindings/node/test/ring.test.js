// SPDX-License-Identifier: MIT
// Ring, Producer, Consumer.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { Ring } = require('..');
const { newName, Peer, delay, until, PATIENCE_MS } = require('./helpers');

function make(t, options) {
	const ring = Ring.create(newName(t),
		{ slots: 8, slotSize: 8, ...options });

	t.after(() => ring.release());
	return ring;
}

// One event for each value.
function put(ring, producer, ...values) {
	for (const value of values) {
		const sequence = producer.tryClaim();

		assert.ok(sequence >= 0);
		ring.f64[ring.offset(sequence) / 8] = value;
		producer.publish(sequence, 1);
	}
}

function read(ring, batch) {
	const values = [];

	for (let s = batch.start; s < batch.end; s++)
		values.push(ring.view.getFloat64(ring.offset(s), true));
	return values;
}

test('events arrive in order, in batches', async (t) => {
	const ring = make(t);
	const p = ring.producer(), c = ring.consumer('c');

	put(ring, p, 1, 2, 3);
	const batch = c.take();
	assert.deepEqual([batch.start, batch.end, batch.length], [0, 3, 3]);
	assert.deepEqual(read(ring, batch), [1, 2, 3]);
	assert.equal(c.lag, 3);
	c.advance(2);
	assert.deepEqual([c.sequence, c.sequenceBig, c.lag], [2, 2n, 1]);
	put(ring, p, 4);
	assert.deepEqual(read(ring, c.take()), [3, 4]);
	assert.deepEqual(read(ring, c.take(1)), [3]);
	c.advance(2);
	assert.equal(c.take(), undefined);
	assert.deepEqual([ring.published, ring.publishedBig, ring.cursor,
		ring.claimed, ring.claimedBig, ring.remaining], [4, 4n, 4, 4, 4n, 8]);
});

test('views of the memory', (t) => {
	const ring = make(t, { slotSize: 16 });
	const p = ring.producer(), c = ring.consumer('c');

	put(ring, p, 0, 0, 0, 0, 0, 0);
	c.advance(6);
	assert.equal(p.tryClaim(4), 6);
	for (let s = p.start; s < p.end; s++)
		ring.slot(s).fill(s);
	assert.deepEqual([6, 7, 8, 9, 9n].map((s) => ring.offset(s)),
		[96, 112, 0, 16, 16]);
	p.publish();
	const buffers = c.take().buffers();
	assert.deepEqual(buffers.map((b) => b.length), [32, 32]);
	assert.deepEqual(buffers.map((b) => [b[0], b[16]]), [[6, 7], [8, 9]]);
	assert.equal(ring.u8[ring.offset(7)], 7);
	assert.equal(ring.u64[ring.offset(8) / 8], 0x0808080808080808n);
	assert.equal(ring.bytes.length, 128);
	for (const name of ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'f64',
		'u64', 'i64', 'view', 'bytes'])
		assert.equal(ring[name].byteLength, 128, name);
});

for (const [producers, slotLayout] of [['single', 'packed'],
	['single', 'stamped'], ['multi', 'packed'], ['multi', 'stamped']])
	test(`${producers} producer, ${slotLayout} slots`, async (t) => {
		const ring = make(t, { producers, slotLayout, slotSize: 24 });
		const ps = producers === 'multi' ? [ring.producer(), ring.producer()] :
			[ring.producer()];
		const c = ring.consumer('c');
		const EVENTS = 3000;
		const sums = ps.map(() => 0);
		let n = 0;

		const producing = ps.map(async (p, who) => {
			for (let i = 0; i < EVENTS; i++)
				await p.write(1, (sequence) => {
					const slot = ring.slot(sequence);
					slot.writeUInt32LE(who, 0);
					slot.writeUInt32LE(i, 20);
				});
		});
		Promise.all(producing).then(() => ring.close());
		for await (const batch of c.batches())
			for (let s = batch.start; s < batch.end; s++, n++) {
				const slot = ring.slot(s);
				const who = slot.readUInt32LE(0);
				assert.equal(slot.readUInt32LE(20), sums[who]++);
			}
		assert.equal(n, EVENTS * ps.length);
		assert.equal(c.ended, true);
		await Promise.all(producing);
		assert.throws(() => ps[0].tryClaim(),
			{ code: 'ERR_DISRUPTOR_CLOSED' });
		assert.equal(await c.next(), undefined);
		assert.equal(c.waitSync(), 0);
	});

test('a full ring: claims wait their turn', async (t) => {
	const ring = make(t);
	const p = ring.producer(), c = ring.consumer('c');
	const order = [];

	assert.equal(p.tryClaim(8), 0);
	const waiting = [p.claim(3), p.claim(2), p.claimUpTo(9).catch((error) =>
		error.code), p.claimUpTo(8)];
	waiting.forEach((claim) => claim.then?.((value) => {
		order.push([value, p.end - p.start]);
		if (typeof value === 'number')
			p.publish();
	}));
	assert.equal(p.tryClaim(), -1);
	assert.equal(p.tryClaimUpTo(1), 0);
	await delay(5);
	p.publish();
	await delay(5);
	assert.deepEqual(order.filter(([v]) => typeof v === 'number'), []);
	for (let i = 0; i < 16; i++) {
		if (c.take() !== undefined)
			c.advance(1);
		await delay(1);
	}
	await Promise.all(waiting);
	assert.deepEqual(order.filter(([v]) => typeof v === 'number').slice(0, 2),
		[[8, 3], [11, 2]]);
	assert.equal(await waiting[2], 'ERR_OUT_OF_RANGE');
});

test('what is abandoned is stepped over', async (t) => {
	const ring = make(t, { producers: 'multi' });
	const p = ring.producer(), q = ring.producer(), c = ring.consumer('c');

	p.tryClaim(2);
	put(ring, q, 5);
	assert.equal(c.take(), undefined);
	p.abandon();
	assert.deepEqual(read(ring, c.take()), [5]);
	assert.equal(c.take().start, 2);
	assert.throws(() => p.tryWrite(1, () => {
		throw new Error('no');
	}), { message: 'no' });
	await assert.rejects(p.write(1, () => {
		throw new Error('neither');
	}), { message: 'neither' });
	put(ring, p, 6);
	c.advance(1);
	assert.deepEqual(read(ring, c.take()), [6]);
});

test('poll: how many, and where it stopped', (t) => {
	const ring = make(t);
	const p = ring.producer(), c = ring.consumer('c');
	const seen = [];

	put(ring, p, 1, 2, 3, 4);
	assert.equal(c.poll((s) => seen.push(s), 2), 2);
	assert.throws(() => c.poll((s) => {
		if (s === 3)
			throw new Error('stop');
		seen.push(s);
	}), { message: 'stop' });
	assert.equal(c.sequence, 3);
	assert.equal(c.poll((s) => seen.push(s)), 1);
	assert.equal(c.poll(() => assert.fail()), 0);
	assert.deepEqual(seen, [0, 1, 2, 3]);
});

test('leaving a loop keeps the batch, unless told otherwise', async (t) => {
	const ring = make(t);
	const p = ring.producer(), c = ring.consumer('c');

	put(ring, p, 1, 2, 3);
	for await (const batch of c.batches({ max: 2 })) {
		assert.equal(batch.length, 2);
		break;
	}
	assert.equal(c.sequence, 0);
	await assert.rejects(async () => {
		for await (const batch of c)
			throw new Error(`${batch.length}`);
	}, { message: '3' });
	assert.equal(c.sequence, 0);
	for await (const batch of c.batches({ max: 2, advanceOnReturn: true })) {
		assert.equal(batch.length, 2);
		break;
	}
	assert.equal(c.sequence, 2);
	const one = c.batches();
	await one.next();
	await assert.rejects(c.batches().next(), { code: 'ERR_DISRUPTOR_BUSY' });
	await one.return();
	assert.deepEqual(await one.next(), { value: undefined, done: true });
});

test('onBatch', async (t) => {
	const ring = make(t);
	const p = ring.producer(), c = ring.consumer('c');
	const seen = [];
	const stop = c.onBatch((start, end) => seen.push([start, end]),
		{ max: 2 });

	put(ring, p, 1, 2, 3);
	await until(() => seen.length === 2);
	assert.deepEqual(seen, [[0, 2], [2, 3]]);
	await until(() => c.sequence === 3);
	stop();
	stop();
	await stop.done;
	put(ring, p, 4);
	await delay(20);
	assert.equal(seen.length, 2);
	await assert.rejects(c.onBatch(() => {
		throw new Error('bad');
	}).done, { message: 'bad' });
	assert.equal(c.sequence, 3);
	const rest = c.onBatch(() => {});
	ring.close();
	await rest.done;
	assert.equal(c.ended, true);
});

test('consumers that follow others', async (t) => {
	const ring = make(t);
	const p = ring.producer();
	const first = [ring.consumer('journal'), ring.consumer('replicate')];
	const last = ring.consumer('business',
		{ after: ['journal', 'replicate'] });
	const follows = last.next();

	put(ring, p, 1, 2);
	first[0].poll(() => {});
	await delay(10);
	assert.equal(first[1].lag, 2);
	first[1].poll(() => {}, 1);
	const batch = await follows;
	assert.deepEqual([batch.start, batch.end], [0, 1]);
	const info = Ring.inspect(ring.name);
	assert.deepEqual(info.consumerList.find(({ name }) =>
		name === 'business').after.sort(), ['journal', 'replicate']);
});

test('a named consumer resumes, another may begin with the oldest', (t) => {
	const ring = make(t);
	const p = ring.producer();

	ring.consumer('c');
	put(ring, p, 1, 2, 3);
	const other = Ring.openSync(ring.name);
	assert.throws(() => other.consumer('c'), { code: 'EBUSY' });
	const oldest = other.consumer({ from: 'oldest' });
	const next = other.consumer();
	assert.deepEqual([oldest.sequence, next.sequence], [0, 3]);
	const named = other.consumer('d', { from: 'oldest' });
	named.poll(() => {}, 1);
	named.release();
	assert.equal(other.consumer('d').sequence, 1);
	assert.equal(ring.consumerCount, 4);
	other.release();
	assert.equal(ring.consumerCount, 2);
	ring.removeConsumer('d');
	assert.equal(ring.consumerCount, 1);
});

test('sequences beyond 2^32 and 2^53', async (t) => {
	const far = make(t, { firstSequence: 2 ** 32 - 3 });
	const p = far.producer(), c = far.consumer('c');
	put(far, p, 1, 2, 3, 4, 5);
	assert.equal(c.take().start, 2 ** 32 - 3);
	assert.deepEqual(read(far, c.take()), [1, 2, 3, 4, 5]);

	const farther = make(t, { firstSequence: 2n ** 53n - 2n });
	const big = farther.producer({ bigint: true });
	const reader = farther.consumer('c', { bigint: true });
	assert.equal(big.tryClaim(5), 2n ** 53n - 2n);
	for (let s = big.start; s < big.end; s++)
		farther.f64[farther.offset(s) / 8] = Number(s % 100n);
	big.publish(2n ** 53n - 2n, 5);
	assert.equal(big.tryClaim(8), -1n);
	const batch = reader.take();
	assert.deepEqual([batch.start, batch.end],
		[2n ** 53n - 2n, 2n ** 53n + 3n]);
	assert.deepEqual(read(farther, batch), [90, 91, 92, 93, 94]);
	assert.equal(reader.sequenceBig, 2n ** 53n - 2n);
	const numbers = farther.consumer({ from: 'oldest' });
	assert.throws(() => numbers.take(), { code: 'ERR_OUT_OF_RANGE' });
	big.release();
	const last = farther.producer();
	assert.throws(() => last.tryClaim(), { code: 'ERR_OUT_OF_RANGE' });
});

test('opening waits for the creator', async (t) => {
	const name = newName(t);
	const opening = Ring.open(name, { timeout: PATIENCE_MS });

	await delay(20);
	const made = Ring.create(name, { slots: 5, slotSize: 3, mode: 0o640,
		type: 'tick', producers: 'multi' });
	const ring = await opening;
	assert.deepEqual(ring.info, { ...made.info, name, slots: 8, slotSize: 3,
		type: 'tick', producers: 'multi' });
	assert.equal(fs.statSync(`/dev/shm/${name}`).mode & 0o777, 0o640);
	assert.equal(Ring.inspect(name).creatorPid, process.pid);
	const consumers = ring.waitForConsumers(1, { timeout: PATIENCE_MS });
	made.consumer('c');
	await consumers;
	Ring.unlink(name);
	assert.throws(() => Ring.inspect(name), { code: 'ENOENT' });
	made[Symbol.dispose]();
	ring[Symbol.dispose]();
});

test('two processes', { timeout: PATIENCE_MS }, async (t) => {
	const ring = make(t, { slots: 64 });
	const EVENTS = 100000;
	const c = ring.consumer('sum');
	const peer = new Peer(t, `
		const ring = lib.Ring.openSync(args[0]);
		const p = ring.producer();
		(async () => {
			for (let i = 1; i <= ${EVENTS}; i++) {
				let s = p.tryClaim();
				if (s < 0)
					s = await p.claim();
				ring.f64[ring.offset(s) / 8] = i;
				p.publish(s, 1);
			}
			ring.close();
		})();`, [ring.name]);
	let sum = 0;

	for await (const batch of c.batches())
		for (let s = batch.start; s < batch.end; s++)
			sum += ring.f64[ring.offset(s) / 8];
	assert.equal(sum, EVENTS * (EVENTS + 1) / 2);
	assert.equal(await peer.ended, 0);
});
