/** The texts of the source, by TypeScript's own parser: those that go through `t`, and those that readers see although they do not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Attributes and properties whose texts are shown or read out. */
const SHOWN = new Set([
  'aria-label', 'aria-description', 'aria-valuetext', 'alt', 'all', 'caption', 'does', 'empty', 'exception', 'heading', 'hint', 'hours', 'label', 'message', 'note', 'placeholder',
  'title',
]);
/** Elements whose text is the same in all languages. */
const CODE = new Set(['code', 'pre']);
/** Attributes that hold code. */
const CODE_ATTRIBUTES = new Set(['className', 'command']);
/** Names, and examples of what is typed, which are the same in all languages; as are addresses. */
const NAMES = new Set(['Marquee', 'GraphQL', 'Python', 'curl', 'GET', 'DE, AT, CH', 'eyJhbGciOi…']);
const ADDRESS = /^(https?:\/\/|\w+@|\/)\S+$/;
/** Written by tools; the catalogue; the elements of other sites' pages, which have no catalogue and tell the page's developer; GraphQL with its
 *  chapters' titles, which go through `t` where they are drawn. */
const NOT_READ = /^(generated|elements)[/\\]|^i18n[/\\]de\.ts$|^model\.ts$|^playground[/\\]examples\.ts$/;

const LETTERS = /\p{L}{2}/u;
const SENTENCE = /(?<!\p{L})\p{Lu}\p{Ll}+ \p{Ll}|^\p{Ll}{2,}( \p{Ll}+){3}/u;
const JOINING = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.PlusToken]);

export interface SourceTexts {
  /** The keys that `t` is called with. */
  readonly keys: readonly string[];
  /** `file:line text` of each text that is shown without `t`. */
  readonly untranslated: readonly string[];
  /** `file:line text` of each call of `t` that is made before texts are loaded. */
  readonly early: readonly string[];
}

export function textsOfFolder(folder: string): SourceTexts {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !NOT_READ.test(name))
    .map((name) => textsOf(name, readFileSync(join(folder, name), 'utf8')));
  return {
    keys: found.flatMap(({ keys }) => keys),
    untranslated: found.flatMap(({ untranslated }) => untranslated),
    early: found.flatMap(({ early }) => early),
  };
}

export function textsOf(name: string, content: string): SourceTexts {
  const file = ts.createSourceFile(name, content, ts.ScriptTarget.Latest, true);
  const keys: string[] = [];
  const early: string[] = [];
  const untranslated = new Map<ts.Node, string>();
  const placed = (node: ts.Node, text: string) => `${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${text.replaceAll(/\s+/g, ' ').trim()}`;

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (isTranslation(node)) {
      const [key, ...values] = node.arguments;
      const found = key ? literalsOf(key).filter(ts.isStringLiteralLike).map(({ text }) => text) : [];
      keys.push(...found);
      if (!ts.findAncestor(node, ts.isFunctionLike)) early.push(placed(node, found.join()));
      values.forEach(visit);
      return;
    }
    for (const literal of [...shownBy(node), ...sentencesOf(node)]) {
      if (LETTERS.test(literal.text) && !isCode(node) && !isName(literal.text)) untranslated.set(literal, placed(literal, literal.text));
    }
    ts.forEachChild(node, visit);
  }

  visit(file);
  return { keys, early, untranslated: [...untranslated.values()] };
}

type Literal = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail | ts.JsxText;

/** The texts that an expression may be. */
function literalsOf(node: ts.Node): readonly Literal[] {
  if (ts.isStringLiteralLike(node)) return [node];
  if (ts.isTemplateExpression(node)) return [node.head, ...node.templateSpans.flatMap(({ expression, literal }) => [...literalsOf(expression), literal])];
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return JOINING.has(node.operatorToken.kind) ? [...literalsOf(node.left), ...literalsOf(node.right)] : [];
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return literalsOf(node.expression);
  if (ts.isJsxExpression(node)) return node.expression ? literalsOf(node.expression) : [];
  if (ts.isArrowFunction(node)) return literalsOf(node.body);
  return [];
}

/** The texts that a node shows by what it is, whatever they look like. */
function shownBy(node: ts.Node): readonly Literal[] {
  if (ts.isJsxText(node)) return [node];
  if (ts.isJsxExpression(node)) return ts.isJsxAttribute(node.parent) ? [] : literalsOf(node);
  if ((ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) && SHOWN.has(propertyName(node))) return node.initializer ? literalsOf(node.initializer) : [];
  if (ts.isNewExpression(node) && node.expression.getText() === 'RequestError') return node.arguments?.[1] ? literalsOf(node.arguments[1]) : [];
  if (ts.isReturnStatement(node) && node.expression) return literalsOf(node.expression).filter(({ text }) => /^\p{Lu}\p{Ll}+$/u.test(text));
  return [];
}

/** Texts anywhere else that read as words of a sentence. */
function sentencesOf(node: ts.Node): readonly Literal[] {
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return isText && !ofProgrammersError(node) && SENTENCE.test(node.text) ? [node] : [];
}

function propertyName({ name }: ts.JsxAttribute | ts.PropertyAssignment): string {
  return ts.isStringLiteral(name) ? name.text : name.getText();
}

function isName(text: string): boolean {
  const trimmed = text.replaceAll(/^[\s·]+|[\s·]+$/g, '');
  return NAMES.has(trimmed) || ADDRESS.test(trimmed);
}

function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === 't';
}

/** Whether it is the message of an error that says that the code is wrong. */
function ofProgrammersError(node: ts.Node): boolean {
  const made = ts.isTemplateExpression(node.parent) ? node.parent.parent : node.parent;
  return ts.isNewExpression(made) && ['Error', 'TypeError'].includes(made.expression.getText());
}

function isCode(node: ts.Node): boolean {
  const holdsCode = (one: ts.Node) =>
    ts.isJsxAttribute(one) ? CODE_ATTRIBUTES.has(one.name.getText()) : ts.isJsxElement(one) && CODE.has(one.openingElement.tagName.getText());
  return ts.findAncestor(node, holdsCode) !== undefined;
}
