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
};

for (const [name, [prologue, code]] of Object.entries(waits))
	test(`terminate during ${name}`, { timeout: PATIENCE_MS }, async (t) => {
		const shared = newName(t);
		const here = prologue === compat ?
			new Disruptor(shared, 2, 8, 1, 0, true, false) :
			Ring.create(shared, { slots: 4, slotSize: 8 });
		const worker = await startWorker(prologue + code, shared);

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
