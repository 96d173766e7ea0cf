/** Asks a question that a board keeps. The server writes its document, so it also answers where only published ones run. */
import { noteNewestData } from '../api/newestData';
import { type ApiResponse, readResponse } from '../api/response';
import { apiAddress, headersFor, send } from '../api/transport';

/** The answer under a view. `id` is the board's, where the token does not fix it. */
export async function getBoardAnswer<TData>(token: string, id: string | null, question: string, view: object, signal?: AbortSignal): Promise<ApiResponse<TData>> {
  const response = await send(apiAddress('Board/question', { ...view, id, question }), { headers: headersFor(token), signal });
  const answer = await readResponse<TData>(response);
  noteNewestData(answer.provenance.dataThrough);
  return answer;
}
