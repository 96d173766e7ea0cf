/** Asks one question with each of some tokens, and prints the rows or the code of the refusal, a JSON line each. */
import { createClient, MarqueeError } from '@marquee/client';

const [url, question, ...tokens] = process.argv.slice(2);
for (const token of tokens) {
  const answer = await createClient({ url, token }).viewing(JSON.parse(question)).catch((error) => {
    if (error instanceof MarqueeError) return error.code;
    throw error;
  });
  console.log(JSON.stringify(answer));
}
