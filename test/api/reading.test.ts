/** Reading over HTTP on SQLite. */

import { describeReading } from './reading.ts';

describeReading(() => null);
