// SPDX-License-Identifier: MIT
// The examples run, and the README shows them as they are.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { Ring } = require('..');
const { root, command, PATIENCE_MS, newName, until } = require('./helpers');

// Where `import 'libdisruptor'` finds us, and names are this test's own.
function copies(t, names) {
	const home = fs.mkdtempSync(path.join(os.tmpdir(), 'libdisruptor-'));
	const name = newName(t);

	t.after(() => fs.rmSync(home, { recursive: true }));
	fs.mkdirSync(path.join(home, 'node_modules'));
	fs.symlinkSync(root, path.join(home, 'node_modules', 'libdisruptor'));
	for (const file of names)
		fs.writeFileSync(path.join(home, file), fs.readFileSync(
			path.join(root, 'examples', file), 'utf8').replaceAll(
			/'(\/?)(example|worker-example|lines)'/g, `'$1${name}'`));
	return { home, name };
}

function start(t, home, file) {
	const child = spawn(process.execPath, [file],
		{ cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
	const result = { text: '', child };

	t.after(() => child.kill('SIGKILL'));
	child.stdout.on('data', (data) => {
		result.text += data;
	});
	result.ended = new Promise((resolve) => child.on('close', (code) => {
		assert.equal(code, 0, file);
		resolve(result.text.trim());
	}));
	return result;
}

test('producer.mjs and consumer.mjs', { timeout: PATIENCE_MS }, async (t) => {
	const { home } = copies(t, ['producer.mjs', 'consumer.mjs']);
	const producer = start(t, home, 'producer.mjs');
	const consumer = start(t, home, 'consumer.mjs');

	await producer.ended;
	assert.match(await consumer.ended, /events: 1000000,[^]*mean: 0\.[45]/);
});

test('worker.mjs', { timeout: PATIENCE_MS }, async (t) => {
	const { home } = copies(t, ['worker.mjs']);

	assert.equal(await start(t, home, 'worker.mjs').ended, '500500');
});

test('drop_in_producer.js and drop_in_consumer.js', { timeout: PATIENCE_MS },
	async (t) => {
		const { home, name } = copies(t,
			['drop_in_producer.js', 'drop_in_consumer.js']);
		const producer = start(t, home, 'drop_in_producer.js');

		await until(() => fs.existsSync(`/dev/shm/${name}`));
		const consumer = start(t, home, 'drop_in_consumer.js');
		assert.equal(await consumer.ended, await producer.ended);
	});

test('command.mjs', { timeout: PATIENCE_MS,
	skip: command() === undefined && 'build/disruptor is not built' },
async (t) => {
	const { home, name } = copies(t, ['command.mjs']);

	execFileSync(command(), ['create', name]);
	const reader = start(t, home, 'command.mjs');
	await until(() => Ring.inspect(name).consumerList.length !== 0);
	execFileSync(command(), ['publish', name, '--close'],
		{ input: 'a\nb\n' });
	assert.equal(await reader.ended, 'line: a\nline: b');
});

test('README.md shows them', () => {
	const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');

	for (const file of ['producer.mjs', 'consumer.mjs']) {
		const text = fs.readFileSync(path.join(root, 'examples', file), 'utf8');
		assert.ok(readme.includes(text.slice(text.indexOf('import')).trim()),
			file);
	}
});
