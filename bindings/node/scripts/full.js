// SPDX-License-Identifier: MIT
// full.js [PART...]: all that can be shown of the package, or those parts of it:
// own, suite, interop, package, node22, node24, node26. Fetches what they need
// first. The last line is the counts over all.
'use strict';

const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const build = path.resolve(root, '..', '..',
	process.env.DISRUPTOR_BUILD ?? 'build');
const slow = (name) => [path.join(root, 'test', 'slow', `${name}.test.js`)];
const newer = (name) => ({ files: [], node: path.join(build, 'node',
	'node_modules', name, 'bin', 'node') });

const parts = {
	own: { files: [] },
	suite: { files: slow('original_suite') },
	interop: { files: slow('interop') },
	package: { files: slow('package') },
	node22: newer('node22'),
	node24: newer('node24'),
	node26: newer('node26'),
};
const total = { passed: 0, failed: 0, skipped: 0 };

function add(line, status) {
	const [, passed, failed, , skipped] =
		/^(\d+) passed, (\d+) failed(, (\d+) skipped)?$/.exec(line) ?? [];

	total.passed += Number(passed ?? 0);
	total.failed += Number(failed ?? 1);
	total.skipped += Number(skipped ?? 0);
	if (status !== 0 && failed === '0')
		total.failed++;
}

// Shows what it prints; its last line has its counts.
function run(name) {
	const { files, node = process.execPath } = parts[name];

	console.log(`== ${name}`);
	if (!fs.existsSync(node)) {
		console.log(`skipped  ${name}: it is not fetched`);
		total.skipped++;
		return Promise.resolve();
	}
	const child = spawn(node, [path.join(__dirname, 'test.js'), ...files],
		{ cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.on('data', (data) => {
		text += data;
		process.stdout.write(data);
	});
	return new Promise((resolve) => child.on('close', (status) => {
		add(text.trimEnd().split('\n').pop(), status);
		resolve();
	}));
}

async function main() {
	const names = process.argv.length > 2 ? process.argv.slice(2) :
		Object.keys(parts);
	const unknown = names.filter((name) => parts[name] === undefined);

	if (unknown.length > 0)
		throw new Error(`there is no part ${unknown.join(', ')}: ` +
			Object.keys(parts).join(', '));
	spawnSync(process.execPath, [path.join(__dirname, 'fetch.js')],
		{ stdio: 'inherit' });
	for (const name of names)
		await run(name);
	console.log(`${total.passed} passed, ${total.failed} failed` +
		(total.skipped > 0 ? `, ${total.skipped} skipped` : ''));
	process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

main().catch((error) => {
	console.error(`full: ${error.message}`);
	process.exitCode = 1;
});
