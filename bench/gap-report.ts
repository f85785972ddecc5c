import { writeSync } from 'node:fs';
import { gapMeter } from './gap-meter.ts';

/**
 * Loaded into a process before its program (`--import`): on SIGUSR2 it writes what its event loop was kept from since the last time, as a
 * line `GAPS {…}`.
 */
let meter = gapMeter();

process.on('SIGUSR2', () => {
  const told = { blockMs: meter.longestBlockMs(), busyMs: meter.longestBusyMs(), peakMiB: meter.peakRssMiB() };
  writeSync(2, `GAPS ${JSON.stringify(told)}\n`);
  meter.stop();
  meter = gapMeter();
});
