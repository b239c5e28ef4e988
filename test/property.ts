import fc from 'fast-check';

/**
 * fast-check with one seed for the whole run, so that the default suite says the same each time; HOPWRIGHT_SEED gives
 * another one, and a failure prints it. `npm run fuzz` is for inputs that are new every time.
 */
fc.configureGlobal({ seed: Number(process.env['HOPWRIGHT_SEED'] ?? 20261122) });

export default fc;
