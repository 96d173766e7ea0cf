/** German. The keys are the English texts of the code. */
const texts: Readonly<Record<string, string>> = {};

export default texts;
