/**
 * Asks one question with each of some tokens, and prints the rows or the code of the refusal, a JSON line each.
 *
 * Usage: node doors.mjs URL OPERATION VARIABLES TOKEN...; the operation is `viewing`, or a published one.
 */
import * as marquee from '@marquee/client';

const [url, operation, given, ...tokens] = process.argv.slice(2);
for (const token of tokens) {
  const client = marquee.createClient({ url, token });
  const asked = operation === 'viewing' ? client.viewing(JSON.parse(given)) : client.run(marquee[operation], JSON.parse(given)).then((data) => Object.values(data)[0]);
  const answer = await asked.catch((error) => {
    if (error instanceof marquee.MarqueeError) return error.code;
    throw error;
  });
  console.log(JSON.stringify(answer));
}
