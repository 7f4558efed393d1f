// SPDX-License-Identifier: MIT
// A round trip: one message there, one back, one at a time; after as many as
// `pauseAfter` a pause of a millisecond, so that both sides are asleep. Tells the
// sorted latencies. Run by run.js.
'use strict';

const { fork } = require('node:child_process');
const { Worker, isMainThread, workerData, parentPort } =
	require('node:worker_threads');

const given = isMainThread ? JSON.parse(process.argv[2]) : workerData;
const { system, library, name, messages, role, pauseAfter = 10 } = given;
const names = [`${name}-there`, `${name}-back`];

function delay(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

// trip() resolves when the answer is there.
async function measure(trip) {
	const ns = [];

	await delay(100);
	for (let i = 0; i < messages; i++) {
		const before = process.hrtime.bigint();
		await trip(i);
		ns.push(Number(process.hrtime.bigint() - before));
		if (i % pauseAfter === pauseAfter - 1)
			await delay(1);
	}
	ns.splice(0, messages / 10);
	process.stdout.write(`${JSON.stringify({ latencies:
		ns.sort((a, b) => a - b) })}\n`, () => process.exit());
}

function otherSide(options = {}) {
	return fork(__filename, [JSON.stringify({ ...given, role: 'echo' })],
		{ stdio: ['pipe', 'pipe', 'inherit', 'ipc'], ...options });
}

function once(emitter, event) {
	return new Promise((resolve) => emitter.once(event, resolve));
}

function rings(open) {
	const { Ring } = require(library);

	return names.map((one) => open(Ring, one));
}

const ring = (options) => ({
	async echo() {
		const [there, back] = rings((Ring, one) => Ring.openSync(one));
		const p = back.producer(), c = there.consumer('c');

		process.send('ready');
		for await (const { start } of c.batches(options))
			p.tryWrite(1, (s) => {
				back.f64[s & 63] = there.f64[start & 63];
			});
	},
	async ask() {
		const [there, back] = rings((Ring, one) =>
			Ring.create(one, { slots: 64, slotSize: 8 }));
		const p = there.producer();
		const answers = back.consumer('c').batches(options);

		await once(otherSide(), 'message');
		await measure(async (i) => {
			p.tryWrite(1, (s) => {
				there.f64[s & 63] = i;
			});
			await answers.next();
		});
	},
});

const parent = process.ppid;

// Without the event loop: both sides block their thread, asleep.
const blocking = {
	echo() {
		const [there, back] = rings((Ring, one) => Ring.openSync(one));
		const p = back.producer(), c = there.consumer('c');

		process.send('ready');
		while (process.ppid === parent) {
			if (c.waitSync({ timeout: 1000 }) === 0)
				continue;
			c.poll(() => {});
			p.tryClaim();
			p.publish();
		}
		process.exit();
	},
	async ask() {
		const [there, back] = rings((Ring, one) =>
			Ring.create(one, { slots: 64, slotSize: 8 }));
		const p = there.producer(), c = back.consumer('c');
		const child = otherSide();

		await once(child, 'message');
		await measure(() => {
			p.tryClaim();
			p.publish();
			c.waitSync();
			c.poll(() => {});
		});
	},
};

const systems = {
	blocking,
	ring: ring({}),
	asleep: ring({ spin: 0 }),
	compat: {
		async echo() {
			const { Disruptor } = require(library);
			const there = new Disruptor(names[0], 64, 8, 1, 0, false, true);
			const back = new Disruptor(names[1], 64, 8, 1, -1, false, true);

			process.send('ready');
			for (;;) {
				await there.consumeNew();
				there.consumeCommit();
				await back.produceClaim();
				await back.produceCommit();
			}
		},
		async ask() {
			const { Disruptor } = require(library);
			const there = new Disruptor(names[0], 64, 8, 1, -1, true, true);
			const back = new Disruptor(names[1], 64, 8, 1, 0, true, true);

			await once(otherSide(), 'message');
			await measure(async () => {
				await there.produceClaim();
				await there.produceCommit();
				await back.consumeNew();
				back.consumeCommit();
			});
		},
	},
	send: {
		echo() {
			process.on('message', (message) => process.send(message));
			process.send('ready');
		},
		async ask() {
			const child = otherSide();

			await once(child, 'message');
			await measure(async (i) => {
				child.send(i);
				await once(child, 'message');
			});
		},
	},
	port: {
		echo() {
			parentPort.on('message', (message) =>
				parentPort.postMessage(message));
		},
		async ask() {
			const worker = new Worker(__filename,
				{ workerData: { ...given, role: 'echo' } });

			await measure(async (i) => {
				worker.postMessage(i);
				await once(worker, 'message');
			});
		},
	},
	pipe: {
		echo() {
			process.stdin.pipe(process.stdout);
			process.send('ready');
		},
		async ask() {
			const child = otherSide();
			const message = Buffer.alloc(8);

			await once(child, 'message');
			await measure(async () => {
				child.stdin.write(message);
				await once(child.stdout, 'data');
			});
		},
	},
};

// Nobody goes on alone.
if (role === 'echo' && isMainThread)
	process.once('disconnect', () => process.exit());
systems[system][role === 'echo' ? 'echo' : 'ask']();
