// SPDX-License-Identifier: MIT
// What crashes, hangs or corrupts with shared-memory-disruptor: each case is an
// error here, or works. Each runs in a process of its own, whose end is checked.
'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Peer, newName, PATIENCE_MS } = require('./helpers');

const cases = [];
const prologue = `
	const { Disruptor } = lib;
	const open = (...rest) => new Disruptor(args[0], ...rest);
	const code = (f) => {
		try {
			f();
			return 'nothing thrown';
		} catch (error) {
			return error.code;
		}
	};
`;

// code tells what it found; expected is all of that.
function survives(name, code, expected, options) {
	cases.push((t) => t.test(name, async (one) => {
		const peer = new Peer(one, prologue + code, [newName(one)], options);

		assert.equal(await peer.ended, 0);
		assert.deepEqual(peer.lines, expected);
	}));
}

survives('a Buffer after release is empty', `
	const d = open(16, 8, 1, 0, true, false);
	const claimed = d.produceClaimSync();
	const all = d.elements;
	d.produceCommitSync();
	const [read] = d.consumeNewSync();
	d.release();
	tell([claimed.length, read.length, all.length, claimed[0] ?? 'none']);
	tell(code(() => claimed.writeUInt32LE(1, 0)));
`, [[0, 0, 0, 'none'], 'ERR_BUFFER_OUT_OF_BOUNDS']);

survives('a Buffer outlives the object that gave it', `
	let d = open(16, 8, 1, 0, true, false);
	const buffer = d.produceClaimSync();
	buffer.fill(7);
	d = undefined;
	(async () => {
		for (let i = 0; i < 20; i++) {
			gc();
			await new Promise(setImmediate);
		}
		tell(buffer[7]);
	})();
`, [7], { flags: ['--expose-gc'] });

survives('shared words after release', `
	const d = open(16, 8, 1, 0, true, false);
	d.release();
	d.release();
	tell([code(() => d.cursor), code(() => d.next), code(() => d.consumer),
		code(() => d.status), code(() => { d.status = 1; }),
		code(() => d.produceClaimSync()), code(() => d.consumeNewSync()),
		code(() => d.produceCommitSync(0, 0)),
		code(() => d.consumeCommit()), code(() => d.produceRecover(0, 0)),
		code(() => d.produceClaimManySync(3)),
		code(() => d.produceClaimAvailSync(3))]);
	tell([d.elements ?? null, d.consumers ?? null, d.elementSize, d.spin]);
`, [Array(12).fill('ERR_DISRUPTOR_RELEASED'), [null, null, 8, false]]);

survives('release during each asynchronous wait', `
	const d = open(2, 8, 1, 0, true, true);
	d.produceClaimManySync(2);
	const waits = [d.consumeNew(), d.produceClaim(), d.produceClaimMany(2),
		d.produceClaimAvail(1), d.produceCommit(1, 1)];
	d.consumeNew((error) => tell(error.code));
	setTimeout(() => d.release(), 20);
	Promise.allSettled(waits).then((all) =>
		tell(all.map(({ reason }) => reason.code)));
`, ['ERR_DISRUPTOR_RELEASED', Array(5).fill('ERR_DISRUPTOR_RELEASED')]);

survives('a joiner with another geometry', `
	const d = open(16, 8, 1, 0, true, false);
	tell([code(() => open(1 << 20, 8, 1, 0, false, false)),
		code(() => open(8, 8, 1, 0, false, false)),
		code(() => open(8, 16, 1, 0, false, false)),
		code(() => open(15, 8, 2, 0, false, false)),
		code(() => open(16, 8, 1, 0, false, false))]);
`, [[...Array(4).fill('ERR_DISRUPTOR_GEOMETRY'), 'nothing thrown']]);

survives('a consumer out of range', `
	open(16, 8, 1, 0, true, false);
	for (const consumer of [-1, 1, 1e6]) {
		const d = open(16, 8, 1, consumer, false, false);
		tell([code(() => d.consumeNewSync()), code(() => d.consumeCommit()),
			code(() => d.consumer), code(() => d.release(true))]);
		d.produceClaimSync();
		tell([d.produceCommitSync(), d.cursor]);
		d.release();
	}
`, [1, 2, 3].flatMap((i) => [Array(4).fill('ERR_OUT_OF_RANGE'), [true, i]]));

survives('a negative number of elements', `
	tell([code(() => open(-1, 8, 1, 0, true, false)),
		code(() => open(8, -1, 1, 0, true, false)),
		code(() => open(8, 8, -1, 0, true, false))]);
`, [Array(3).fill('ERR_OUT_OF_RANGE')]);

survives('postMessage of a claimed Buffer', `
	const { MessageChannel, receiveMessageOnPort } =
		require('node:worker_threads');
	const d = open(16, 8, 1, 0, true, false);
	const buffer = d.produceClaimSync().fill(9);
	const { port1, port2 } = new MessageChannel();
	port1.postMessage(buffer);
	const copy = receiveMessageOnPort(port2).message;
	try {
		port1.postMessage(buffer, [buffer.buffer]);
	} catch (error) {
		if (error.name !== 'DataCloneError')
			throw error;
	}
	// Node 20 copied it again, 22 refused, 24 and 26 moved it.
	const moved = receiveMessageOnPort(port2)?.message;
	tell([copy[7], moved?.[7] ?? 9, buffer[7] ?? moved[7]]);
	d.release();
	tell([copy[7], moved?.[7] ?? 9, buffer.length]);
`, [[9, 9, 9], [9, 9, 0]]);

survives('a Buffer that was transferred away', `
	const d = open(16, 8, 1, 0, true, false);
	const buffer = d.produceClaimSync().fill(9);
	const moved = buffer.buffer.transfer ? buffer.buffer.transfer() :
		structuredClone(buffer.buffer);
	d.release();
	setImmediate(() => setImmediate(() => tell(new Uint8Array(moved)[0])));
`, [9]);

survives('65536 times 65536 bytes', `
	tell(code(() => open(65536, 65536, 1, 0, true, false)));
`, ['ERR_OUT_OF_RANGE']);

survives('claiming none', `
	const d = open(5, 8, 1, 0, true, false);
	d.produceClaimManySync(5);
	tell([d.produceClaimManySync(0), d.produceClaimAvailSync(0),
		d.prevClaimStart, d.prevClaimEnd, d.next]);
	const spinning = open(5, 8, 1, 0, false, true);
	tell([spinning.produceClaimManySync(0),
		spinning.produceClaimAvailSync(0)]);
`, [[[], [], 1, 0, 5], [[], []]]);

survives('the last consumer leaves a producer that waits', `
	const d = open(2, 8, 1, 0, true, true);
	d.produceClaimManySync(2);
	d.produceClaim((error, buf, start, end, ignoring) =>
		tell([error, buf.length, start, end, ignoring]));
	d.produceClaimMany(2).then((result) => tell(result));
	setTimeout(() => open(2, 8, 1, 0, false, false).release(true), 20);
`, [[null, 0, 1, 0, true], { bufs: [], claimStart: 1, claimEnd: 0,
	allConsumersIgnoring: true }]);

survives('an empty write to a stream', `
	const writer = new lib.DisruptorWriteStream(open(9, 1, 1, 0, true, false));
	writer.write('', () => writer.end(() => tell('ended')));
`, ['ended']);

survives('a commit of what was not claimed', `
	const d = open(16, 8, 1, 0, true, false);
	d.produceClaimManySync(16);
	tell([code(() => d.produceCommitSync(0, 99)), d.cursor,
		code(() => d.produceCommitSync(0, 16)), d.cursor]);
	d.produceCommit(0, 99).catch((error) => tell(error.code));
`, [['ERR_DISRUPTOR_NOT_CLAIMED', 0, 'ERR_DISRUPTOR_NOT_CLAIMED', 0],
	'ERR_DISRUPTOR_NOT_CLAIMED']);

survives('an ignored consumer comes back', `
	const d = open(16, 8, 2, 0, true, false);
	d.produceClaimManySync(3);
	d.produceCommitSync();
	open(16, 8, 2, 1, false, false).release(true);
	const back = open(16, 8, 2, 1, false, false);
	tell([back.consumeNewSync(), back.consumer]);
	d.produceClaimSync().fill(5);
	d.produceCommitSync();
	tell([back.consumeNewSync().map((b) => b[0]), back.prevConsumeStart]);
`, [[[], 3], [[5], 3]]);

test('what crashed', { concurrency: 4, timeout: PATIENCE_MS }, async (t) => {
	await Promise.all(cases.map((one) => one(t)));
});
