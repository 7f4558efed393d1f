// SPDX-License-Identifier: MIT
// Whatever is wrong is an error with a code, before any shared word is touched.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { Disruptor, DisruptorReadStream, DisruptorWriteStream, Ring } =
	require('..');
const { newName } = require('./helpers');

const { execFileSync } = require('node:child_process');

const TYPE = { code: 'ERR_INVALID_ARG_TYPE' };
const RANGE = { code: 'ERR_OUT_OF_RANGE' };
const VALUE = { code: 'ERR_INVALID_ARG_VALUE' };
const BAD_NUMBERS = [-1, 2 ** 32, NaN, 1.5, Infinity];

function bytesOf(name) {
	return fs.readFileSync(`/dev/shm/${name}`);
}

test('drop-in: arguments of the constructor', (t) => {
	const name = newName(t);
	const good = [name, 16, 8, 1, 0, true, false];
	const messages = ['A string was expected', ...Array(4).fill(
		'A number was expected'), ...Array(2).fill('A boolean was expected')];

	good.forEach((_, i) => {
		for (const wrong of [undefined, null, {}, i === 0 ? 5 : 'x']) {
			const bad = good.with?.(i, wrong) ??
				Object.assign([...good], { [i]: wrong });
			assert.throws(() => new Disruptor(...bad),
				{ ...TYPE, name: 'TypeError', message: messages[i] });
		}
	});
	for (const i of [1, 2, 3])
		for (const wrong of [...BAD_NUMBERS, ...i < 3 ? [0] : []])
			assert.throws(() => new Disruptor(
				...Object.assign([...good], { [i]: wrong })), RANGE);
	for (const wrong of [-2, 2 ** 32, NaN, 0.5])
		assert.throws(() => new Disruptor(
			...Object.assign([...good], { 4: wrong })), RANGE);
	assert.throws(() => new Disruptor(), { message: 'A number was expected' });
	assert.equal(fs.existsSync(`/dev/shm/${name}`), false);
});

test('drop-in: names', (t) => {
	const open = (name, init) => new Disruptor(name, 16, 8, 1, 0, init, false);
	const starts = (text) => (error) => error.message.startsWith(
		`Failed to open shared memory object: ${text}`);

	assert.throws(() => open('', true), { code: 'EINVAL' });
	assert.throws(() => open('', true), starts('Invalid argument'));
	assert.throws(() => open(newName(t), false), { code: 'ENOENT' });
	assert.throws(() => open(newName(t), false),
		starts('No such file or directory'));
	assert.throws(() => open('/a/b', true), { code: 'EINVAL' });
	assert.throws(() => open('x'.repeat(300), true));
	assert.throws(() => open('a\0b', true), RANGE);
	assert.throws(() => Disruptor.unlink(5), TYPE);
	assert.throws(() => Disruptor.unlink(newName(t)), { code: 'ENOENT' });
});

test('drop-in: arguments of calls touch nothing', async (t) => {
	const name = newName(t);
	const d = new Disruptor(name, 16, 8, 1, 0, true, false);
	d.produceClaimManySync(4);
	const before = bytesOf(name);

	for (const wrong of BAD_NUMBERS) {
		for (const call of ['produceClaimManySync', 'produceClaimAvailSync'])
			assert.throws(() => d[call](wrong), RANGE);
		assert.throws(() => d.produceClaimMany(wrong, () => {}), RANGE);
		await assert.rejects(d.produceClaimMany(wrong), RANGE);
		await assert.rejects(d.produceClaimAvail(wrong), RANGE);
	}
	for (const wrong of [-1, NaN, 1.5, 2 ** 53]) {
		assert.throws(() => d.produceCommitSync(wrong, 3), RANGE);
		assert.throws(() => d.produceCommitSync(0, wrong), RANGE);
		assert.throws(() => d.produceRecover(wrong, 3), RANGE);
		await assert.rejects(d.produceCommit(0, wrong), RANGE);
	}
	for (const wrong of ['1', null, {}, undefined]) {
		assert.throws(() => d.produceClaimManySync(wrong), TYPE);
		assert.throws(() => d.produceCommitSync(0, wrong), TYPE);
		await assert.rejects(d.produceClaimAvail(wrong), TYPE);
	}
	assert.throws(() => d.produceClaim('x'), TYPE);
	assert.throws(() => d.consumeNew(5), TYPE);
	assert.throws(() => d.produceCommitSync(4, 4),
		{ code: 'ERR_DISRUPTOR_NOT_CLAIMED' });
	assert.throws(() => {
		d.status = '1';
	}, TYPE);
	assert.throws(() => {
		d.prevClaimStart = 3;
	}, TypeError);
	assert.deepEqual(bytesOf(name), before);
	d.release();
});

test('drop-in: streams', (t) => {
	const wide = new Disruptor(newName(t), 16, 8, 1, 0, true, false);
	const spinning = new Disruptor(newName(t), 16, 1, 1, 0, true, true);

	for (const Stream of [DisruptorReadStream, DisruptorWriteStream]) {
		assert.throws(() => new Stream(wide),
			{ ...VALUE, message: 'element size must be 1' });
		assert.throws(() => new Stream(spinning),
			{ ...VALUE, message: 'spin must be false' });
	}
	wide.release();
	spinning.release();
});

test('rings: options', (t) => {
	const name = newName(t);
	const create = (options) => () => Ring.create(name,
		{ slots: 16, slotSize: 8, ...options });

	for (const wrong of [...BAD_NUMBERS, 0])
		for (const option of ['slots', 'slotSize', 'mode', 'maxConsumers',
			'maxProducers'])
			assert.throws(create({ [option]: wrong }), RANGE, option);
	for (const option of ['slots', 'slotSize', 'mode', 'maxConsumers'])
		assert.throws(create({ [option]: '8' }), TYPE);
	assert.throws(create({ producers: 'many' }), VALUE);
	assert.throws(create({ slotLayout: 5 }), VALUE);
	assert.throws(create({ type: 'x'.repeat(64) }), RANGE);
	assert.throws(create({ type: 5 }), TYPE);
	assert.throws(create({ firstSequence: -1 }), RANGE);
	assert.throws(create({ firstSequence: 2 ** 60 }), RANGE);
	assert.throws(create({ firstSequence: 1n << 62n }), RANGE);
	assert.throws(() => Ring.create(name), TYPE);
	assert.throws(() => Ring.create(name, null), TYPE);
	assert.throws(() => Ring.create(5, { slots: 1, slotSize: 1 }), TYPE);
	assert.throws(() => Ring.create('a/b', { slots: 1, slotSize: 1 }),
		{ code: 'EINVAL' });
	assert.throws(() => Ring.create('a\0b', { slots: 1, slotSize: 1 }), VALUE);
	assert.throws(() => new Ring(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
	assert.equal(fs.existsSync(`/dev/shm/${name}`), false);
});

test('rings: what is no ring, or another one', async (t) => {
	const name = newName(t);

	assert.throws(() => Ring.openSync(name), { code: 'ENOENT' });
	assert.throws(() => Ring.unlink(name), { code: 'ENOENT' });
	assert.throws(() => Ring.inspect(name), { code: 'ENOENT' });
	await assert.rejects(Ring.open(name, { timeout: 5 }),
		{ code: 'ETIMEDOUT' });
	fs.writeFileSync(`/dev/shm/${name}`, Buffer.alloc(65536, 1));
	assert.throws(() => Ring.openSync(name), { code: 'EBADMSG' });
	assert.throws(() => Ring.unlink(name), { code: 'EBADMSG' });
	await assert.rejects(Ring.open(name), { code: 'EBADMSG' });
	fs.unlinkSync(`/dev/shm/${name}`);
	const ring = Ring.create(name, { slots: 16, slotSize: 8 });
	assert.throws(() => Ring.openSync(name, { slotSize: 16 }),
		{ code: 'EPROTO' });
	assert.throws(() => Ring.create(name, { slots: 16, slotSize: 8 }),
		{ code: 'EEXIST' });
	ring.release();
});

test('rings: producers', async (t) => {
	const ring = Ring.create(newName(t), { slots: 16, slotSize: 8 });
	const p = ring.producer();

	assert.throws(() => ring.producer(), { code: 'EBUSY' });
	for (const wrong of [...BAD_NUMBERS, 0, 17]) {
		assert.throws(() => p.tryClaim(wrong), RANGE);
		assert.throws(() => p.tryClaimUpTo(wrong), RANGE);
		await assert.rejects(p.claim(wrong), RANGE);
	}
	assert.throws(() => p.tryClaim('1'), TYPE);
	assert.throws(() => p.publish(), { code: 'ERR_DISRUPTOR_NOT_CLAIMED' });
	assert.equal(p.tryClaim(4), 0);
	assert.throws(() => p.tryClaim(), { code: 'EBUSY' });
	assert.throws(() => p.publish(1, 4), { code: 'ERR_DISRUPTOR_NOT_CLAIMED' });
	assert.throws(() => p.publish(0, 5), { code: 'ERR_DISRUPTOR_NOT_CLAIMED' });
	assert.equal(ring.published, 0);
	p.publish(0, 4);
	assert.equal(ring.published, 4);
	await assert.rejects(p.claim(1, { signal: 5 }), TYPE);
	await assert.rejects(p.claim(1, { timeout: -1 }), RANGE);
	await assert.rejects(p.claim(1, 5), TYPE);
	assert.throws(() => p.tryWrite(1, 5), TYPE);
	p.release();
	assert.throws(() => p.tryClaim(), { code: 'ERR_DISRUPTOR_RELEASED' });
	ring.release();
	assert.throws(() => ring.producer(), { code: 'ERR_DISRUPTOR_RELEASED' });
});

test('rings: consumers', async (t) => {
	const ring = Ring.create(newName(t),
		{ slots: 16, slotSize: 8, maxConsumers: 2 });
	const c = ring.consumer('a');

	assert.throws(() => ring.consumer('a'), { code: 'EBUSY' });
	assert.throws(() => ring.consumer(''), { code: 'EINVAL' });
	assert.throws(() => ring.consumer('x'.repeat(64)),
		{ code: 'ENAMETOOLONG' });
	assert.throws(() => ring.consumer('b', { after: ['nobody'] }),
		{ code: 'ENOENT' });
	assert.throws(() => ring.consumer('b', { after: 'a' }), TYPE);
	assert.throws(() => ring.consumer('b', { after: [5] }), TYPE);
	assert.throws(() => ring.consumer('b', { from: 'later' }), VALUE);
	assert.throws(() => ring.consumer(5), TYPE);
	ring.consumer();
	assert.throws(() => ring.consumer('c'), { code: 'EUSERS' });
	assert.throws(() => ring.removeConsumer('a'), { code: 'EBUSY' });
	assert.throws(() => ring.removeConsumer('b'), { code: 'ENOENT' });
	assert.throws(() => c.advance(1), RANGE);
	assert.throws(() => c.advance(-1), RANGE);
	assert.throws(() => c.batches({ max: NaN }), RANGE);
	assert.throws(() => c.batches({ max: 0 }), RANGE);
	assert.throws(() => c.batches({ signal: {} }), TYPE);
	assert.throws(() => c.batches({ spin: -1 }), RANGE);
	assert.throws(() => c.onBatch(), TYPE);
	assert.throws(() => c.poll(), TYPE);
	assert.throws(() => c.waitSync({ timeout: NaN }), RANGE);
	const waiting = c.next();
	await assert.rejects(c.next(), { code: 'ERR_DISRUPTOR_BUSY' });
	c.release();
	await assert.rejects(waiting, { code: 'ERR_DISRUPTOR_RELEASED' });
	assert.throws(() => c.take(), { code: 'ERR_DISRUPTOR_RELEASED' });
	assert.throws(() => c.advance(0), { code: 'ERR_DISRUPTOR_RELEASED' });
	assert.throws(() => c.sequence, { code: 'ERR_DISRUPTOR_RELEASED' });
	assert.throws(() => c.lag, { code: 'ERR_DISRUPTOR_RELEASED' });
	await assert.rejects(c.next(), { code: 'ERR_DISRUPTOR_RELEASED' });
	ring.release();
});

test('views after release are empty', (t) => {
	const ring = Ring.create(newName(t), { slots: 16, slotSize: 8 });
	const { bytes, view, f64 } = ring;
	const slot = ring.slot(3);

	ring.release();
	ring.release();
	assert.equal(bytes.length + f64.length + slot.length, 0);
	assert.throws(() => view.getUint8(0), TypeError);
	for (const get of [() => ring.published, () => ring.claimed,
		() => ring.remaining, () => ring.consumerCount, () => ring.close()])
		assert.throws(get, { code: 'ERR_DISRUPTOR_RELEASED' });
});

// A /dev/shm of 64 KiB in a name space of its own, where that is allowed.
test('exhausted /dev/shm', (t) => {
	const script = 'mount -t tmpfs -o size=64k none /dev/shm && exec ' +
		`"${process.execPath}" -e "$0"`;
	const code = `
		const { Disruptor, Ring } = require(${JSON.stringify(
		require.resolve('..'))});
		const tell = (f) => {
			try { f(); console.log('no error'); }
			catch (error) { console.log(error.code, error.message); }
		};
		tell(() => new Disruptor('/big', 1 << 20, 8, 1, 0, true, false));
		tell(() => Ring.create('big', { slots: 1 << 20, slotSize: 8 }));
		console.log(require('fs').readdirSync('/dev/shm').length);`;
	let output;

	try {
		execFileSync('unshare', ['-rm', 'true'], { stdio: 'ignore' });
	} catch {
		t.skip('no user name spaces here');
		return;
	}
	output = execFileSync('unshare', ['-rm', 'sh', '-c', script, code],
		{ encoding: 'utf8' }).split('\n');
	assert.equal(output[0], 'ENOSPC Failed to size shared memory: ' +
		'No space left on device');
	assert.match(output[1], /^ENOSPC /);
	assert.equal(output[2], '0');
});
