// SPDX-License-Identifier: MIT
// The package as users get it: packed, installed, used, in each version of Node
// and each way to import it; its declarations, checked by TypeScript.
'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const { root, build, fetched, newName, PATIENCE_MS } = require('../helpers');

const home = path.join(build, 'node', 'installed');
const missing = (name) => fetched(name) === undefined &&
	`${name} is not fetched: scripts/fetch.js`;

// Installed without the network: it depends on nothing.
test.before(() => {
	fs.rmSync(home, { recursive: true, force: true });
	fs.mkdirSync(home, { recursive: true });
	const packed = execFileSync('npm', ['pack', '--loglevel=error',
		'--pack-destination', home], { cwd: root, encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'] }).trim().split('\n').pop();
	fs.writeFileSync(path.join(home, 'package.json'), '{ "private": true }');
	for (const name of ['libdisruptor', 'shared-memory-disruptor'])
		execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund',
			'--loglevel=error', '--no-package-lock',
			`${name}@${path.join(home, packed)}`.replace(
				/^libdisruptor@/, '')], { cwd: home, stdio: 'inherit' });
});

function run(code, { node = process.execPath, flags = [] } = {}) {
	return execFileSync(node, [...flags, '-e', code],
		{ cwd: home, encoding: 'utf8', timeout: PATIENCE_MS }).trim();
}

test('the tarball', () => {
	const installed = path.join(home, 'node_modules', 'libdisruptor');
	const manifest = JSON.parse(fs.readFileSync(
		path.join(installed, 'package.json')));

	assert.deepEqual(Object.keys(manifest.dependencies ?? {}), []);
	for (const script of ['preinstall', 'install', 'postinstall'])
		assert.equal(manifest.scripts[script], undefined);
	assert.equal(fs.existsSync(path.join(installed, 'binding.gyp')), false);
	for (const file of ['README.md', 'MIGRATION.md', 'LICENSE',
		'lib/index.mjs', 'lib/index.d.ts', 'libdisruptor/src/producer.c'])
		assert.ok(fs.existsSync(path.join(installed, file)), file);
	assert.equal(fs.existsSync(path.join(installed, 'test')), false);
});

const program = (t) => `
	const ring = Ring.create(${JSON.stringify(newName(t))},
		{ slots: 8, slotSize: 8 });
	const c = ring.consumer('c'), p = ring.producer();
	setTimeout(() => { p.tryWrite(2, (s) => {
		ring.f64[ring.offset(s) / 8] = s; }); ring.close(); }, 20);
	let sum = 0;
	for await (const batch of c.batches())
		for (let s = batch.start; s < batch.end; s++)
			sum += 1 + ring.f64[ring.offset(s) / 8];
	const d = new Disruptor(${JSON.stringify(newName(t))}, 4, 8, 1, 0, true,
		true);
	setTimeout(() => { d.produceClaimSync()[0] = 5; d.produceCommitSync(); },
		20);
	sum += (await d.consumeNew()).bufs[0][0];
	d.release();
	console.log(sum);`;

function everyImport(t, options) {
	const body = program(t);
	const required = `const { Ring, Disruptor } = require('libdisruptor');
		(async () => { ${body} })();`;

	assert.equal(run(required, options), '8');
	assert.equal(run(`import { Ring, Disruptor } from 'libdisruptor';
		${program(t)}`, { ...options, flags: ['--input-type=module'] }), '8');
}

test('CommonJS and ESM', (t) => everyImport(t));

for (const version of ['node22', 'node24', 'node26'])
	test(version, { skip: missing(version) }, (t) =>
		everyImport(t, { node: path.join(fetched(version), 'bin', 'node') }));

test('under the name of the original', (t) => {
	assert.equal(run(`
		const { Disruptor } = require('shared-memory-disruptor');
		const same = require('shared-memory-disruptor/lib/disruptor.js');
		const d = new Disruptor(${JSON.stringify(newName(t))}, 4, 8, 1, 0, true,
			false);
		console.log(d.produceClaimSync().length, same.Disruptor === Disruptor);
	`), '8 true');
});

test('it can be built where it was installed', () => {
	const installed = path.join(home, 'node_modules', 'libdisruptor');

	fs.rmSync(path.join(installed, 'prebuilds'), { recursive: true });
	assert.match(run(`try { require('libdisruptor'); }
		catch (error) { console.log(error.code); }`), /^ERR_DISRUPTOR_NO_BINARY/);
	// In a place without the repository around it.
	const alone = fs.mkdtempSync('/tmp/libdisruptor-alone-');
	try {
		fs.cpSync(installed, alone, { recursive: true });
		execFileSync('npm', ['run', 'build', '--loglevel=error'],
			{ cwd: alone, stdio: 'ignore' });
		fs.cpSync(path.join(alone, 'prebuilds'),
			path.join(installed, 'prebuilds'), { recursive: true });
	} finally {
		fs.rmSync(alone, { recursive: true });
	}
	assert.equal(run('console.log(typeof require("libdisruptor").Ring)'),
		'function');
});

test('TypeScript', { skip: missing('typescript') }, () => {
	// As CommonJS and as ESM.
	for (const file of ['use.cts', 'use.mts'])
		fs.copyFileSync(path.join(root, 'test', 'package', 'use.ts'),
			path.join(home, file));
	fs.mkdirSync(path.join(home, 'node_modules', '@types'),
		{ recursive: true });
	for (const name of ['@types/node', 'undici-types'])
		fs.cpSync(fetched(...name.split('/')),
			path.join(home, 'node_modules', name), { recursive: true });
	try {
		execFileSync(process.execPath, [
			path.join(fetched('typescript'), 'bin', 'tsc'), '--noEmit',
			'--strict', '--target', 'es2022', '--lib', 'esnext',
			'--module', 'nodenext', '--types', 'node', 'use.cts', 'use.mts',
		], { cwd: home, encoding: 'utf8' });
	} catch (error) {
		assert.fail(error.stdout);
	}
});
