/** The thread in which transcripts are judged (see `judging.ts`). */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { loadCatalogue } from "../judge/catalogue.ts";
import { judge } from "../judge/judge.ts";
import { type Answer, type Question, unpack } from "./judging.ts";

const parent = parentPort as MessagePort;
const catalogue = loadCatalogue(workerData as string);

parent.on("message", (question: Question) => parent.postMessage(answer(question)));

function answer(question: Question): Answer {
  try {
    return { id: question.id, judgement: judge(unpack(question), { ...question.options, catalogue }) };
  } catch (error) {
    return { id: question.id, fault: (error as Error).message };
  }
}
