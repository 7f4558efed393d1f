// SPDX-License-Identifier: MIT
// The test suite that shared-memory-disruptor publishes, unmodified, against
// ours and for comparison against itself.
'use strict';

const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const { root, build, fetched } = require('../helpers');

const original = fetched('shared-memory-disruptor');
const skip = original === undefined &&
	'shared-memory-disruptor is not fetched: scripts/fetch.js';
const TESTS = { stream: 20, single_process: 145, multi_process: 54,
	multi_workers: 54 };

// A package around its test/, which is what require('..') finds there.
function arrange(library) {
	const home = path.join(build, 'node', 'suite', path.basename(library));

	fs.rmSync(home, { recursive: true, force: true });
	fs.mkdirSync(home, { recursive: true });
	fs.cpSync(path.join(original, 'test'), path.join(home, 'test'),
		{ recursive: true });
	fs.writeFileSync(path.join(home, 'package.json'),
		'{ "name": "shared-memory-disruptor", "main": "index.js" }');
	fs.writeFileSync(path.join(home, 'index.js'),
		`module.exports = require(${JSON.stringify(library)});`);
	return home;
}

// Its names in /dev/shm are fixed: where it can be, one of our own.
const isolate = spawnSync('unshare', ['-rm', 'true']).status === 0 ?
	['unshare', '-rm', 'sh', '-c',
		'mount -t tmpfs none /dev/shm && exec "$@"', 'sh'] : [];

function runMocha(home, file) {
	const [command, ...rest] = [...isolate, process.execPath,
		path.join(fetched('mocha'), 'bin', 'mocha.js'), '--exit',
		path.join('test', `${file}.js`)];
	const child = spawn(command, rest, { cwd: home,
		stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';

	child.stdout.on('data', (data) => {
		output += data;
	});
	return new Promise((resolve) => child.on('close', () => resolve(output)));
}

function count(output, word) {
	return Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
}

async function runSuite(t, library) {
	const home = arrange(library);
	const began = Date.now();
	let passing = 0;

	for (const [file, tests] of Object.entries(TESTS)) {
		const output = await runMocha(home, file);

		assert.equal(count(output, 'failing'), 0, output);
		assert.equal(count(output, 'passing'), tests, output);
		passing += tests;
	}
	t.diagnostic(`${path.basename(library)}: ${passing} of 273 in ` +
		`${((Date.now() - began) / 1000).toFixed(0)} s`);
	assert.equal(passing, 273);
}

test('its suite against ours', { skip }, (t) => runSuite(t, root));
test('its suite against itself', { skip }, (t) => runSuite(t, original));
