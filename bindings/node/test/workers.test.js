// SPDX-License-Identifier: MIT
// worker.terminate() during each kind of wait, and rings between workers.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Disruptor, Ring } = require('..');
const { newName, startWorker, delay, PATIENCE_MS } = require('./helpers');

const compat = `
	const d = new lib.Disruptor(args, 2, 8, 1, 0, false, true);
	d.produceClaimManySync(2);
	tell('there');
`;
const bytes = `
	const d = new lib.Disruptor(args, 8, 1, 1, 0, false, false);
	tell('there');
`;
const ring = `
	const ring = lib.Ring.openSync(args);
	const p = ring.producer(), c = ring.consumer('c', { from: 'next' });
	const fill = () => { p.tryClaim(4); p.publish(); };
	tell('there');
`;

const waits = {
	'drop-in: consumeNewSync': [compat, 'd.consumeNewSync()'],
	'drop-in: produceClaimSync': [compat, 'd.produceClaimSync()'],
	'drop-in: produceClaimManySync': [compat, 'd.produceClaimManySync(2)'],
	'drop-in: produceCommitSync': [compat, 'd.produceCommitSync(1, 1)'],
	'drop-in: consumeNew': [compat, 'd.consumeNew()'],
	'drop-in: produceClaim, callback': [compat, 'd.produceClaim(() => {})'],
	'drop-in: produceCommit': [compat, 'd.produceCommit(1, 1)'],
	'drop-in: consumeNewAsync': [compat, 'd.consumeNewAsync(() => {})'],
	'ring: waitSync': [ring, 'c.waitSync()'],
	'ring: claimSync': [ring, 'fill(); p.claimSync()'],
	'ring: next': [ring, 'c.next()'],
	'ring: for await': [ring,
		'(async () => { for await (const batch of c.batches()); })()'],
	'ring: onBatch': [ring, 'c.onBatch(() => {})'],
	'ring: claim': [ring, 'fill(); p.claim()'],
	'ring: readable': [ring, 'c.readable().resume()'],
	'ring: writable': [ring, `fill();
		p.writable().write(Buffer.alloc(8))`],
	'ring: claimUpTo': [ring, 'fill(); p.claimUpTo(2)'],
	'ring: readableWeb': [ring, 'c.readableWeb().getReader().read()'],
	'ring: waitForConsumers': [ring, 'ring.waitForConsumers(9)'],
	'Ring.open': [ring, "lib.Ring.open(args + '-none')"],
	'drop-in: read stream': [bytes,
		'new lib.DisruptorReadStream(d).resume()'],
	'drop-in: write stream': [bytes, `d.produceClaimManySync(8);
		new lib.DisruptorWriteStream(d).write('x')`],
};

// Asleep in the event loop, or by a thread.
for (const crew of [false, true])
for (const [name, [prologue, code]] of Object.entries(waits))
	test(`terminate during ${name}${crew ? ', by a thread' : ''}`,
		{ timeout: PATIENCE_MS }, async (t) => {
		const shared = newName(t);
		process.env.DISRUPTOR_NO_IO_URING = '1';
		if (!crew)
			delete process.env.DISRUPTOR_NO_IO_URING;
		const here = prologue === ring ?
			Ring.create(shared, { slots: 4, slotSize: 8 }) :
			new Disruptor(shared, ...prologue === bytes ? [8, 1] : [2, 8],
				1, 0, true, false);
		const worker = await startWorker(prologue + code, shared);

		delete process.env.DISRUPTOR_NO_IO_URING;
		await delay(30);
		assert.equal(await worker.terminate(), 1);
		here.release();
	});

test('a worker that only waits without ref ends by itself',
	{ timeout: PATIENCE_MS }, async (t) => {
	const shared = newName(t);
	const here = Ring.create(shared, { slots: 4, slotSize: 8 });
	const worker = await startWorker(`${ring}
		c.onBatch(() => {}, { ref: false });`, shared);

	assert.equal(await worker.ended, 0);
	here.release();
});

test('events between workers', { timeout: PATIENCE_MS }, async (t) => {
	const shared = newName(t);
	const here = Ring.create(shared,
		{ slots: 64, slotSize: 8, producers: 'multi' });
	const EVENTS = 20000;
	const consumer = await startWorker(`
		const ring = lib.Ring.from(args.handle);
		const c = ring.consumer('sum');
		tell('there');
		let sum = 0;
		while (c.waitSync() > 0)
			c.poll((s) => { sum += ring.f64[ring.offset(s) / 8]; });
		tell(sum);
		ring.release();`, { handle: here.handle });
	const code = `
		const ring = lib.Ring.from(args.handle);
		const p = ring.producer();
		tell('there');
		for (let i = 1; i <= ${EVENTS}; i++) {
			const s = p.claimSync();
			ring.f64[ring.offset(s) / 8] = i;
			p.publish();
		}
		ring.release();`;
	const producers = await Promise.all([0, 1].map(() =>
		startWorker(code, { handle: here.handle })));

	await Promise.all(producers.map((worker) => worker.ended));
	here.close();
	assert.equal(await consumer.said, EVENTS * (EVENTS + 1));
	here.release();
});

// Loading and leaving by many workers, with the sleeping thread at work.
test('workers come and go', { timeout: PATIENCE_MS }, async (t) => {
	const shared = newName(t);
	const here = Ring.create(shared,
		{ slots: 4, slotSize: 8, producers: 'multi' });

	for (let round = 0; round < 4; round++)
		await Promise.all([0, 1, 2].map(async () => {
			const worker = await startWorker(`
				const ring = lib.Ring.openSync(args);
				for (let i = 0; i < 8; i++)
					ring.consumer().onBatch(() => {});
				tell('there');`, shared);
			await worker.terminate();
		}));
	here.release();
});

test('events of a ring as a SharedArrayBuffer', { timeout: PATIENCE_MS },
	async (t) => {
		const ring = Ring.create(newName(t), { slots: 8, slotSize: 8 });
		const { shared } = ring;

		if (Number(process.versions.node.split('.')[0]) < 22) {
			assert.equal(shared, undefined);
			return;
		}
		assert.equal(ring.shared, shared);
		assert.equal(shared.byteLength, 64);
		const worker = await startWorker(`
			const events = new Int32Array(args);
			Atomics.store(events, 6, 42);
			tell('there');
			Atomics.wait(events, 2, 0);
			process.exit(events[2]);`, shared);
		assert.equal(ring.i32[6], 42);
		// The memory outlives the ring's handle here.
		ring.release();
		assert.equal(ring.i32.length, 0);
		const events = new Int32Array(shared);
		assert.equal(events[6], 42);
		Atomics.store(events, 2, 7);
		Atomics.notify(events, 2);
		assert.equal(await worker.ended, 7);
		assert.throws(() => Ring.openSync(ring.name, { slotSize: 16 }),
			{ code: 'EPROTO' });
	});
