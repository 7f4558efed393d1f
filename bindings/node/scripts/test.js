// SPDX-License-Identifier: MIT
// test.js [FILE...]: runs tests by node:test, shows what fails and what is skipped,
// and ends with the counts. Without arguments not those in test/slow/: full.js.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { run } = require('node:test');

const tests = path.join(__dirname, '..', 'test');
const named = process.argv.slice(2);

function filesIn(directory) {
	return fs.readdirSync(directory).filter((name) =>
		name.endsWith('.test.js')).map((name) => path.join(directory, name));
}

const files = named.length > 0 ? named.map((name) => path.resolve(name)) :
	filesIn(tests);
const counts = { passed: 0, failed: 0, skipped: 0 };
const began = Date.now();

function titleOf({ file, name }) {
	return `${path.basename(file ?? '', '.test.js')}: ${name}`;
}

function reasonOf({ details }) {
	const { error } = details;
	const cause = error?.cause ?? error;

	return cause?.stack ?? String(cause);
}

const stream = run({ files, concurrency: 2 });

stream.on('test:pass', (event) => {
	if (event.details.type === 'suite' || event.name.endsWith('.test.js'))
		return;
	if (event.skip !== undefined) {
		counts.skipped++;
		console.log(`skipped  ${titleOf(event)}: ${event.skip}`);
		return;
	}
	counts.passed++;
	if (process.env.V)
		console.log(`ok       ${titleOf(event)}`);
});
stream.on('test:fail', (event) => {
	if (event.details.type === 'suite')
		return;
	counts.failed++;
	console.log(`FAILED   ${titleOf(event)}\n${reasonOf(event)}`);
});
stream.on('test:diagnostic', ({ message, file, nesting }) => {
	if (nesting === 0 && file !== undefined &&
		!/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /
			.test(message))
		console.log(`         ${message}`);
});
stream.on('test:stderr', ({ message }) => process.stderr.write(message));
stream.on('end', () => {
	console.log(`node ${process.version}: ${files.length} files in ` +
		`${((Date.now() - began) / 1000).toFixed(0)} s`);
	console.log(`${counts.passed} passed, ${counts.failed} failed` +
		(counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''));
	process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
stream.resume?.();
